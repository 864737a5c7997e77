"""How the procedures do: views, applications, days and minutes, for those who run them; and the
part of it that everybody may have."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from suigo.engines.cases.queries.export import CHANNELS
from suigo.engines.cases.rules.exporting import csv_lines
from suigo.engines.insight import queries, rules
from suigo.engines.insight.policy import FIGURES
from suigo.engines.insight.queries import ProcedureFigures
from suigo.kernel.access.web import actor_of, staff_required
from suigo.kernel.clock import local_date, now
from suigo.kernel.errors import Message, NotFound
from suigo.kernel.ui.charts import Chart, bars

PERIODS: dict[str, Message] = {
    "day": _("今日"),
    "month": _("今月"),
    "last-month": _("先月"),
    "year": _("今年度"),
    "last-year": _("昨年度"),
}
COLUMNS: dict[str, Callable[[ProcedureFigures], int]] = {
    "views": lambda one: one.measured.views,
    "started": lambda one: one.measured.started,
    "sent": lambda one: one.figures.sent,
    "corrected": lambda one: one.figures.corrected,
    "decided": lambda one: one.figures.decided,
    "days": lambda one: one.figures.days or 0,
    "minutes": lambda one: one.figures.minutes or 0,
    "online": lambda one: one.figures.online or 0,
}
TITLES: dict[str, Message] = {
    "views": _("閲覧"),
    "started": _("開始"),
    "sent": _("送信"),
    "corrected": _("補正"),
    "decided": _("決定"),
    "days": _("決定までの日数（中央値）"),
    "minutes": _("記入の分数（中央値）"),
    "online": _("オンライン申請率"),
}


def _period(request: HttpRequest) -> rules.Period:
    """The period in the address; this fiscal year for none or an unknown one."""
    choices = {one.id: one for one in rules.periods(local_date(now()))}
    return choices.get(request.GET.get("period", ""), choices["year"])


def _periods(request: HttpRequest, chosen: rules.Period) -> list[dict[str, object]]:
    return [
        {"url": f"{request.path}?period={key}", "title": title, "current": key == chosen.id}
        for key, title in PERIODS.items()
    ]


@require_safe
@staff_required(FIGURES)
def overview(request: HttpRequest) -> HttpResponse:
    """Every procedure of one's departments, to sort by any figure."""
    period = _period(request)
    found = queries.figures_for(actor_of(request), period, language=get_language() or "ja")
    order = request.GET.get("sort", "sent")
    order = order if order in COLUMNS else "sent"
    rows = sorted(found, key=lambda one: (-COLUMNS[order](one), one.offered.id))
    context = {
        "period": period,
        "periods": _periods(request, period),
        "rows": [(one, _trend(one, period)) for one in rows],
        "columns": [(key, title, key == order) for key, title in TITLES.items()],
        "sample": any(one.measured.sample for one in found),
    }
    return render(request, "insight/figures.html", context)


@require_safe
@staff_required(FIGURES)
def procedure(request: HttpRequest, procedure_id: str) -> HttpResponse:
    """One procedure: where people stop, which way they come, how long it takes. Raises
    ``NotFound`` for one of another department."""
    period, language = _period(request), get_language() or "ja"
    found = queries.figures_for(actor_of(request), period, language=language)
    one = next((one for one in found if one.offered.id == procedure_id), None)
    if one is None:
        raise NotFound
    steps = rules.funnel(
        one.offered.steps,
        started=one.measured.started,
        reached=one.measured.reached,
        sent=one.measured.sent,
        last=("check", str(_("内容の確認"))),
        end=str(_("送信")),
    )
    channels = [(str(CHANNELS[c]), n) for c, n in sorted(one.measured.sent.items())]
    waited = queries.waiting(one)
    context = {
        "one": one,
        "period": period,
        "periods": _periods(request, period),
        "steps": steps,
        "steps_chart": bars([(step.title, step.count) for step in steps]),
        "channels": channels,
        "channels_chart": bars(channels),
        "waited": waited,
        "waited_chart": bars([(str(days), n) for days, n in waited]),
        "trend": _trend(one, period),
        "trend_rows": _buckets(one, period),
    }
    return render(request, "insight/procedure_figures.html", context)


def _buckets(one: ProcedureFigures, period: rules.Period) -> list[tuple[str, int]]:
    """What was sent, by day within a month and by month within a year."""
    days = [
        period.since + timedelta(days=offset)
        for offset in range((period.until - period.since).days + 1)
    ]
    by_month = len(days) > 31
    totals: dict[str, int] = {}
    for day in days:
        key = _label(day, by_month)
        totals[key] = totals.get(key, 0) + one.measured.sent_on.get(day, 0)
    return list(totals.items())


def _label(day: date, by_month: bool) -> str:
    return f"{day.year}/{day.month}" if by_month else f"{day.month}/{day.day}"


def _trend(one: ProcedureFigures, period: rules.Period) -> Chart:
    return bars(_buckets(one, period))


@require_safe
@staff_required(FIGURES)
def export(request: HttpRequest) -> HttpResponseBase:
    """The figures as CSV for a spreadsheet."""
    period = _period(request)
    found = queries.figures_for(actor_of(request), period, language="ja")
    rows = (
        [*_begin(one), str(one.measured.views), str(one.measured.started), *_cells(one.figures)]
        for one in found
    )
    header = [_("手続"), _("名前"), _("課"), *TITLES.values(), _("決定までの日数（90%）")]
    return _csv(header, rows, f"figures-{period.since}-{period.until}.csv", private=True)


@require_safe
def open_data(request: HttpRequest) -> HttpResponseBase:
    """This fiscal year's figures for everybody: a number below five is left empty."""
    period = next(p for p in rules.periods(local_date(now())) if p.id == "year")
    rows = (
        [*_begin(one), *(v if v != "0" else "" for v in _cells(rules.for_everybody(one.figures)))]
        for one in queries.open_figures(period, language="ja")
    )
    titles = [title for key, title in TITLES.items() if key not in {"views", "started"}]
    header = [_("手続"), _("名前"), _("課"), *titles, _("決定までの日数（90%）")]
    return _csv(header, rows, f"figures-{period.since}-{period.until}.csv", private=False)


def _begin(one: ProcedureFigures) -> list[str]:
    return [one.offered.id, one.offered.title, one.department]


def _cells(found: rules.Figures) -> Iterator[str]:
    for value in (
        found.sent,
        found.corrected,
        found.decided,
        found.days,
        found.minutes,
        found.online,
        found.slow_days,
    ):
        yield "" if value is None else str(value)


def _csv(
    header: Iterable[Message], rows: Iterable[list[str]], name: str, *, private: bool
) -> HttpResponseBase:
    lines = csv_lines([str(title) for title in header], rows, encoding="utf-8", lost_title="")
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    if private:
        response["Cache-Control"] = "private, no-store"
    return response
