"""Comparing four items."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suigo.engines.identity.providers import FourItems
from suigo.engines.identity.rules.matching import (
    compare,
    marked,
    place_key,
    plain_address,
)

MIZUNO = FourItems("水野　葉子", "見本県見本市見本町６２６番地", date(1990, 4, 1), "2")
TWIN = FourItems("水野　花子", "見本県見本市見本町６２６番地", date(1990, 4, 1), "2")
FATHER = FourItems("水野　葉子", "見本県見本市見本町６２６番地", date(1960, 4, 1), "1")


def changed(
    name: str = MIZUNO.name,
    address: str = MIZUNO.address,
    birth_date: date = MIZUNO.birth_date,
    gender: str = MIZUNO.gender,
) -> FourItems:
    return FourItems(name, address, birth_date, gender)


@pytest.mark.parametrize(
    ("other", "verdict", "differs_in"),
    [
        (MIZUNO, "exact", ()),
        (changed(name="水野 葉子", address="見本県見本市見本町626"), "exact", ()),
        (changed(address="見本県見本市川辺町１番地"), "near", ("address",)),
        (changed(name="田中　葉子"), "near", ("name",)),
        (changed(birth_date=date(1990, 4, 11)), "near", ("birth_date",)),
        (changed(gender="1"), "near", ("gender",)),
        (TWIN, "none", ("name",)),
        (FATHER, "none", ("birth_date", "gender")),
        (
            changed(name="田中　葉子", address="見本県見本市川辺町１番地"),
            "none",
            ("name", "address"),
        ),
        (changed(name="田中　葉子", gender="1"), "none", ("name", "gender")),
    ],
)
def test_verdicts(other: FourItems, verdict: str, differs_in: tuple[str, ...]) -> None:
    found = compare(MIZUNO, other)
    assert (found.verdict, found.differs_in) == (verdict, differs_in)


@pytest.mark.parametrize(
    ("left", "right"),
    [("髙橋　一郎", "高橋　一郎"), ("渡邊　一郎", "渡辺　一郎"), ("神　一郎", "\ufa19　一郎")],
)
def test_variant_kanji_are_near_never_the_same(left: str, right: str) -> None:
    found = compare(changed(name=left), changed(name=right))
    assert (found.verdict, found.name) == ("near", "variant")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("見本町１丁目２番３号", "見本町1-2-3"),
        ("見本町１丁目２番地の３", "見本町一丁目２－３"),
        ("見本町十二丁目３番地", "見本町12丁目3"),
        ("見本町２０番地１　見本荘２０２号", "見本町20-1見本荘202"),
    ],
)
def test_one_address_in_two_spellings(left: str, right: str) -> None:
    assert plain_address(left) == plain_address(right)


def test_other_numbers_are_other_addresses() -> None:
    assert plain_address("見本町1-23") != plain_address("見本町12-3")
    assert plain_address("三本木1") != plain_address("四本木1")


texts = st.text(alphabet="水野髙高橋葉子一二　 ー-1２番地丁目", min_size=1, max_size=12)
people = st.builds(
    FourItems,
    texts,
    texts,
    st.dates(date(1950, 1, 1), date(1950, 1, 3)),
    st.sampled_from(["1", "2", ""]),
)


@given(people, people)
def test_comparing_is_symmetric_and_whoever_is_near_is_found(
    left: FourItems, right: FourItems
) -> None:
    found, back = compare(left, right), compare(right, left)
    assert found == back
    if found.verdict != "none":
        born = (left.birth_date, left.gender) == (right.birth_date, right.gender)
        assert born or place_key(left) == place_key(right)


@given(people)
def test_everybody_is_exactly_themselves(person: FourItems) -> None:
    assert compare(person, person).verdict == "exact"


@given(texts, texts)
def test_marks_hold_the_whole_text(text: str, other: str) -> None:
    pieces = list(marked(text, other))
    assert "".join(piece for piece, _differs in pieces) == text
    if text == other:
        assert not any(differs for _piece, differs in pieces)
