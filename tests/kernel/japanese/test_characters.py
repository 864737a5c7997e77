import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suigo.kernel.japanese.characters import (
    accepted,
    length_in_characters,
    without_variation_selectors,
)
from suigo.kernel.japanese.problems import UnacceptableText

IVS = "\U000e0100"


@pytest.mark.parametrize(
    "name",
    [
        "髙橋 﨑子",
        f"辻{IVS}󠄁",
        "渡邉",
        "𠮷野家",
        "ｱﾍﾞ",
        "か\u3099",
        "Nguyễn",
        "مريم",
        "👩‍👧",
        "塚\ufa10\ufa19",
    ],
)
def test_real_names_are_stored_exactly_as_typed(name: str) -> None:
    assert accepted(name) == name


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("山\x00田", "制御文字"),
        ("山\x1b[31m田", "制御文字"),
        ("山\x85田", "制御文字"),
        ("山\x09田", "制御文字"),
        (f"山{chr(0xD800)}田", "壊れています（2文字目）"),
        ("山\ufffd田", "壊れています（2文字目）"),
        ("山\uffff田", "壊れています"),
        ("山\ufdd0田", "壊れています"),
        ("山\u202e田", "並ぶ向き"),
        ("山\u2067田", "並ぶ向き"),
        ("山\ue000田", "外字"),
        ("山\U000f0000田", "外字"),
        ("山\n田", "改行"),
        ("山\r田", "改行"),
        ("山\u2028田", "改行"),
    ],
)
def test_text_that_cannot_be_kept_faithfully_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(UnacceptableText, match=sentence):
        accepted(text)


def test_multiline_text_gets_one_kind_of_line_end() -> None:
    assert accepted("一行目\r\n二行目\r三行目\n\t字下げ", multiline=True) == (
        "一行目\n二行目\n三行目\n\t字下げ"
    )


@given(st.text())
def test_whatever_is_accepted_can_be_encoded_and_has_no_control_characters(text: str) -> None:
    try:
        kept = accepted(text, multiline=True)
    except UnacceptableText:
        return
    kept.encode("utf-8")
    assert "\x00" not in kept
    assert "\r" not in kept
    assert accepted(kept, multiline=True) == kept


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("潮来", 2),
        (f"辻{IVS}太郎", 3),
        ("葛\ufe00飾", 2),
        ("か\u3099", 1),
        ("𠮷野", 2),
        ("ｶﾞ", 2),
    ],
)
def test_length_is_what_a_reader_counts(text: str, length: int) -> None:
    assert length_in_characters(text) == length


@given(st.text(alphabet="山川辻あア亜"), st.integers(min_value=0xE0100, max_value=0xE01EF))
def test_choosing_glyphs_changes_neither_length_nor_identity(text: str, selector: int) -> None:
    chosen = "".join(c + chr(selector) for c in text)
    assert length_in_characters(chosen) == len(text)
    assert without_variation_selectors(chosen) == text


def is_accepted(character: str) -> bool:
    try:
        return accepted(character) == character
    except UnacceptableText:
        return False


def test_every_character_of_the_basic_plane_is_judged_by_what_it_is() -> None:
    refused = {code for code in range(0x10000) if not is_accepted(chr(code))}
    by_category = {
        code
        for code in range(0x10000)
        if unicodedata.category(chr(code)) in ("Cc", "Cs", "Co", "Zl", "Zp")
    }
    embeddings = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
    not_characters = {*range(0xFDD0, 0xFDF0), 0xFFFD, 0xFFFE, 0xFFFF}
    assert refused == by_category | embeddings | not_characters
