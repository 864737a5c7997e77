"""What the database itself refuses."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import InternalError

from engines.delegation.world import NOW, daughter, granted, mother
from suigo.engines.delegation import actions
from suigo.engines.delegation.models import Deed, Grant

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("delegation_grant_days", {"until_date": (NOW - timedelta(days=9)).date()}),
        ("delegation_grant_words", {"kind": "neighbour"}),
        ("delegation_grant_words", {"reach": "all"}),
        ("delegation_grant_ended", {"ended_at": NOW}),
        ("delegation_grant_ended", {"ending": "withdrawn"}),
        ("delegation_grant_held", {"holder": None}),
        ("delegation_grant_held", {"code_digest": "x"}),
        ("delegation_grant_of_somebody", {"person": None}),
        ("delegation_grant_confirmed", {"confirmed_at": NOW, "evidence": ""}),
    ],
)
def test_a_grant_is_always_whole(constraint: str, changes: dict[str, Any]) -> None:
    grant = granted(mother(), daughter())
    with pytest.raises(IntegrityError, match=constraint):
        Grant.objects.filter(pk=grant.pk).update(**changes)


def test_nobody_is_their_own_agent() -> None:
    grant = granted(mother(), daughter())
    with pytest.raises(IntegrityError, match="delegation_grant_of_another"):
        Grant.objects.filter(pk=grant.pk).update(holder_id=grant.person_id)


def test_of_two_people_one_grant_lives() -> None:
    grant = granted(mother(), daughter())
    grant.pk, grant.public_id = None, None  # type: ignore[assignment]
    copy = Grant(
        **{
            field.attname: getattr(grant, field.attname)
            for field in Grant._meta.concrete_fields
            if field.name not in {"id", "public_id"}
        }
    )
    with pytest.raises(IntegrityError, match="delegation_grant_one_living"):
        copy.save()


@pytest.mark.parametrize("changes", [{"ended_at": None, "ending": ""}, {"ending": "replaced"}])
def test_an_ending_can_not_be_undone(changes: dict[str, Any]) -> None:
    person = mother()
    grant = granted(person, daughter())
    actions.end(person, grant.public_id, now=NOW)
    with pytest.raises((IntegrityError, InternalError), match="an ending is final"):
        Grant.objects.filter(pk=grant.pk).update(**changes)


def test_a_look_is_noted_once_a_day() -> None:
    grant = granted(mother(), daughter())
    one: dict[str, Any] = {
        "grant": grant,
        "what": "looked",
        "at": NOW,
        "day": NOW.date(),
        "case_id": grant.public_id,
    }
    Deed.objects.create(**one)
    with pytest.raises(IntegrityError, match="looked_once_a_day"), transaction.atomic():
        Deed.objects.create(**one)
    Deed.objects.create(**{**one, "day": (NOW + timedelta(days=1)).date()})
    with pytest.raises(IntegrityError, match="delegation_deed_words"):
        Deed.objects.create(**{**one, "what": "stole"})
