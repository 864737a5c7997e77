"""Letting somebody act, and taking it back."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.delegation import policy, providers, rules
from suigo.engines.delegation.actions.telling import note_in_ledger, tell, tell_invited
from suigo.engines.delegation.models import Grant
from suigo.engines.identity.queries import account_brief
from suigo.engines.identity.queries.records import business_represented
from suigo.engines.identity.rules import normalised_address
from suigo.kernel.access import Actor
from suigo.kernel.addresses import is_email_address
from suigo.kernel.clock import local_date
from suigo.kernel.errors import Forbidden, Invalid, Message, NotFound, Refused
from suigo.kernel.limits import actions as limits

INVITED_PER_DAY = 20
LONGEST_NAME = 100
LATELY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody who asks for help fills in. ``period`` is one of ``rules.PERIODS``."""

    name: str
    address: str
    kind: str
    every_procedure: bool
    procedures: Collection[str]
    reach: str
    period: str
    shares_facts: bool = False


def digest_of(code: str) -> str:
    """How the code of an invitation is stored."""
    return hashlib.sha256(code.encode()).hexdigest()


def invite(actor: Actor, wish: Wish, *, now: datetime) -> UUID:
    """Let somebody act for the actor, once they accept; the invitation goes to their address.

    Only for oneself: there is nobody else whose grant this could be, so nobody who acts for
    somebody can pass it on. Raises ``Invalid``, ``NotSignedIn``, ``Forbidden`` through a program
    or without a recent proof of who is asking, ``TooMany``.
    """
    person = policy.require_resident(actor)
    if actor.channel != "web":
        raise Forbidden(_("代理は、本人が画面から頼んでください。"))
    if not actor.proved_within(LATELY, now=now):
        raise Forbidden(_("もう一度、本人であることを確かめてから行ってください。"))
    terms, address = _checked(actor, person, wish, now)
    key = f"delegation.invite:{person}"
    limits.hit(key, limit=INVITED_PER_DAY, per=timedelta(days=1), now=now)
    code = secrets.token_urlsafe(32)
    with transaction.atomic():
        name = account_brief([person])[person].name
        grant = Grant.objects.create(
            person_id=person,
            person_name=name or actor.email,
            holder_name=wish.name.strip(),
            address=address,
            code_digest=digest_of(code),
            evidence=_evidence(person, terms.kind),
            kind=terms.kind,
            reach=terms.reach,
            procedures=list(terms.procedures),
            shares_facts=wish.shares_facts,
            assurance=actor.assurance,
            from_date=terms.from_date,
            until_date=terms.until_date,
            created_at=now,
            invited_until_at=now + timedelta(days=rules.INVITATION_DAYS),
        )
        tell_invited(grant, code, actor=actor, now=now)
        note_in_ledger("granted", grant, actor=actor, now=now)
    return grant.public_id


def _checked(actor: Actor, person: int, wish: Wish, now: datetime) -> tuple[rules.Terms, str]:
    errors: dict[str, Message] = {}
    address = normalised_address(wish.address)
    if not wish.name.strip() or len(wish.name) > LONGEST_NAME:
        errors["name"] = _("頼む人の名前を、100文字までで入力してください。")
    if not is_email_address(address):
        errors["address"] = _("メールアドレスを、name@example.jp のように入力してください。")
    elif address == normalised_address(actor.email):
        errors["address"] = _("自分のメールアドレスです。頼む人のアドレスを入力してください。")
    if wish.kind not in rules.ASKED:
        errors["kind"] = _("どんな人に頼むかを選んでください。")
    elif wish.kind == "staff" and not business_represented(person):
        errors["kind"] = _(
            "事業所の担当者には、GビズIDプライムでログインした代表者だけが頼めます。"
        )
    kinds = {p.id for p in providers.offered() if p.agents == "allowed"}
    if not wish.every_procedure and not wish.procedures:
        errors["procedures"] = _("手続を1つ以上選んでください。")
    elif rules.unknown_procedures(wish.procedures, kinds):
        errors["procedures"] = _("代理でできる手続の中から選んでください。")
    if wish.reach not in rules.REACHES:
        errors["reach"] = _("どこまで頼むかを選んでください。")
    today = local_date(now)
    until = rules.last_day(wish.period, today=today)
    if until is None:
        errors["period"] = _("いつまで頼むかを選んでください。")
    if errors or until is None:
        raise Invalid(field_errors=errors)
    chosen = () if wish.every_procedure else tuple(sorted(set(wish.procedures)))
    return rules.Terms(
        kind=cast("rules.Kind", wish.kind),
        reach=cast("rules.Reach", wish.reach),
        procedures=chosen,
        from_date=today,
        until_date=until,
    ), address


def _evidence(person: int, kind: rules.Kind) -> str:
    """For whom the staff of a business acts; others show what they have when they accept."""
    return f"GビズIDプライム {business_represented(person)}"[:200] if kind == "staff" else ""


@transaction.atomic
def end(actor: Actor, grant_id: UUID, *, now: datetime) -> None:
    """End a grant at once and for good: the person withdraws it, or the holder gives it up.

    Whoever is sending an application with it at this moment is waited for, or fails. Raises
    ``NotFound``, ``Refused`` when it has ended already.
    """
    grant = policy.seen_by(actor).select_for_update(of=("self",)).filter(public_id=grant_id).first()
    if grant is None:
        raise NotFound
    if grant.ended_at is not None:
        raise Refused(_("この代理は、もう終わっています。"))
    finish(grant, "withdrawn" if grant.person_id == actor.account_id else "given_up", now=now)
    tell(grant, grant.ending, now=now)
    note_in_ledger(grant.ending, grant, actor=actor, now=now)


def finish(grant: Grant, ending: rules.Ending, *, now: datetime) -> None:
    """Write the end of a locked grant."""
    grant.ended_at, grant.ending, grant.code_digest = now, ending, ""
    grant.save(update_fields=["ended_at", "ending", "code_digest"])
