"""How long things took, per event of life and per desk. Nothing here says who anybody was."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F
from django.utils.translation import gettext as _

from suigo.engines.guidance.queries import guides
from suigo.kernel.access import Actor
from suigo.services.counter import policy
from suigo.services.counter.models import Phase, Visit
from suigo.services.counter.queries.content import counters
from suigo.services.counter.rules.waiting import Spread, spread

PHASES = ("waiting", "guide", "entry", "check", "end", "all")
LONGEST_PERIOD = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Row:
    """An event of life at a desk: how often, and the time of each phase."""

    event: str
    desk: str
    visits: int
    phases: dict[str, Spread | None]


@dataclass(frozen=True, slots=True)
class Figures:
    since: date
    until: date
    rows: tuple[Row, ...]


def figures(actor: Actor, *, since: date, until: date) -> Figures:
    """Visits that ended between two days, both included; two queries. Raises ``Forbidden``."""
    actor.require(policy.MANAGE)
    since = max(since, until - LONGEST_PERIOD)
    visits = {
        visit.pk: visit
        for visit in Visit.objects.filter(day__gte=since, day__lte=until)
        .exclude(state="open")
        .exclude(ended_at=F("erased_at"))  # forgotten, and ended by the nightly job
        .select_related("ticket")
        .order_by("id")
    }
    minutes: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    spans = Phase.objects.filter(visit__in=visits, ended_at__isnull=False)
    for visit_id, phase, begin, end in spans.values_list(
        "visit_id", "phase", "began_at", "ended_at"
    ):
        assert end is not None
        minutes[visit_id][phase] += _minutes(begin, end)
    groups: dict[tuple[str, str], list[dict[str, float]]] = defaultdict(list)
    for visit in visits.values():
        own = dict(minutes[visit.pk])
        if visit.ticket is not None and visit.ticket.first_called_at is not None:
            own["waiting"] = _minutes(visit.ticket.issued_at, visit.ticket.first_called_at)
        if visit.ended_at is not None:
            own["all"] = _minutes(visit.began_at, visit.ended_at)
        for event in visit.events or [""]:
            groups[event, visit.first_desk].append(own)
    return Figures(since, until, tuple(_rows(groups)))


def _minutes(begin: datetime, end: datetime) -> float:
    return max(0.0, (end - begin).total_seconds() / 60)


def _rows(groups: dict[tuple[str, str], list[dict[str, float]]]) -> Iterable[Row]:
    titles = {guide.id: str(guide.spec.title) for guide in guides()}
    desks = {desk.id: str(desk.title) for desk in counters().desks}
    for (event, desk), times in sorted(groups.items()):
        yield Row(
            event=titles.get(event, event) if event else _("（ライフイベントなし）"),
            desk=desks.get(desk, desk),
            visits=len(times),
            phases={
                phase: spread([one[phase] for one in times if phase in one]) for phase in PHASES
            },
        )


def phase_titles() -> dict[str, str]:
    """The phases as people call them."""
    return {
        "waiting": _("待ち"),
        "guide": _("案内"),
        "entry": _("入力"),
        "check": _("確認"),
        "end": _("受付後"),
        "all": _("全体"),
    }


def as_csv(found: Figures) -> str:
    """The same table for a spreadsheet: minutes, one line for each event, desk and phase."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [_("ライフイベント"), _("窓口"), _("段階"), _("件数"), _("中央値（分）"), _("90%（分）")]
    )
    titles = phase_titles()
    for row in found.rows:
        for phase, measured in row.phases.items():
            if measured is not None:
                line = [row.event, row.desk, titles[phase], measured.count]
                writer.writerow([*line, measured.median, measured.p90])
    return out.getvalue()
