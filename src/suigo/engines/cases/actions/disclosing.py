"""Letting another department read one case, on a legal basis, for some days."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.cases import policy
from suigo.engines.cases.actions.locking import locked_case
from suigo.engines.cases.models import Case, CaseDisclosure
from suigo.engines.identity.queries import organisation
from suigo.kernel.access import Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.clock import local_date
from suigo.kernel.errors import Forbidden, Invalid, Message, NotFound, Refused

LONGEST_DAYS = 366
LONGEST_ARTICLE, LONGEST_REASON = 200, 1000


@transaction.atomic
def disclose_case(
    case_id: UUID,
    *,
    department: str,
    article: str,
    reason: str,
    days: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Let ``department`` read the case for ``days`` days, today included.

    Raises ``NotFound``, ``Forbidden`` for whoever doesn't decide in the owning department,
    ``Invalid``, ``Refused`` once the case was erased.
    """
    case = _own_case(case_id, actor)
    if case.erased_at is not None:
        raise Refused(_("内容が消去された申請は、開示できません。"))
    article, reason = article.strip(), reason.strip()
    wrong: dict[str, Message] = {}
    known = organisation().departments
    if department not in known or department == case.department:
        wrong["department"] = _("見せる課を選んでください。")
    for name, value, longest in (
        ("article", article, LONGEST_ARTICLE),
        ("reason", reason, LONGEST_REASON),
    ):
        if not value or len(value) > longest or "\x00" in value:
            message = _("1文字以上%(max)d文字以内で入力してください。") % {"max": longest}
            wrong[name] = message
    if not 1 <= days <= LONGEST_DAYS:
        wrong["days"] = _("日数を1から366までの数字で入力してください。")
    if wrong:
        raise Invalid(field_errors=wrong)
    today = local_date(now)
    until = today + timedelta(days=days)
    CaseDisclosure.objects.create(
        case=case,
        department=department,
        article=article,
        reason=reason,
        from_date=today,
        until_date=until,
        given_at=now,
        given_by_name=actor.name or "-",
    )
    record(
        "case.disclosed",
        actor=actor,
        subject_kind="case",
        subject_id=str(case.public_id),
        facts={
            "number": case.number,
            "department": known[department].name.ja,
            "article": article,
            "last_day": (until - timedelta(days=1)).isoformat(),
        },
        personal={"reason": reason},
        now=now,
    )


@transaction.atomic
def withdraw_disclosure(case_id: UUID, disclosure: UUID, *, actor: Actor, now: datetime) -> None:
    """End a disclosure at once; once more changes nothing. Raises ``NotFound``, ``Forbidden``."""
    case = _own_case(case_id, actor)
    found = CaseDisclosure.objects.filter(case=case, public_id=disclosure).first()
    if found is None:
        raise NotFound
    if found.withdrawn_at is not None:
        return
    found.withdrawn_at, found.withdrawn_by_name = now, actor.name or "-"
    found.save(update_fields=["withdrawn_at", "withdrawn_by_name"])
    place = organisation().departments.get(found.department)
    record(
        "case.disclosure_withdrawn",
        actor=actor,
        subject_kind="case",
        subject_id=str(case.public_id),
        facts={
            "number": case.number,
            "department": place.name.ja if place else found.department,
        },
        now=now,
    )


def _own_case(case_id: UUID, actor: Actor) -> Case:
    case = locked_case(case_id, actor=actor, version=None)
    if not policy.can_disclose(actor, case):
        raise Forbidden(_("ほかの課に見せることを決められるのは、担当の課の決裁者だけです。"))
    return case
