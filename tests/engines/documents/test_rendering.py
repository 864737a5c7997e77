"""PDF: the right words, tags, fonts, and text that stays text."""

import io
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suigo.engines.documents import fonts, rendering
from suigo.engines.documents.rendering import (
    RenderingFailed,
    page_count,
    pdf_text,
    qr_svg,
    render_pdf,
    unprintable,
)

CITY = Path("/nonexistent-city")  # no templates of its own
CONTACT = {
    "department": "見本課（サンプル）",
    "phone": "000-000-0000",
    "verified": False,
}
LETTER: dict[str, Any] = {
    "date": "2026-11-24",
    "date_text": "令和8年11月24日",
    "reference": "見子第123号",
    "addressee": ["見本市見本町2番地", "水郷 花子 様"],
    "sender": {"title": "見本市長", "name": "見本 太郎"},
    "paragraphs": ["児童手当を認定しましたので通知します。"],
    "rows": [{"label": "手当の月額", "value": "25,000円"}],
    "table": {"columns": ["氏名", "続柄"], "rows": [["水郷 一郎", "子"]]},
    "after": ["変更があれば届け出てください。"],
    "appeal": "3か月以内に審査請求をすることができます。",
    "contact": CONTACT,
    "sample": True,
    "qr": "https://example.jp/c/1",
}
REVIEW = [{"title": "申請する人", "rows": [{"label": "氏名", "lines": ["水郷 花子", "スイゴウ"]}]}]
DATA: dict[str, dict[str, Any]] = {
    "letter": LETTER,
    "receipt": {
        "date": "2026-11-24",
        "number": "R8-K01-000012",
        "procedure": "児童手当 認定請求",
        "received_text": "令和8年11月24日 午後3時12分",
        "next": [{"title": "市が確認します", "text": "12月8日ごろまで"}, "お知らせします"],
        "summary": REVIEW,
        "qr": "https://example.jp/c/1",
    },
    "application": {
        "date": "2026-11-24",
        "addressee": "見本市長 様",
        "pages": REVIEW,
        "declarations": ["同意します。"],
    },
    "report": {
        "paragraphs": ["一覧です。"],
        "tables": [
            {
                "columns": [{"label": "区分"}, {"label": "件数", "align": "right"}],
                "rows": [["添付", "12"]],
            }
        ],
    },
    "paper_form": {
        "addressee": "見本市長 様",
        "qr": "https://example.jp/p/k01",
        "pages": [{"title": "申請する人", "items": [{"kind": "name", "label": "あなたの氏名"}]}],
    },
}
PAPER_KINDS = [
    "text",
    "multiline",
    "name",
    "kana",
    "date",
    "money",
    "number",
    "yes_no",
    "address",
    "phone",
    "email",
    "bank_account",
    "my_number",
    "file",
    "consent",
    "computed",
]


def rendered(template: str, data: dict[str, Any], **more: Any) -> bytes:
    return render_pdf(template, data, title=more.pop("title", "認定通知書"), city_root=CITY, **more)


def words(pdf: bytes) -> str:
    return "".join(pdf_text(pdf).split())


def metadata(pdf: bytes) -> tuple[pikepdf.Pdf, str]:
    document = pikepdf.open(io.BytesIO(pdf))
    return document, document.Root.Metadata.read_bytes().decode()


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (
            "letter",
            [
                "見子第123号",
                "令和8年11月24日",
                "水郷花子様",
                "見本市長",
                "認定通知書",
                "児童手当を認定しましたので通知します。",
                "記",
                "25,000円",
                "水郷一郎",
                "教示",
                "審査請求",
                "見本課",
                "要確認",
                "サンプル",
            ],
        ),
        (
            "receipt",
            ["R8-K01-000012", "児童手当認定請求", "市が確認します", "12月8日ごろまで", "スイゴウ"],
        ),
        ("application", ["見本市長様", "申請する人", "水郷花子", "同意します。"]),
        ("report", ["一覧です。", "区分", "添付", "12"]),
        ("paper_form", ["見本市長様", "あなたの氏名", "フリガナ", "市役所で使う欄"]),
    ],
)
def test_each_document_holds_its_words_and_is_accessible(
    template: str, expected: list[str]
) -> None:
    pdf = rendered(template, DATA[template], author="見本市")
    text = words(pdf)
    assert [w for w in expected if w not in text] == []
    document, xmp = metadata(pdf)
    assert document.Root.MarkInfo.Marked == True  # noqa: E712 - pikepdf's own boolean
    assert "/StructTreeRoot" in document.Root
    assert str(document.Root.Lang) == "ja-JP"
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert "認定通知書" in xmp
    assert "見本市" in xmp
    archival = "date" in DATA[template]
    assert ("<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A" in xmp) == archival


def test_the_same_input_gives_the_same_bytes() -> None:
    assert rendered("letter", LETTER) == rendered("letter", LETTER)


def test_a_letter_of_usual_length_is_one_page() -> None:
    assert page_count(rendered("letter", LETTER)) == 1


MARKUP = [
    '#import "layout.typ": *',
    "#panic()",
    "$x^2$",
    "@label",
    "\\ \\n \\u{41}",
    "*b* _i_ `r`",
    "= 見出し",
    "<a> </a>",
    "// comment",
    "/* */",
    '"引用"',
    "#{ 1/0 }",
    "- 項目",
    "~ -- ...",
]


@pytest.mark.parametrize("markup", MARKUP)
def test_markup_in_data_is_printed_as_it_is(markup: str) -> None:
    review = [{"title": markup, "rows": [{"label": markup, "lines": [markup]}]}]
    data = {"pages": review, "addressee": markup, "number": markup}
    pdf = rendered("application", data, title=markup)
    assert words(pdf).count("".join(markup.split())) >= 5
    letter = {
        **LETTER,
        "paragraphs": [markup],
        "addressee": [markup],
        "appeal": markup,
        "rows": [{"label": markup, "value": markup}],
        "reference": markup,
    }
    assert words(rendered("letter", letter)).count("".join(markup.split())) >= 5


@settings(max_examples=60)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_any_text_can_be_printed(text: str) -> None:
    review = [{"title": text, "rows": [{"label": text, "lines": [text, text]}]}]
    pdf = rendered("application", {"pages": review}, title=f"題{text}")
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata(pdf)[1]


@settings(max_examples=40)
@given(
    count=st.integers(0, 70),
    lines=st.lists(st.integers(1, 12), min_size=1, max_size=5),
    appeal=st.integers(0, 30),
)
def test_wherever_the_page_breaks_it_stays_accessible(
    count: int, lines: list[int], appeal: int
) -> None:
    rows = [
        {"label": f"項目{n}", "value": "\n".join(["値"] * lines[n % len(lines)])}
        for n in range(count)
    ]
    table = {"columns": ["番号", "氏名"], "rows": [[r["label"], r["value"]] for r in rows]}
    letter = {**LETTER, "rows": rows, "table": table, "appeal": "\n".join(["教え示す。"] * appeal)}
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata(rendered("letter", letter))[1]


@pytest.mark.parametrize("kind", PAPER_KINDS)
def test_every_kind_of_field_has_its_blank(kind: str) -> None:
    item = {"kind": kind, "label": f"質問 {kind}", "hint": "手がかり", "required": True}
    text = words(rendered("paper_form", {"pages": [{"title": "頁", "items": [item]}]}))
    assert f"質問{kind}" in text
    assert "手がかり" in text
    assert "必須" in text


def test_groups_repeats_and_choices_on_paper() -> None:
    options = [{"label": f"選択肢{n}"} for n in range(9)]
    items = [
        {"kind": "notice", "label": "", "text": "お知らせ", "verify": True},
        {
            "kind": "group",
            "label": "配偶者",
            "condition": "いる場合",
            "items": [{"kind": "choice", "label": "年金", "options": options}],
        },
        {
            "kind": "repeat",
            "label": "子",
            "item": "お子さん",
            "count": 3,
            "items": [{"kind": "choices", "label": "状況", "options": ["同居", "別居"]}],
        },
    ]
    text = words(rendered("paper_form", {"pages": [{"title": "頁", "items": items}]}))
    assert "要確認お知らせ" in text
    assert [f"選択肢{n}" in text for n in range(9)] == [True] * 9
    assert [f"お子さん{n}" in text for n in (1, 2, 3, 4)] == [True, True, True, False]
    assert "いる場合" in text


def test_a_long_paper_form_stays_accessible_wherever_it_breaks() -> None:
    items = [{"kind": k, "label": k} for k in PAPER_KINDS]
    for lead in range(0, 24, 3):
        pages = [{"title": "頁", "items": items[lead % 5 :] * 2}]
        data = {"intro": ["説明。"] * lead, "pages": pages, "contact": CONTACT, "sample": True}
        pdf = rendered("paper_form", data)
        assert "<pdfuaid:part>1</pdfuaid:part>" in metadata(pdf)[1]


def test_what_no_font_draws_is_reported_and_shown() -> None:
    assert unprintable("𠮷野 水郷 한 水") == ["𠮷", "한"]
    review = [{"title": "人", "rows": [{"label": "氏名", "lines": ["𠮷野 花子"]}]}]
    text = words(rendered("application", {"pages": review}))
    assert "〓野花子" in text
    assert "※「〓」は、この文書の書体にない文字です（U+20BB7）。" in text
    assert "※" not in words(rendered("application", {"pages": REVIEW}))


def test_variants_of_kanji_are_checked_one_by_one() -> None:
    known, unknown = "葛\U000e0100", "葛\U000e01ef"
    assert unprintable(f"{known}城 髙﨑 神\U000e0100") == []
    assert unprintable(f"{known} {unknown}城") == [unknown]
    text = words(rendered("application", {"pages": [{"title": unknown, "rows": []}]}))
    assert "届け出られた字の形と違う形" in text
    assert "葛" in text


@pytest.mark.parametrize(
    "text",
    [
        "髙﨑德彅",
        "①②㈱℡",
        "Nguyễn Thị Ánh",
        "São João",
        "Ольга",
        "か\u3099",
        "〒311-2493",
        "ｶﾅ",
        "「」、。",
    ],
)
def test_names_of_residents_can_be_printed(text: str) -> None:
    assert unprintable(text) == []


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=80))
def test_what_is_printed_needs_no_further_replacement(text: str) -> None:
    shown = fonts.printable(text)
    assert fonts.printable(shown) == shown
    missing = [c for c in unprintable(shown) if not fonts.drawable(c[0])]
    assert missing == []


def test_a_city_replaces_a_template_and_can_build_on_the_default(tmp_path: Path) -> None:
    folder = tmp_path / "assets" / "letters"
    folder.mkdir(parents=True)
    own = '#import "layout.typ": *\n#show: document-frame\n#title(data._title)\n市の様式'
    (folder / "letter.typ").write_text(own, encoding="utf-8")
    (folder / "own.typ").write_text('#include "default/letter.typ"', encoding="utf-8")
    own_pdf = render_pdf("letter", {}, title="題", city_root=tmp_path)
    assert words(own_pdf) == "題市の様式"
    default_pdf = render_pdf("own", LETTER, title="題", city_root=tmp_path)
    assert "見子第123号" in words(default_pdf)
    (folder / "letter.typ").write_text(own + "（改）", encoding="utf-8")
    assert "（改）" in words(render_pdf("letter", LETTER, title="題", city_root=tmp_path))


@pytest.mark.parametrize("template", ["../letter", "nothing", "", "LETTER", "a/b"])
def test_only_templates_are_templates(template: str) -> None:
    with pytest.raises(RenderingFailed):
        rendered(template, {})


def test_a_broken_template_says_where(tmp_path: Path) -> None:
    folder = tmp_path / "assets" / "letters"
    folder.mkdir(parents=True)
    (folder / "broken.typ").write_text("#nothing-of-this-name", encoding="utf-8")
    with pytest.raises(RenderingFailed, match="nothing-of-this-name"):
        render_pdf("broken", {}, title="題", city_root=tmp_path)
    with pytest.raises(RenderingFailed, match="not an ISO day"):
        rendered("letter", {**LETTER, "date": "令和8年"})


def test_a_document_goes_out_even_when_its_tags_can_t_be_made(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "assets" / "letters"
    folder.mkdir(parents=True)
    source = """#import "layout.typ": *
#show: document-frame
#title(data._title)
#v(150mm)
#table(columns: 2, [a], grid(columns: 2, block(height: 60mm)[b], block(height: 60mm)[c]),
  [d], {block(height: 50mm)[e]; grid(columns: 2, row-gutter: 2mm,
    block(height: 50mm)[f], block(height: 50mm)[g], block(height: 50mm)[h], [i])})
本文"""
    (folder / "tricky.typ").write_text(source, encoding="utf-8")
    with caplog.at_level(logging.ERROR):
        pdf = render_pdf("tricky", {"date": "2026-11-24"}, title="題", city_root=tmp_path)
    assert "本文" in words(pdf)
    tagged = "pdfuaid" in metadata(pdf)[1]
    assert tagged != ("without its accessibility tags" in caplog.text)


def test_threads_share_the_compiler() -> None:
    names = [f"氏名{n}様" for n in range(24)]

    def one(name: str) -> bool:
        return name in words(rendered("letter", {**LETTER, "addressee": [name]}))

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(one, names)) == [True] * 24


def test_english_letters_say_so() -> None:
    document, _xmp = metadata(rendered("letter", LETTER, lang="en"))
    assert str(document.Root.Lang) == "en"


def test_the_qr_code_is_plain_svg() -> None:
    svg = qr_svg("https://example.jp/a?b=1&c=<x>")
    assert svg.startswith("<svg")
    assert "viewBox" in svg
    assert not any(word in svg for word in ("script", "style=", "width=", "<x>"))
    assert qr_svg("a") != qr_svg("b")


def test_the_bundled_fonts_may_be_embedded_and_carry_their_licence() -> None:
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    found = sorted(fonts.BUNDLED.glob("*.ttf"))
    assert [p.name for p in found] == [
        "BIZUDMincho-Regular.ttf",
        "BIZUDPGothic-Bold.ttf",
        "BIZUDPGothic-Regular.ttf",
        "NotoSans-Regular.ttf",
    ]
    for path in found:
        with TTFont(path, lazy=True) as font:
            assert font["OS/2"].fsType == 0
    licences = sorted(fonts.BUNDLED.glob("OFL-*.txt"))
    assert [p.name for p in licences] == [
        "OFL-BIZUDMincho.txt",
        "OFL-BIZUDPGothic.txt",
        "OFL-NotoSans.txt",
    ]
    for licence in licences:
        assert "SIL OPEN FONT LICENSE Version 1.1" in licence.read_text(encoding="utf-8")


def test_documents_are_dated(tmp_path: Path) -> None:
    _document, xmp = metadata(rendered("letter", {**LETTER, "date": date(2026, 4, 1).isoformat()}))
    assert "<xmp:CreateDate>2026-04-01" in xmp
    assert rendering.ARCHIVAL == ("a-2a", "ua-1")
