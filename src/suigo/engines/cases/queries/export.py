"""The inbox as rows for a spreadsheet."""

from collections.abc import Iterator
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suigo.engines.cases import policy
from suigo.engines.cases.models import Case
from suigo.engines.cases.queries.inbox import is_veiled, matching_cases
from suigo.engines.cases.queries.letters import department_name
from suigo.engines.cases.queries.procedures import defined
from suigo.engines.cases.rules.filtering import InboxFilters
from suigo.kernel.access import Actor
from suigo.kernel.clock import local_date

CHUNK = 500
CHANNELS = {
    "web": gettext_lazy("Web"),
    "counter": gettext_lazy("窓口"),
    "paper": gettext_lazy("紙"),
    "phone": gettext_lazy("電話"),
    "api": gettext_lazy("API"),
    "import": gettext_lazy("取込み"),
}


def header() -> list[str]:
    """The titles of the columns."""
    return [
        _("番号"),
        _("手続"),
        _("申請者"),
        _("ふりがな"),
        _("状態"),
        _("課"),
        _("担当"),
        _("経路"),
        _("受付日"),
        _("期限"),
        _("決定日"),
    ]


def export_rows(actor: Actor, filters: InboxFilters, *, today: date) -> Iterator[list[str]]:
    """Every matching case the actor may take along, as text, read in pieces: memory stays flat."""
    columns = (
        "number",
        "definition_id",
        "applicant_name",
        "applicant_kana",
        "state",
        "department",
        "assignee__name",
        "channel",
        "received_at",
        "due_date",
        "decided_at",
        "procedure_id",
        "assignee_id",
    )
    cases = _exported(actor, filters, today=today).order_by("due_date", "public_id")
    for row in cases.values_list(*columns).iterator(chunk_size=CHUNK):
        number, definition, name, kana, state, department, assignee, channel, *more = row
        received, due, decided, procedure_id, assignee_id = more
        spec = defined(definition).spec
        if is_veiled(actor, procedure_id, definition, assignee_id=assignee_id):
            name = kana = _("（伏せています）")
        yield [
            number,
            spec.service.title.ja,
            name,
            kana,
            spec.workflow.state(state).title.ja,
            department_name(department),
            assignee or "",
            str(CHANNELS[channel]),
            local_date(received).isoformat(),
            due.isoformat(),
            local_date(decided).isoformat() if decided else "",
        ]


def export_count(actor: Actor, filters: InboxFilters, *, today: date) -> int:
    """How many rows an export would have."""
    return _exported(actor, filters, today=today).order_by().count()


def _exported(actor: Actor, filters: InboxFilters, *, today: date) -> QuerySet[Case]:
    cases = matching_cases(actor, filters, today=today)
    if actor.can(policy.VIEW_ALL) or filters.view == "shared":
        return cases
    return cases.filter(department__in=sorted(actor.where(policy.EXPORT)))
