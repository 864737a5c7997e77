"""Authority that rests on a paper: guardians appointed by a court, and 行政書士. A clerk looks at
the paper before anything can be done."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.delegation import policy, rules
from suigo.engines.delegation.actions.granting import finish
from suigo.engines.delegation.actions.telling import note_in_ledger, tell
from suigo.engines.delegation.models import Grant
from suigo.engines.delegation.queries import person_purpose
from suigo.engines.identity.queries import account_brief
from suigo.kernel.access import Actor, Assurance
from suigo.kernel.clock import local_date
from suigo.kernel.crypto import seal
from suigo.kernel.errors import Conflict, Forbidden, Invalid, Message, NotFound
from suigo.kernel.ids import new_id
from suigo.kernel.limits import actions as limits

CLAIMED_PER_DAY = 20  # a professional guardian may begin with many wards
LONGEST = 200
OLDEST = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Ward:
    """Whom a guardian says they act for, and the certificate that says so (登記事項証明書)."""

    name: str
    kana: str
    birth_date: date | None
    address: str
    certificate: str
    certificate_date: date | None


def claim_guardianship(actor: Actor, ward: Ward, *, now: datetime) -> UUID:
    """Ask the city to confirm that the actor is somebody's guardian. Nothing is allowed before.

    Raises ``Invalid``, ``NotSignedIn``, ``TooMany``.
    """
    account = policy.require_resident(actor)
    if actor.channel != "web":
        raise Forbidden(_("代理の届出は、画面から行ってください。"))
    today = local_date(now)
    born = _checked(ward, today)
    limits.hit(f"delegation.claim:{account}", limit=CLAIMED_PER_DAY, per=timedelta(days=1), now=now)
    public_id = new_id()
    items = {"kana": ward.kana.strip(), "birth_date": born, "address": ward.address.strip()}
    with transaction.atomic():
        brief = account_brief([account])[account]
        grant = Grant.objects.create(
            public_id=public_id,
            person=None,
            person_name=ward.name.strip(),
            sealed_person=seal(
                json.dumps(items, ensure_ascii=False), purpose=person_purpose(public_id)
            ),
            holder_id=account,
            holder_name=brief.name or brief.email,
            address=brief.email,
            kind="guardian",
            reach="follow",
            assurance=Assurance.NONE,
            from_date=today,
            until_date=today + timedelta(days=rules.LONGEST_DAYS),
            evidence=ward.certificate.strip(),
            evidence_date=ward.certificate_date,
            created_at=now,
            invited_until_at=now,
            accepted_at=now,
        )
        note_in_ledger("claimed", grant, actor=actor, now=now)
    return grant.public_id


def _checked(ward: Ward, today: date) -> str:
    errors: dict[str, Message] = {}
    if not ward.name.strip() or len(ward.name) > LONGEST:
        errors["name"] = _("本人の氏名を入力してください。")
    if len(ward.kana) > LONGEST:
        errors["kana"] = _("200文字以内で入力してください。")
    if ward.birth_date is None or not OLDEST <= ward.birth_date <= today:
        errors["birth_date"] = _("本人の生年月日を入力してください。")
    if not ward.address.strip() or len(ward.address) > LONGEST:
        errors["address"] = _("本人の住所を入力してください。")
    if not ward.certificate.strip() or len(ward.certificate) > LONGEST:
        errors["certificate"] = _("登記事項証明書の登記番号を入力してください。")
    issued = ward.certificate_date
    if issued is None or issued > today:
        errors["certificate_date"] = _("登記事項証明書の発行日を入力してください。")
    elif (today - issued).days > rules.CERTIFICATE_DAYS:
        errors["certificate_date"] = _("発行から3か月以内の登記事項証明書を用意してください。")
    if errors or ward.birth_date is None:
        raise Invalid(field_errors=errors)
    return ward.birth_date.isoformat()


@transaction.atomic
def confirm(
    actor: Actor, grant_id: UUID, *, evidence: str, until_date: date | None, now: datetime
) -> None:
    """A clerk has seen the paper: the grant may be used until ``until_date``.

    ``evidence`` is what was seen. Nobody confirms their own. Raises ``Forbidden``, ``Conflict``
    when it no longer waits, ``Invalid``.
    """
    grant = _waiting(actor, grant_id)
    today = local_date(now)
    errors: dict[str, Message] = {}
    if not evidence.strip() or len(evidence) > LONGEST:
        errors["evidence"] = _("確かめた書類と番号を入力してください。")
    latest = today + timedelta(days=rules.LONGEST_DAYS)
    if until_date is None or not today <= until_date <= latest:
        errors["until_date"] = _("今日から1年以内の日を入力してください。")
    if errors or until_date is None:
        raise Invalid(field_errors=errors)
    if grant.kind != "guardian":  # the person said until when
        until_date = min(until_date, grant.until_date)
    grant.evidence, grant.until_date = evidence.strip(), max(until_date, grant.from_date)
    grant.confirmed_at, grant.confirmed_by_id = now, actor.account_id
    if grant.kind == "guardian":  # the city has seen what the court says
        grant.assurance = Assurance.SIGNATURE
    grant.save()
    tell(grant, "confirmed", now=now)
    note_in_ledger("confirmed", grant, actor=actor, now=now)


@transaction.atomic
def refuse(actor: Actor, grant_id: UUID, *, reason: str, now: datetime) -> None:
    """A clerk does not confirm it: it ends. Raises ``Forbidden``, ``Conflict``, ``Invalid``."""
    grant = _waiting(actor, grant_id)
    if not reason.strip() or len(reason) > LONGEST:
        raise Invalid(field_errors={"reason": _("認めない理由を入力してください。")})
    finish(grant, "refused", now=now)
    tell(grant, "refused", now=now)
    note_in_ledger("refused", grant, actor=actor, now=now, facts={"reason": reason.strip()})


def _waiting(actor: Actor, grant_id: UUID) -> Grant:
    waiting = policy.to_confirm(actor)
    if not Grant.objects.filter(public_id=grant_id).exists():
        raise NotFound
    grant = waiting.select_for_update(of=("self",)).filter(public_id=grant_id).first()
    if grant is None:
        raise Conflict(_("この代理は、もう決まっているか、取り消されています。"))
    holder = account_brief([grant.holder_id or 0]).get(grant.holder_id or 0)
    if holder is not None and holder.email and holder.email == actor.email:
        raise Forbidden(_("自分の代理は、ほかの職員に確かめてもらってください。"))
    return grant
