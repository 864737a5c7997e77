import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from suigo.kernel.japanese.kana import accepted_katakana, hiragana, katakana
from suigo.kernel.japanese.names import search_key, sort_key
from suigo.kernel.japanese.problems import UnacceptableText
from suigo.kernel.japanese.variant_kanji import TABLE

KANA = "".join(chr(c) for c in range(ord("ぁ"), ord("ゖ") + 1))
HALF_WIDTH = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｬｭｮｯ"
names = st.text(alphabet=KANA + HALF_WIDTH + "ーゝゞ・ 　髙高﨑崎渡邉辺齋斎山Ａaﾞﾟ\U000e0100")


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("髙橋", "高橋"),
        ("山﨑", "山崎"),
        ("渡邉", "渡辺"),
        ("渡邊", "渡辺"),
        ("齋藤", "斉藤"),
        ("齊藤", "斎藤"),
        ("𠮷田", "吉田"),
        ("\ufa10本", "塚本"),
        ("辻\U000e0101", "辻"),
        ("潮来　太郎", "潮来太郎"),
        ("ジョン・スミス", "ｼﾞｮﾝ ｽﾐｽ"),
        ("アヤメ", "あやめ"),
        ("ヨーコ", "ようこ"),
        ("ケーイチ", "けいいち"),
        ("ユ－チヨ", "ゆうちょ"),
        ("ちづこ", "チズコ"),
        ("ヴァネッサ", "バネッサ"),
        ("みすゞ", "みすず"),
        ("はゝ", "はは"),
        ("がゝ", "がか"),
        ("龍ケ崎", "竜ヶ崎"),
        ("ＮＧＵＹＥＮ", "nguyen"),
        ("カ゛", "が"),
        ("ｶﾞ", "が"),
    ],
)
def test_search_finds_a_name_however_it_is_typed(stored: str, typed: str) -> None:
    assert search_key(stored) == search_key(typed)


@pytest.mark.parametrize(("one", "other"), [("はし", "ばし"), ("おの", "おおの"), ("山", "川")])
def test_search_keeps_different_names_apart(one: str, other: str) -> None:
    assert search_key(one) != search_key(other)


@pytest.mark.parametrize(
    ("whole", "part"), [("いのうえ", "うえ"), ("けいいち", "いいち"), ("あやめ1-2", "1-2")]
)
def test_a_part_is_found_inside_the_whole(whole: str, part: str) -> None:
    assert search_key(part) in search_key(whole)


@example("うゞ")
@example("ぁゝー")
@example("アーヽー")
@given(names)
def test_search_key_is_idempotent_and_free_of_spaces(text: str) -> None:
    key = search_key(text)
    assert search_key(key) == key
    assert not any(c.isspace() for c in key)


@given(st.text())
def test_keys_never_fail_on_any_text(text: str) -> None:
    assert isinstance(search_key(text), str)
    assert isinstance(sort_key(text), str)


@given(st.text(alphabet=KANA, min_size=1))
def test_script_and_width_do_not_matter_to_search(text: str) -> None:
    assert search_key(text) == search_key(katakana(text))


def test_variant_table_maps_straight_to_representatives() -> None:
    representatives = set(TABLE.values())
    assert not [chr(variant) for variant in TABLE if chr(variant) in representatives]
    assert len(TABLE) > 200


def test_readings_sort_in_dictionary_order() -> None:
    expected = [
        "アベ イチロウ",
        "アベ タロウ",
        "アベイ ジロウ",
        "オータ",
        "オオダ",
        "ハシ",
        "バシ",
        "パシ",
        "ハシモト",
        "ハッタ",
        "ユウコ",
        "ユーコ",
        "ワダ",
    ]
    shuffled = expected[1::2] + expected[::2]
    assert sorted(shuffled, key=sort_key) == expected


@given(st.lists(st.text(alphabet=KANA, max_size=6), max_size=6))
def test_sorting_does_not_depend_on_the_script(readings: list[str]) -> None:
    assert sorted(map(sort_key, readings)) == sorted(sort_key(katakana(r)) for r in readings)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ｲﾀｺ ﾀﾛｳ", "イタコ タロウ"),
        ("いたこ　たろう", "イタコ タロウ"),
        ("ｶﾞｷﾞﾊﾟｰ", "ガギパー"),
        ("か゛", "ガ"),
        ("か\u3099", "ガ"),
        ("ゆ－き", "ユーキ"),
        (" マリア・ルイザ ", "マリア・ルイザ"),
        ("ゔぃ", "ヴィ"),
    ],
)
def test_kana_is_kept_in_full_width_katakana(typed: str, kept: str) -> None:
    assert accepted_katakana(typed) == kept


def test_what_is_not_kana_is_named() -> None:
    with pytest.raises(UnacceptableText, match=r"太 郎 A$"):
        accepted_katakana("いたこ太郎太A")


@given(names)
def test_katakana_is_idempotent(text: str) -> None:
    assert katakana(katakana(text)) == katakana(text)


@given(st.text(alphabet=KANA))
def test_hiragana_and_katakana_are_inverse(text: str) -> None:
    assert hiragana(katakana(text)) == text
