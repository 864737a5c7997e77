"""People, answers and cases that the tests of cases use. Everything is invented."""

from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model

from suigo.engines.cases import actions
from suigo.engines.cases.models import Case
from suigo.engines.identity.models import PostHolding
from suigo.engines.identity.queries import organisation
from suigo.kernel.access import ANONYMOUS, Actor, Assurance

# Tuesday 2026-11-24, 10:00 in Japan
NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
CARD = "s01-library-card"
TOKEN = "a secret that only this browser has"

ANSWERS: dict[str, Any] = {
    "applicant": {
        "family": "水野",
        "given": "葉子",
        "family_kana": "ミズノ",
        "given_kana": "ヨウコ",
    },
    "birthday": "1990-04-01",
    "address": {
        "postal_code": "9998531",
        "prefecture": "見本県",
        "city": "みほん市",
        "town": "川辺町",
        "block": "1-2",
    },
    "phone": "0299-00-0000",
    "email": "yoko@example.jp",
    "commutes": False,
    "branch": "central",
    "card_kinds": ["books", "music"],
    "per_month": 10,
    "large_print": False,
    "rules": True,
}


def answers(**changes: Any) -> dict[str, Any]:
    """Complete answers to the library card, with some replaced; None removes one."""
    changed = deepcopy(ANSWERS) | changes
    return {key: value for key, value in changed.items() if value is not None}


def name(family: str, given: str, family_kana: str, given_kana: str) -> dict[str, str]:
    return {
        "family": family,
        "given": given,
        "family_kana": family_kana,
        "given_kana": given_kana,
    }


def staff(post: str, person: str) -> Actor:
    """A member of staff who holds ``post`` of the example city."""
    account = get_user_model().objects.create(
        kind="staff", email=f"{post}.{person}@example.jp", name=person, created_at=NOW
    )
    PostHolding.objects.create(account=account, post=post, valid_from_date=date(2026, 4, 1))
    org = organisation()
    return Actor(
        kind="staff",
        account_id=account.pk,
        name=person,
        email=account.email,
        assurance=Assurance.IDENTITY,
        departments=frozenset({org.posts[post].department}),
        capabilities=org.capabilities_of(post),
        posts=(post,),
        today=TODAY,
    )


def resident(person: str = "水野 葉子", email: str = "yoko@example.jp") -> Actor:
    account = get_user_model().objects.create(
        kind="resident", email=email, name=person, created_at=NOW
    )
    return Actor(
        kind="resident",
        account_id=account.pk,
        name=person,
        email=email,
        assurance=Assurance.CONTACT,
    )


@dataclass(frozen=True, slots=True)
class Desk:
    """The people of the library, and a resident."""

    clerk: Actor
    chief: Actor
    head: Actor
    other: Actor
    resident: Actor


def desk() -> Desk:
    return Desk(
        clerk=staff("library-officer", "司書 一郎"),
        chief=staff("library-chief", "係長 花子"),
        head=staff("library-head", "館長 次郎"),
        other=staff("welfare-officer", "福祉 三郎"),
        resident=resident(),
    )


def draft_of(actor: Actor, given: dict[str, Any] | None = None, now: datetime = NOW) -> UUID:
    return actions.start_draft(
        CARD,
        actor=actor,
        now=now,
        owner_token="" if actor.account_id else TOKEN,
        answers=given or answers(),
    )


def received(actor: Actor = ANONYMOUS, now: datetime = NOW, **changes: Any) -> Case:
    """A case that has just arrived."""
    draft = draft_of(actor, answers(**changes), now)
    receipt = actions.submit_application(
        draft,
        actor=actor,
        now=now,
        language="ja",
        owner_token="" if actor.account_id else TOKEN,
    )
    return Case.objects.get(public_id=receipt.case_id)


def act(case: Case, action: str, actor: Actor, *, now: datetime = NOW, **given: Any) -> Case:
    """Take an action with the version the case has now, and give the case afterwards."""
    case.refresh_from_db()
    actions.take_action(
        case.public_id,
        action,
        actor=actor,
        version=case.version,
        now=now,
        given=actions.Given(**given),
        owner_token="" if actor.account_id else TOKEN,
    )
    case.refresh_from_db()
    return case


def tick_all(case: Case, actor: Actor, now: datetime = NOW) -> None:
    for item in ("identity", "address"):
        actions.mark_checklist(case.public_id, item, ticked=True, actor=actor, now=now)
