"""Small charts as SVG, drawn on the server. A table with the same numbers always stands beside."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, GAP = 320, 80, 2


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar in the units of the chart."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars from left to right on one ground line."""

    bars: tuple[Bar, ...]
    width: int = WIDTH
    height: int = HEIGHT


def bars(values: Sequence[tuple[str, int]]) -> Chart:
    """A bar for each value; the highest fills the chart, nothing but 0 draws no bar."""
    highest = max((value for _label, value in values), default=0)
    if highest <= 0:
        return Chart(())
    room = WIDTH / len(values)
    gap = min(GAP, room / 4)
    found = []
    for place, (_label, value) in enumerate(values):
        height = round(HEIGHT * value / highest, 2)
        found.append(Bar(round(room * place, 2), HEIGHT - height, round(room - gap, 2), height))
    return Chart(tuple(found))
