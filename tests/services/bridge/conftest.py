"""Browsers that are signed in, and a node of two zones in the database of the tests."""

from datetime import timedelta

import pytest
from django.conf import LazySettings

from engines.cases.conftest import browser
from engines.cases.world import NOW, staff
from suigo.kernel.access import Actor
from suigo.services.bridge.models import HeldItem, OutItem, SetAside, Standing
from suigo.services.bridge.rules.keys import new_key

__all__ = ["browser"]


@pytest.fixture
def inner(settings: LazySettings) -> None:
    """This node is the inner one, with keys."""
    settings.SUIGO_ZONE = "inner"
    settings.SUIGO_BRIDGE_KEYS = new_key("inner-1")[0]
    settings.SUIGO_BRIDGE_PEER_KEYS = new_key("outer-1")[1]


@pytest.fixture
def operator(db: None) -> Actor:
    return staff("general-affairs-head", "課長 運用")


def something_of_everything(count: int) -> None:
    """So many items that wait, that are held, and packets that were set aside."""
    Standing.objects.update_or_create(
        pk=1, defaults={"out_stream": "00000000-0000-0000-0000-000000000001"}
    )
    for number in range(count):
        at = NOW - timedelta(hours=number)
        OutItem.objects.create(
            kind="standing", key=f"k{number}", subject=f"s{number}", sealed="x", created_at=at
        )
        HeldItem.objects.create(
            kind="case",
            key=f"h{number}",
            subject=f"s{number}",
            sealed="x",
            reason="手続の版が、こちらにはありません",
            held_at=at,
            tried_at=at,
        )
        SetAside.objects.create(
            name=f"{number}.packet",
            digest=f"{number:064x}",
            reason="forged",
            size=1000,
            first_at=at,
            last_at=at,
        )
