"""A clerk's daily work on a case beside the workflow: who does it, notes, checks, 個人番号."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from suigo.engines.cases import policy
from suigo.engines.cases.actions.locking import locked_case
from suigo.engines.cases.models import Case, CaseNote, ChecklistMark
from suigo.engines.cases.queries.looking import require_reason
from suigo.engines.cases.queries.procedures import defined
from suigo.engines.cases.rules.mirroring import MY_NUMBER_PURPOSE
from suigo.engines.cases.rules.workflow import may_work_on
from suigo.engines.forms.rules import value_at
from suigo.engines.forms.spec import MyNumberField
from suigo.engines.identity.queries import staff_of_department
from suigo.kernel.access import Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.clock import local_date
from suigo.kernel.crypto import open_sealed
from suigo.kernel.errors import Forbidden, Invalid, NotFound, ReasonNeeded, Refused

LONGEST_NOTE = 4000
MOST_AT_ONCE = 200
NO_ASSIGNING = _("担当を決める権限がありません。")


@dataclass(frozen=True, slots=True)
class Assigned:
    """What a bulk assignment did: numbers assigned, and those that were left and why."""

    numbers: tuple[str, ...]
    left: tuple[tuple[str, str], ...]


@transaction.atomic
def assign(
    case_id: UUID, *, to_account_id: int | None, actor: Actor, version: int, now: datetime
) -> None:
    """Give a case to a member of its department, or to nobody (None).

    Taking a case oneself needs ``cases.check``; giving it to others ``cases.assign``. Raises
    ``NotFound``, ``Forbidden``, ``Conflict``, ``Refused`` for somebody of another department,
    ``ReasonNeeded`` for who takes a sensitive case without having said why they look at it: the
    assignee is not asked any more.
    """
    case = locked_case(case_id, actor=actor, version=version)
    _require_assigning(actor, to_account_id, case.department)
    if to_account_id is not None and to_account_id == actor.account_id:
        require_reason(actor, case)
    name = _assignee_name(case, to_account_id, now=now)
    case.assignee_id = to_account_id
    case.version += 1
    case.save(update_fields=["assignee", "version"])
    record(
        "case.assigned",
        actor=actor,
        subject_kind="case",
        subject_id=str(case.public_id),
        facts={"number": case.number, "assignee": name},
        now=now,
    )


@transaction.atomic
def bulk_assign(
    case_ids: Sequence[UUID], *, to_account_id: int | None, actor: Actor, now: datetime
) -> Assigned:
    """Give several cases at once. Cases that can't be given are left and named, not hidden.

    Raises ``Forbidden`` for whoever assigns nowhere, and ``Invalid`` for more than 200 cases.
    """
    takes = to_account_id is not None and to_account_id == actor.account_id
    if not (actor.can(policy.ASSIGN) or (takes and actor.can(policy.CHECK))):
        raise Forbidden(NO_ASSIGNING)
    if len(case_ids) > MOST_AT_ONCE:
        raise Invalid(_("一度に割り当てられるのは200件までです。"))
    # locked in one order, so that two clerks who assign the same cases can't lock each other out
    cases = list(
        policy.handled_cases(actor)
        .filter(public_id__in=case_ids)
        .select_for_update(of=("self",))
        .order_by("id")
    )
    names: dict[str, str] = {}
    given: list[Case] = []
    left: list[tuple[str, str]] = []
    for case in cases:
        if case.phase == "done":
            left.append((case.number, str(_("終わった申請です。"))))
            continue
        try:
            _require_assigning(actor, to_account_id, case.department)
            if takes:
                require_reason(actor, case)
            if case.department not in names:
                names[case.department] = _assignee_name(case, to_account_id, now=now)
        except (Refused, Forbidden, ReasonNeeded) as refused:
            left.append((case.number, str(refused)))
            continue
        given.append(case)
    Case.objects.filter(pk__in=[c.pk for c in given]).update(
        assignee_id=to_account_id, version=F("version") + 1
    )
    for case in given:
        record(
            "case.assigned",
            actor=actor,
            subject_kind="case",
            subject_id=str(case.public_id),
            facts={"number": case.number, "assignee": names[case.department]},
            now=now,
        )
    return Assigned(tuple(c.number for c in given), tuple(left))


def _require_assigning(actor: Actor, to_account_id: int | None, department: str) -> None:
    takes = to_account_id is not None and to_account_id == actor.account_id
    if not (
        actor.can_in(department, policy.ASSIGN)
        or (takes and actor.can_in(department, policy.CHECK))
    ):
        raise Forbidden(NO_ASSIGNING)


def _assignee_name(case: Case, account_id: int | None, *, now: datetime) -> str:
    if account_id is None:
        return str(_("（担当なし）"))
    for person in staff_of_department(case.department, today=local_date(now)):
        if person.id == account_id:
            return person.name
    raise Refused(_("担当にできるのは、この申請の課の職員だけです。"))


@transaction.atomic
def add_note(case_id: UUID, *, text: str, actor: Actor, now: datetime) -> None:
    """Write an internal note. Raises ``NotFound``, ``Forbidden``, ``Invalid``."""
    case = locked_case(case_id, actor=actor, version=None)
    actor.require(policy.CHECK, department=case.department)
    text = text.strip()
    if not text or len(text) > LONGEST_NOTE or "\x00" in text:
        message = _("メモを1文字以上%(max)d文字以内で入力してください。") % {"max": LONGEST_NOTE}
        raise Invalid(field_errors={"text": message})
    CaseNote.objects.create(
        case=case, author_id=actor.account_id, author_name=actor.name, text=text, created_at=now
    )
    record(
        "case.noted",
        actor=actor,
        subject_kind="case",
        subject_id=str(case.public_id),
        facts={"number": case.number},
        now=now,
    )


@transaction.atomic
def mark_checklist(
    case_id: UUID, item_id: str, *, ticked: bool, actor: Actor, now: datetime
) -> None:
    """Tick a check or take the tick back; doing it twice changes nothing.

    Raises ``NotFound`` (also for an unknown check), ``Forbidden``, ``Refused`` once it is over.
    """
    case = locked_case(case_id, actor=actor, version=None)
    actor.require(policy.CHECK, department=case.department)
    items = {item.id: item for item in defined(case.definition_id).spec.checklist}
    if item_id not in items:
        raise NotFound(_("この確認項目はありません。"))
    if not may_work_on(case.phase):
        raise Refused(_("終わった申請の確認項目は変えられません。"))
    if ticked:
        _mark, changed = ChecklistMark.objects.get_or_create(
            case=case,
            item_id=item_id,
            defaults={"marked_at": now, "marked_by_name": actor.name or "-"},
        )
    else:
        changed = ChecklistMark.objects.filter(case=case, item_id=item_id).delete()[0] > 0
    if not changed:
        return
    record(
        "case.checked" if ticked else "case.unchecked",
        actor=actor,
        subject_kind="case",
        subject_id=str(case.public_id),
        facts={"number": case.number, "item": item_id, "title": items[item_id].title.ja},
        now=now,
    )


@transaction.atomic
def reveal_my_number(case_id: UUID, path: str, *, reason: str, actor: Actor, now: datetime) -> str:
    """Show a sealed 個人番号 once; the look and its reason stay in the ledger (番号法12条).

    Raises ``NotFound``, ``Forbidden`` without ``mynumber.view``, ``Invalid`` without a reason.
    """
    case = locked_case(case_id, actor=actor, version=None)
    if not actor.is_staff:
        raise NotFound
    actor.require(policy.MY_NUMBER, department=case.department)
    reason = reason.strip()
    if not reason or len(reason) > 500:
        raise Invalid(field_errors={"reason": _("見る理由を500文字以内で入力してください。")})
    node = defined(case.definition_id).form.node_at(path)
    sealed = value_at(case.answers, f"{path}.sealed")
    if node is None or not isinstance(node.field, MyNumberField) or not isinstance(sealed, str):
        raise NotFound(_("この個人番号はありません。"))
    number = open_sealed(sealed, purpose=MY_NUMBER_PURPOSE)
    record(
        "case.my_number_seen",
        actor=actor,
        subject_kind="case",
        subject_id=str(case.public_id),
        facts={"number": case.number, "path": path, "label": node.field.label.ja},
        personal={"reason": reason},
        now=now,
    )
    return number
