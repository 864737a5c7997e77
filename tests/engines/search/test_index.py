"""Finding by everyday words, other scripts and misspellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suigo.engines.search.rules import romaji
from suigo.engines.search.rules.analysing import analyser, as_written
from suigo.engines.search.rules.folding import pieces, words_of
from suigo.engines.search.rules.index import Document, Index, Part


def document(name: str, *texts: str, summary: str = "") -> Document:
    parts = [Part(text, 3.0) for text in texts]
    return Document(name, (*parts, *([Part(summary, 1.0)] if summary else [])))


LIBRARY = document("library", "図書館カードの申込み", "Library card", summary="本を借ります。")
WASTE = document("waste", "粗大ごみの収集", "Bulky waste collection", summary="家具を出します。")
ALLOWANCE = document(
    "allowance", "児童手当の請求", "Child allowance", summary="お金が支払われます。"
)
DOG = document("dog", "犬の登録", "Register a dog", summary="飼い始めたら登録します。")
DOCUMENTS = (LIBRARY, WASTE, ALLOWANCE, DOG)
SYNONYMS = [["ごみ", "廃棄物", "trash"], ["犬", "ペット"]]


@pytest.fixture(scope="module")
def index() -> Index:
    with analyser() as analyse:
        return Index(DOCUMENTS, analyse=analyse, synonyms=SYNONYMS)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("図書館", "library"),
        ("としょかん", "library"),  # by its reading
        ("トショカン", "library"),
        ("ﾄｼｮｶﾝ", "library"),
        ("図書官カード", "library"),  # misspelt
        ("としょかあど", "library"),
        ("LIBRARY", "library"),
        ("ｌｉｂｒａｒｙ", "library"),
        ("libary card", "library"),
        ("toshokan", "library"),
        ("廃棄物", "waste"),  # a synonym of a word inside a title
        ("はいきぶつ", "waste"),  # … by its reading
        ("trash", "waste"),
        ("家具", "waste"),  # only in the summary
        ("児童手当をもらいたいのですが", "allowance"),
        ("じどうてあて", "allowance"),
        ("ペット", "dog"),
        ("犬", "dog"),
    ],
)
def test_everyday_words_find_it(index: Index, query: str, first: str) -> None:
    hits = index.search(query).found
    assert [hit.id for hit in hits][:1] == [first]


@pytest.mark.parametrize("query", ["", "   ", "、。", "宇宙旅行", "a", "zzz", "\x00"])
def test_what_means_nothing_finds_nothing(index: Index, query: str) -> None:
    assert index.search(query).found == ()


def test_what_is_near_is_suggested_when_nothing_is_found() -> None:
    hits = Index(DOCUMENTS, analyse=as_written).search("児童相談所")
    assert hits.found == ()
    assert [hit.id for hit in hits.near] == ["allowance"]


def test_a_title_counts_more_than_a_summary() -> None:
    one = document("summary", "何か", summary="犬の登録")
    found = Index([one, DOG], analyse=as_written).search("犬の登録").found
    assert [hit.id for hit in found] == ["dog", "summary"]


def test_equal_hits_keep_the_order_of_the_documents() -> None:
    twins = [document(name, "同じ手続") for name in ("b", "a", "c")]
    found = Index(twins, analyse=as_written).search("同じ手続").found
    assert [hit.id for hit in found] == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("typed", "kana"),
    [
        ("teate", "てあて"),
        ("hikkoshi", "ひっこし"),
        ("jidou", "じどう"),
        ("shussan", "しゅっさん"),
        ("kaigonintei", "かいごにんてい"),
        ("konnyaku", "こんにゃく"),
        ("child", None),
        ("xyz", None),
    ],
)
def test_latin_letters_are_read_as_japanese_where_they_are(typed: str, kana: str | None) -> None:
    assert romaji.hiragana(typed) == kana


@given(st.text(max_size=200))
def test_any_query_is_answered(query: str) -> None:
    hits = SMALL.search(query)
    assert all(0.0 <= hit.share <= 1.0 + 1e-9 for hit in (*hits.found, *hits.near))
    assert not (hits.found and hits.near)


@given(st.sampled_from(DOCUMENTS))
def test_its_own_title_finds_a_document_first(one: Document) -> None:
    assert SMALL.search(one.parts[0].text).found[0].id == one.id


@given(st.text(min_size=2, max_size=12))
def test_folded_words_have_pieces_unless_they_say_nothing(text: str) -> None:
    for word in words_of(text):
        assert list(pieces(word)) or (word.isascii() and len(word) == 1)


SMALL = Index(DOCUMENTS, analyse=as_written, synonyms=SYNONYMS)
