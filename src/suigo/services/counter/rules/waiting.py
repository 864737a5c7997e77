"""How long somebody will wait, and how long things took: sums over measured times."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median

ENOUGH = 3  # measured today, before today's times are trusted


@dataclass(frozen=True, slots=True)
class Estimate:
    """``minutes`` until the turn; ``measured`` when it rests on times of today."""

    minutes: int
    measured: bool


def estimate(*, ahead: int, serving: int, handled: Sequence[float], usual_minutes: int) -> Estimate:
    """Minutes until somebody with ``ahead`` people before them is called.

    ``handled`` are today's handling times in minutes, ``serving`` the windows at work now. Those
    who are being served have on average half of a typical time left; then the windows share the
    people ahead. While no window serves anybody, one is taken to be about to begin.
    """
    measured = len(handled) >= ENOUGH
    each = median(handled) if measured else float(usual_minutes)
    rounds = ahead / serving + 0.5 if serving else ahead
    return Estimate(ceil(each * rounds), measured)


@dataclass(frozen=True, slots=True)
class Spread:
    """How many were measured, in minutes: the middle one, and what nine of ten did not exceed."""

    count: int
    median: float
    p90: float


def spread(minutes: Sequence[float]) -> Spread | None:
    """Median and 90th percentile (nearest rank), None when nothing was measured."""
    if not minutes:
        return None
    ordered = sorted(minutes)
    rank = max(1, ceil(0.9 * len(ordered)))
    return Spread(len(ordered), round(median(ordered), 1), round(ordered[rank - 1], 1))
