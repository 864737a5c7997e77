"""Whoever waited for a clerk hears that the card opens the account; nobody else hears of it."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import translation

from engines.cases.world import staff
from engines.identity.rehearsed import Visit, rehearsed
from engines.identity.sample import NOW
from suigo.engines.identity import actions
from suigo.engines.identity.models import Account, MatchQuestion
from suigo.engines.notices.models import BODY_PURPOSE, Message
from suigo.engines.notices.subscribers import tell_ways_in
from suigo.kernel import crypto
from suigo.project.rehearsal.provider import Rehearsal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False), translation.override("ja"):
        yield


@pytest.fixture
def rehearsal(settings: Any) -> Iterator[Rehearsal]:
    with rehearsed(settings) as found:
        yield found


@pytest.fixture
def decided(rehearsal: Rehearsal) -> Callable[..., list[dict[str, Any]]]:
    """A clerk decides about a card; returns what is to be told to the owner of the account."""

    def decide(*, same: bool, email: str) -> list[dict[str, Any]]:
        Visit(rehearsal).come("mizuno")
        Account.objects.filter(kind="resident").update(email=email)
        Visit(rehearsal).come("mizuno-moved")
        question = MatchQuestion.objects.get().public_id
        clerk = staff("general-affairs-head", "窓口 花子")
        actions.decide_match(clerk, question, same=same, reason="転居届で確かめた", now=NOW)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT args FROM procrastinate_jobs WHERE task_name = 'notices.tell-ways-in'"
            )
            return [json.loads(args) for (args,) in cursor.fetchall()]

    return decide


def test_the_owner_of_the_account_is_told(decided: Callable[..., list[dict[str, Any]]]) -> None:
    (job,) = decided(same=True, email="yoko@example.jp")
    for _ in range(2):  # a job may run twice
        tell_ways_in(**job)
    message = Message.objects.get()
    body = crypto.open_sealed(message.sealed_body, purpose=BODY_PURPOSE)
    assert message.address == "yoko@example.jp"
    assert "マイナンバーカードでログインできるようになりました" in body
    assert "/my/account/\n" in f"{body}\n"
    for secret in ("転居届", "川辺", "水野", "窓口"):
        assert secret not in body


def test_without_an_address_only_the_page_tells(
    decided: Callable[..., list[dict[str, Any]]],
) -> None:
    (job,) = decided(same=True, email="")
    tell_ways_in(**job)
    assert not Message.objects.exists()


def test_another_persons_card_is_nobodys_news(
    decided: Callable[..., list[dict[str, Any]]],
) -> None:
    assert decided(same=False, email="yoko@example.jp") == []
