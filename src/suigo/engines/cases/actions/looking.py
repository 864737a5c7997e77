"""Looks at sensitive cases: the reason before, the record after. Nothing is shown unrecorded:
edges record before they answer."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.cases import policy
from suigo.engines.cases.models import Case
from suigo.engines.cases.queries.looking import (
    GIVEN,
    LOOKED,
    LOOKS,
    SEARCHING,
    WAYS,
    access,
    case_with_file,
    is_sensitive,
    post_of,
    reason_of,
    require_reason,
)
from suigo.kernel.access import Actor
from suigo.kernel.audit.actions import record, record_each
from suigo.kernel.errors import Invalid, NotFound

LONGEST_NOTE = 300


@transaction.atomic
def give_reason(case_id: UUID, *, reason: str, note: str, actor: Actor, now: datetime) -> None:
    """Say why one looks at a sensitive case; it holds until the end of the day.

    Raises ``NotFound`` for a case the actor may not see, ``Invalid``.
    """
    case = Case.objects.filter(public_id=case_id).first()
    if not actor.is_staff or case is None or not policy.can_view_case(actor, case):
        raise NotFound
    note = note.strip()
    chosen = next((r for r in access().reasons if r.id == reason), None)
    if chosen is None:
        raise Invalid(field_errors={"reason": _("見る理由を選んでください。")})
    if chosen.explain and not note:
        raise Invalid(field_errors={"note": _("理由をことばで書いてください。")})
    if len(note) > LONGEST_NOTE or "\x00" in note:
        message = _("%(max)d文字以内で入力してください。") % {"max": LONGEST_NOTE}
        raise Invalid(field_errors={"note": message})
    department, post = post_of(actor, case.department)
    record(
        GIVEN,
        actor=actor,
        subject_kind=LOOKS,
        subject_id=str(case.public_id),
        facts={
            "number": case.number,
            "department": department,
            "post": post,
            "reason": chosen.title.ja,
        },
        personal={"note": note} if note else None,
        now=now,
    )


def note_look(case_id: UUID, *, way: str, actor: Actor, now: datetime) -> None:
    """Write a look into the ledger, with its reason. Nothing for a case that is not sensitive."""
    case = Case.objects.filter(public_id=case_id).first()
    if case is not None:
        record_look(case, way=way, actor=actor, now=now)


def note_file_look(actor: Actor, file_id: UUID, now: datetime) -> None:
    """Write into the ledger that a file of a sensitive case was opened."""
    case = case_with_file(actor, file_id, policy.visible_cases(actor))
    if case is not None:
        record_look(case, way="file", actor=actor, now=now)


def note_signature_look(actor: Actor, case_id: UUID, now: datetime) -> None:
    """Write into the ledger that somebody looks at what was signed, or at who signed, in a
    sensitive case. Raises ``ReasonNeeded``."""
    case = Case.objects.filter(public_id=case_id).first()
    if case is not None and require_reason(actor, case):
        record_look(case, way="signature", actor=actor, now=now)


@transaction.atomic
def record_look(case: Case, *, way: str, actor: Actor, now: datetime) -> None:
    """The same for a case that has been read already."""
    if not actor.is_staff or not is_sensitive(case.procedure_id, case.definition_id):
        return
    reason = reason_of(actor, case)
    if reason is None:
        raise NotFound
    department, post = post_of(actor, case.department)
    record(
        LOOKED,
        actor=actor,
        subject_kind=LOOKS,
        subject_id=str(case.public_id),
        facts={
            "number": case.number,
            "department": department,
            "post": post,
            "what": WAYS[way],
            "reason": reason.title,
        },
        personal={"note": reason.note} if reason.note else None,
        now=now,
    )


def note_found(
    found: Iterable[tuple[UUID, str, str]], *, way: str, actor: Actor, now: datetime
) -> None:
    """Write into the ledger that a search by name found sensitive cases, given as public id,
    number and department: whoever searches for a name learns that there is such an application."""
    posts: dict[str, tuple[str, str]] = {}
    subjects: dict[str, Mapping[str, str]] = {}
    for case_id, number, place in found:
        department, post = posts.setdefault(place, post_of(actor, place))
        subjects[str(case_id)] = {
            "number": number,
            "department": department,
            "post": post,
            "what": WAYS[way],
            "reason": SEARCHING,
        }
    if not subjects:
        return
    with transaction.atomic():
        record_each(LOOKED, subjects, actor=actor, subject_kind=LOOKS, now=now)
