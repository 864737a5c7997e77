"""Counting tries in the database."""

from datetime import UTC, datetime, timedelta

import pytest

from suigo.kernel.errors import TooMany
from suigo.kernel.limits import actions
from suigo.kernel.limits.models import LimitCounter

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)

pytestmark = pytest.mark.django_db


def tries(key: str, count: int, *, at: datetime = NOW) -> list[str]:
    """What happened to ``count`` tries at a moment."""
    outcomes = []
    for _ in range(count):
        try:
            actions.hit(key, limit=3, per=QUARTER, now=at)
            outcomes.append("allowed")
        except TooMany:
            outcomes.append("refused")
    return outcomes


def test_allows_the_limit_and_refuses_the_next() -> None:
    assert tries("a", 5) == ["allowed"] * 3 + ["refused"] * 2


def test_keys_do_not_touch_each_other() -> None:
    tries("a", 4)
    assert tries("b", 1) == ["allowed"]


def test_a_pause_has_its_full_length_from_the_first_refusal() -> None:
    tries("a", 3)
    late = NOW + timedelta(minutes=14)
    assert tries("a", 1, at=late) == ["refused"]
    assert tries("a", 1, at=late + QUARTER - timedelta(seconds=1)) == ["refused"]
    assert tries("a", 1, at=late + QUARTER) == ["allowed"]


def test_refused_tries_do_not_lengthen_the_pause() -> None:
    tries("a", 4)
    for minute in range(1, 15):
        tries("a", 1, at=NOW + timedelta(minutes=minute))
    assert tries("a", 1, at=NOW + QUARTER) == ["allowed"]


def test_the_sentence_says_how_long_to_wait() -> None:
    tries("a", 4)
    with pytest.raises(TooMany) as refused:
        actions.hit("a", limit=3, per=QUARTER, now=NOW + timedelta(minutes=5, seconds=1))
    assert str(refused.value) == ("回数が多すぎます。10分ほど待ってから、もう一度お試しください。")


def test_long_pauses_are_told_in_hours() -> None:
    actions.hit("day", limit=1, per=timedelta(days=1), now=NOW)
    with pytest.raises(TooMany) as refused:
        actions.hit("day", limit=1, per=timedelta(days=1), now=NOW)
    assert str(refused.value) == (
        "回数が多すぎます。24時間ほど待ってから、もう一度お試しください。"
    )


def test_a_success_forgets_the_tries() -> None:
    tries("a", 3)
    actions.clear("a")
    assert tries("a", 3) == ["allowed"] * 3


def test_old_counters_are_removed() -> None:
    tries("old", 1, at=NOW - timedelta(days=2, seconds=1))
    tries("new", 1)
    assert actions.forget_old(now=NOW) == 1
    assert list(LimitCounter.objects.values_list("key", flat=True)) == ["new"]
