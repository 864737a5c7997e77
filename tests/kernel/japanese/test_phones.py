import pytest
from hypothesis import given
from hypothesis import strategies as st

from suigo.kernel.japanese.phones import parse_phone
from suigo.kernel.japanese.problems import UnreadableNumber

AREAS = ("0299", "029", "0478")


@pytest.mark.parametrize(
    ("typed", "hyphenated", "gif", "kind"),
    [
        ("0299-63-1111", "0299-63-1111", "(0299)63-1111", "fixed"),
        ("０２９９（６３）１１１１", "0299-63-1111", "(0299)63-1111", "fixed"),
        ("0299631111", "0299-63-1111", "(0299)63-1111", "fixed"),
        ("0292241111", "029-224-1111", "(029)224-1111", "fixed"),
        ("+81 299-63-1111", "0299-63-1111", "(0299)63-1111", "fixed"),
        ("+81(0)299-63-1111", "0299-63-1111", "(0299)63-1111", "fixed"),
        ("+81 (0299)63-1111", "0299-63-1111", "(0299)63-1111", "fixed"),
        ("03-1234-5678", "03-1234-5678", "(03)1234-5678", "fixed"),
        ("0312345678", "0312345678", "0312345678", "fixed"),
        ("09012345678", "090-1234-5678", "090-1234-5678", "mobile"),
        ("+819012345678", "090-1234-5678", "090-1234-5678", "mobile"),
        ("050ー1234ー5678", "050-1234-5678", "050-1234-5678", "ip"),
        ("0120123456", "0120-123-456", "0120-123456", "free"),
        ("0800-123-4567", "0800-123-4567", "0800-1234567", "free"),
        ("0570-783-578", "0570-783-578", "0570-783578", "navi"),
    ],
)
def test_numbers_are_read_and_written(typed: str, hyphenated: str, gif: str, kind: str) -> None:
    phone = parse_phone(typed, area_codes=AREAS)
    assert (phone.hyphenated, phone.gif, phone.kind) == (hyphenated, gif, kind)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "63-1111",
        "110",
        "0299-63-111",
        "00299631111",
        "090123456789",
        "12345678901",
        "電話なし",
        "+1 212 555 0100",
    ],
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(UnreadableNumber):
        parse_phone(typed, area_codes=AREAS)


@given(st.from_regex(r"0[1-9][0-9]{8}|0[5789]0[1-9][0-9]{7}", fullmatch=True))
def test_every_written_form_reads_as_the_same_number(digits: str) -> None:
    phone = parse_phone(digits, area_codes=AREAS)
    for form in (phone.hyphenated, phone.gif, phone.e164):
        assert parse_phone(form, area_codes=AREAS).digits == digits
