"""Two hundred cuts of everything, and then nothing is lost and nothing is there twice.

The seeds make the choices repeatable; where a kill from outside hits is chance. `./suigo soak`
does the same for as long as one likes.
"""

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings

from services.bridge.cutting import BEGIN, Life, leftovers, promises
from services.bridge.nodes import World, two_nodes


@pytest.fixture(scope="module")
def world(django_db_setup: None) -> Iterator[World]:
    with two_nodes(settings.SUIGO_DATABASE_URL) as both:
        yield both


def test_two_hundred_cuts_lose_and_double_nothing(world: World) -> None:
    life, before = Life(world, random.Random(14)), world.outer.kills + world.inner.kills
    while life.cuts < before + 200:
        life.live(rounds=40, real=6)
    assert len(life.acknowledged) >= 25
    assert life.damage >= 20
    assert leftovers(world.inward) == leftovers(world.outward) == []
    life.heal()
    promises(life)


def every_step_is_cut(world: World) -> None:
    """Eight applicants withdraw, and the inner node is killed again and again while it hears of
    it; then the promises are looked at."""
    life, before = Life(world, random.Random(9), now=BEGIN + timedelta(days=30)), world.inner.kills
    for _number in range(8):
        life.submit()
    life.heal()
    for case in life.acknowledged:
        world.outer.do(
            "act", case=case, now=life.moment, action="withdraw", post="", reason="やめる"
        )
    world.outer.do("send", directory=str(world.inward), now=life.moment)
    for _time in range(30):
        cut = life.chance.randint(10, 75)
        world.inner.do("receive", directory=str(world.inward), now=life.moment, cut=cut)
    assert world.inner.kills >= before + 8
    life.heal()
    promises(life)


def test_a_step_is_done_once_however_often_its_packet_is_cut(world: World) -> None:
    every_step_is_cut(world)


def test_without_the_guard_a_step_is_done_twice() -> None:
    """The control: what a packet says is done in one transaction, and noted in another."""
    with (
        two_nodes(settings.SUIGO_DATABASE_URL, options=("--without-the-guard",)) as unguarded,
        pytest.raises(AssertionError, match="steps"),
    ):
        every_step_is_cut(unguarded)
