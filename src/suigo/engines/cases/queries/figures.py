"""Numbers about procedures over a period: only counts and times, nothing about anybody.

Whoever asks has decided which procedures may be seen; cases whose personal content was erased
count as before, because what is counted stays.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.db.models.functions import TruncDate

from suigo.engines.cases.models import Case, CorrectionRequest, Tally
from suigo.engines.cases.queries.procedures import procedures
from suigo.kernel.clock import TOKYO, local_date


@dataclass(frozen=True, slots=True)
class Measured:
    """One procedure in one period.

    ``sent`` by channel, and ``sent_on`` by day, count applications received in the period;
    ``corrected`` are those of them that went back at least once. ``decided`` holds the days of
    receipt and decision of everything decided in the period. ``seconds`` is the time at the form,
    of applications on the web. ``views``, ``started`` and ``reached`` (by step) were counted.
    """

    views: int = 0
    started: int = 0
    reached: Mapping[str, int] = field(default_factory=dict)
    sent: Mapping[str, int] = field(default_factory=dict)
    sent_on: Mapping[date, int] = field(default_factory=dict)
    corrected: int = 0
    decided: tuple[tuple[date, date], ...] = ()
    seconds: tuple[int, ...] = ()
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Offered:
    """A procedure that is offered, with the steps of its form in order."""

    id: str
    title: str
    department: str
    steps: tuple[tuple[str, str], ...]


def offered(*, language: str, departments: Collection[str] | None = None) -> list[Offered]:
    """The procedures of these departments, of all when None; no query."""
    return [
        Offered(
            id=one.id,
            title=one.spec.service.title.in_language(language),
            department=one.spec.service.department,
            steps=tuple((p.id, p.title.in_language(language)) for p in one.spec.form.pages),
        )
        for one in procedures()
        if departments is None or one.spec.service.department in departments
    ]


def measured(ids: Collection[str], *, since: date, until: date) -> dict[str, Measured]:
    """What happened from ``since`` to ``until``, that day included; four queries."""
    first, end = _moment(since), _moment(until + timedelta(days=1))
    cases = Case.objects.filter(procedure_id__in=ids)
    received = cases.filter(received_at__gte=first, received_at__lt=end)
    returned = Exists(CorrectionRequest.objects.filter(case=OuterRef("pk")))
    sent: dict[str, Counter[str]] = defaultdict(Counter)
    sent_on: dict[str, Counter[date]] = defaultdict(Counter)
    corrected: Counter[str] = Counter()
    by_day = TruncDate("received_at", tzinfo=TOKYO)
    rows = received.annotate(day=by_day, back=returned).values("procedure_id", "channel", "day")
    for row in rows.annotate(n=Count("id"), returned=Count("id", filter=Q(back=True))).order_by():
        sent[row["procedure_id"]][row["channel"]] += row["n"]
        sent_on[row["procedure_id"]][row["day"]] += row["n"]
        corrected[row["procedure_id"]] += row["returned"]
    decided: dict[str, list[tuple[date, date]]] = defaultdict(list)
    ended = cases.filter(decided_at__gte=first, decided_at__lt=end).order_by("id")
    for procedure_id, start, stop in ended.values_list("procedure_id", "received_at", "decided_at"):
        assert stop is not None
        decided[procedure_id].append((local_date(start), local_date(stop)))
    seconds: dict[str, list[int]] = defaultdict(list)
    timed = received.filter(active_seconds__isnull=False).order_by("id")
    for procedure_id, active in timed.values_list("procedure_id", "active_seconds"):
        seconds[procedure_id].append(active or 0)
    counted = Tally.objects.filter(procedure_id__in=ids, day__gte=since, day__lte=until)
    tallies: dict[tuple[str, str, str], int] = Counter()
    samples: set[str] = set()
    totals = counted.values_list("procedure_id", "kind", "step", "sample")
    for procedure_id, kind, step, sample, total in totals.annotate(n=Sum("count")).order_by():
        tallies[procedure_id, kind, step] += total
        if sample:
            samples.add(procedure_id)
    return {
        one: Measured(
            views=tallies[one, "view", ""],
            started=tallies[one, "start", ""],
            reached={s: n for (p, kind, s), n in tallies.items() if (p, kind) == (one, "step")},
            sent=dict(sent[one]),
            sent_on=dict(sent_on[one]),
            corrected=corrected[one],
            decided=tuple(decided[one]),
            seconds=tuple(seconds[one]),
            sample=one in samples,
        )
        for one in ids
    }


def _moment(day: date) -> datetime:
    """The moment at which a day begins in Japan."""
    return datetime.combine(day, time(), tzinfo=TOKYO)
