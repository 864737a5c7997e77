from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suigo.kernel.content.city import load_city
from suigo.kernel.ui.colours import (
    CALM_TEXT,
    DARK_PAPER,
    PAPER,
    accent_problems,
    contrast,
    darkened,
    lightened,
)
from suigo.project.vendor import ROOT

CITIES = sorted(path.parent for path in (ROOT / "cities").glob("*/city.yaml"))
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#767676", "#ffffff", 4.54),  # the grey known to pass AA by a hair
        ("#777777", "#ffffff", 4.48),  # and its neighbour that does not
        ("#0017c1", "#ffffff", 11.1),
        ("#ff0000", "#ffffff", 4.0),
    ],
)
def test_contrast_agrees_with_known_values(first: str, second: str, ratio: float) -> None:
    assert round(contrast(first, second), 2) == ratio


@given(colours, colours)
def test_contrast_is_symmetric_and_bounded(first: str, second: str) -> None:
    assert contrast(first, second) == contrast(second, first)
    assert 1 <= contrast(first, second) <= 21


@given(colours)
def test_every_colour_can_be_made_readable(colour: str) -> None:
    assert contrast(darkened(colour, on=PAPER, ratio=CALM_TEXT), PAPER) >= CALM_TEXT
    assert contrast(lightened(colour, on=DARK_PAPER, ratio=CALM_TEXT), DARK_PAPER) >= CALM_TEXT


@given(colours)
def test_a_readable_colour_stays_as_it_is(colour: str) -> None:
    ratio = contrast(colour, PAPER)

    assert darkened(colour, on=PAPER, ratio=ratio) == colour


def test_a_good_accent_has_no_problems() -> None:
    assert accent_problems(main="#6b3fa0", on_main="#ffffff", soft="#f4eefa") == []


def test_a_pale_accent_is_explained() -> None:
    assert accent_problems(main="#c9b3e6", on_main="#ffffff", soft="#f4eefa") == [
        "accent.main on white has a contrast of 1.90, needed is 3.0",
        "accent.main on accent.soft has a contrast of 1.67, needed is 3.0",
        "accent.on_main on accent.main has a contrast of 1.90, needed is 4.5",
    ]


def test_a_dark_soft_colour_is_explained() -> None:
    problems = accent_problems(main="#6b3fa0", on_main="#ffffff", soft="#6b3fa0")

    assert [problem.split(" has ")[0] for problem in problems] == [
        "accent.main on accent.soft",
        "text on accent.soft",
    ]


@pytest.mark.parametrize("root", CITIES, ids=lambda root: root.name)
def test_every_city_in_the_repository_has_a_readable_accent(root: Path) -> None:
    accent = load_city(root).spec.accent

    assert accent_problems(main=accent.main, on_main=accent.on_main, soft=accent.soft) == []
