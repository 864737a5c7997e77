"""Taking an invitation: once, by the account of the address that it went to."""

import hmac
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.delegation import policy
from suigo.engines.delegation.actions.granting import digest_of, finish
from suigo.engines.delegation.actions.telling import note_in_ledger, tell
from suigo.engines.delegation.models import Grant
from suigo.engines.identity.queries import account_brief
from suigo.engines.identity.rules import normalised_address
from suigo.kernel.access import Actor
from suigo.kernel.clock import local_date
from suigo.kernel.errors import Forbidden, Gone, Invalid, NotFound, Refused
from suigo.kernel.limits import actions as limits

TRIES = 10  # wrong links of an account in a day; a right one wipes them out
LONGEST_EVIDENCE = 200


class WrongAccount(Forbidden):
    """The invitation went to another address than the one of whoever is signed in."""


def invitation_seen(actor: Actor, grant_id: UUID, code: str, *, now: datetime) -> Grant:
    """The grant that a link invites to. Call it outside a transaction: wrong links are counted.

    Raises ``NotFound`` for a wrong or used code, ``Gone`` when its time is over, ``WrongAccount``,
    ``TooMany``, ``NotSignedIn``.
    """
    account = policy.require_resident(actor)
    key = f"delegation.code:{account}"
    limits.hit(key, limit=TRIES, per=timedelta(days=1), now=now)
    grant = Grant.objects.filter(public_id=grant_id).first()
    invited = _invited(grant, actor, account, code, now)
    limits.clear(key)
    return invited


def _invited(grant: Grant | None, actor: Actor, account: int, code: str, now: datetime) -> Grant:
    known = grant.code_digest if grant is not None else ""
    right = hmac.compare_digest(known.encode(), digest_of(code).encode())
    if grant is None or not known or not right:
        raise NotFound(
            _(
                "この招待は使えません。もう使われたか、取り消されたか、リンクがとちゅうで切れています。"
            )
        )
    if now >= grant.invited_until_at or local_date(now) > grant.until_date:
        raise Gone(_("招待の期限が過ぎました。頼む方に、もう一度送ってもらってください。"))
    if account == grant.person_id:
        raise WrongAccount(
            _("自分で自分の代理にはなれません。招待した相手に開いてもらってください。")
        )
    brief = account_brief([account]).get(account)
    own = brief.email if brief is not None else ""
    if normalised_address(own) != grant.address:
        raise WrongAccount(
            _("この招待は、別のメールアドレスに送られました。そのアドレスでログインしてください。")
        )
    return grant


def accept(actor: Actor, grant_id: UUID, code: str, *, now: datetime, evidence: str = "") -> None:
    """Take the invitation. An older grant of the same two people is replaced by it.

    行政書士 say their registration number in ``evidence``, and wait for a clerk. Raises what
    ``invitation_seen`` raises, and ``Invalid``.
    """
    seen = invitation_seen(actor, grant_id, code, now=now)
    evidence = evidence.strip()
    if seen.kind == "gyoseishoshi" and (not evidence or len(evidence) > LONGEST_EVIDENCE):
        raise Invalid(
            field_errors={"evidence": _("行政書士の登録番号と事務所の名前を入力してください。")}
        )
    with transaction.atomic():
        account = policy.require_resident(actor)
        grant = Grant.objects.select_for_update(of=("self",)).get(pk=seen.pk)
        _invited(grant, actor, account, code, now)
        older = Grant.objects.select_for_update(of=("self",)).filter(
            person_id=grant.person_id, holder_id=account, ended_at=None
        )
        for one in older:
            finish(one, "replaced", now=now)
            note_in_ledger("replaced", one, actor=actor, now=now)
        grant.holder_id, grant.accepted_at, grant.code_digest = account, now, ""
        grant.holder_name = actor.name or grant.holder_name
        if grant.kind == "gyoseishoshi":
            grant.evidence = evidence
        grant.save()
        tell(grant, "accepted", now=now)
        note_in_ledger("accepted", grant, actor=actor, now=now)


def decline(actor: Actor, grant_id: UUID, code: str, *, now: datetime) -> None:
    """Say no. Raises what ``invitation_seen`` raises."""
    seen = invitation_seen(actor, grant_id, code, now=now)
    with transaction.atomic():
        grant = Grant.objects.select_for_update(of=("self",)).get(pk=seen.pk)
        if grant.code_digest == "" or grant.ended_at is not None:
            raise Refused(_("この招待は、もう使われています。"))
        finish(grant, "declined", now=now)
        tell(grant, "declined", now=now)
        note_in_ledger("declined", grant, actor=actor, now=now)
