"""The guide's pages: which event, a few questions, and one page with everything to do.

The answers travel in the address; nothing about anybody is stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from suigo.engines.documents.rendering import qr_svg
from suigo.engines.guidance import queries
from suigo.engines.guidance.queries import Guidance, Item
from suigo.engines.guidance.rules.compiling import Guide
from suigo.engines.guidance.rules.evaluation import Answer, Reason
from suigo.engines.guidance.rules.reading import read_answers
from suigo.engines.guidance.spec import UNKNOWN, Question
from suigo.engines.guidance.web.calendar import deadlines_calendar
from suigo.kernel.clock import local_date, now
from suigo.kernel.content import Text
from suigo.kernel.errors import NotFound
from suigo.kernel.japanese.plain import date_in_words
from suigo.kernel.ui.navigation import Tab

SOON = 60  # days; what is further away is not counted down


@dataclass(frozen=True, slots=True)
class OptionView:
    """An answer as the form shows it."""

    value: str
    title: Text | str
    help: Text | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question as the form shows it. ``value`` is the day as an ISO text."""

    question: Question
    options: tuple[OptionView, ...]
    value: str
    error: str

    @property
    def described_by(self) -> str:
        """The ids of what explains the input."""
        own = self.question.id
        parts = [f"{own}-hint"] if self.question.help else []
        return " ".join([*parts, *([f"{own}-error"] if self.error else [])])


@dataclass(frozen=True, slots=True)
class Group:
    """What is done until the same day, or in the same place."""

    id: str
    title: str
    note: str
    passed: bool
    items: tuple[Item, ...]


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The events of life, and the box for a code."""
    return render(request, "guidance/overview.html", {"guides": queries.guides(), "error": ""})


@require_safe
def reopen(request: HttpRequest) -> HttpResponse:
    """From a code, typed or read out, to its result."""
    code = request.GET.get("code", "")[:100]
    try:
        chosen, _answers = queries.decoded(code)
    except NotFound as unknown:
        context = {
            "guides": queries.guides(),
            "error": unknown.message,
            "code_errors": [("code", unknown.message)],
            "code": code,
        }
        return render(request, "guidance/overview.html", context, status=422 if code else 200)
    address = reverse("guide-result", args=[chosen.id])
    return redirect(f"{address}?{urlencode({'code': code})}")


@require_safe
def questions(request: HttpRequest, guide_id: str) -> HttpResponse:
    """The questions, with the answers so far when somebody comes back to change them."""
    chosen = queries.guide(guide_id)
    answers, faults = _answers(request, chosen)
    return _ask(request, chosen, answers, faults)


@require_safe
def result(request: HttpRequest, guide_id: str) -> HttpResponse:
    """Everything to do; or the questions again while something is open."""
    chosen = queries.guide(guide_id)
    answers, faults = _answers(request, chosen)
    moment = now()
    found = queries.guidance(chosen, answers, today=local_date(moment))
    if faults or found.missing:
        asked = request.GET.getlist("asked")  # what the page had when it was sent
        for question in found.missing:
            if question.id in asked or not asked:
                faults.setdefault(question.id, _("答えを1つ選んでください。"))
        return _ask(request, chosen, answers, faults, more=bool(asked) and not faults)
    by_place = request.GET.get("by") == "place"
    again = f"?{urlencode({'code': found.code})}"
    context = {
        "guide": chosen,
        "found": found,
        "certain_count": sum(item.certain for item in found.items),
        "things": list(found.things.items()),
        "by_place": by_place,
        "groups": _by_place(found) if by_place else _by_day(found),
        "unsure": [item for item in found.items if not item.certain],
        "answers": [answer_in_words(question, answers) for question in found.asked],
        "dated": any(i.certain and i.due is not None and i.due.day for i in found.items),
        "again": again,
        "share": _share(found),
        "tabs": (
            Tab(_("いつまでに"), again, current=not by_place, count=None),
            Tab(_("どこで"), f"{again}&by=place", current=by_place, count=None),
        ),
    }
    response = render(request, "guidance/result.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def calendar_file(request: HttpRequest, guide_id: str) -> HttpResponse:
    """The dated deadlines as one file."""
    chosen = queries.guide(guide_id)
    answers, _faults = _answers(request, chosen)
    moment = now()
    found = queries.guidance(chosen, answers, today=local_date(moment))
    content = deadlines_calendar(found, now=moment, address=_share(found))
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{chosen.id}.ics"'
    return response


@require_safe
def qr_code(request: HttpRequest, guide_id: str) -> HttpResponse:
    """The address of a result as a QR code, for the counter."""
    chosen = queries.guide(guide_id)
    answers, _faults = _answers(request, chosen)
    found = queries.guidance(chosen, answers, today=local_date(now()))
    return HttpResponse(qr_svg(_share(found)), content_type="image/svg+xml")


def _share(found: Guidance) -> str:
    """The address that opens the same result."""
    path = reverse("guide-result", args=[found.guide.id])
    return f"{settings.SUIGO_BASE_URL}{path}?{urlencode({'code': found.code})}"


def _answers(request: HttpRequest, chosen: Guide) -> tuple[dict[str, Answer], dict[str, str]]:
    """From the code in the address, else from the answers in it. Raises ``NotFound``."""
    code = request.GET.get("code", "")
    if code:
        found, answers = queries.decoded(code)
        if found.id != chosen.id:
            raise NotFound
        return answers, {}
    return read_answers(chosen, request.GET.getlist)


def _ask(
    request: HttpRequest,
    chosen: Guide,
    answers: dict[str, Answer],
    faults: dict[str, str],
    *,
    more: bool = False,
) -> HttpResponse:
    found = queries.guidance(chosen, answers, today=local_date(now()))
    views = [question_view(question, answers.get(question.id), faults) for question in found.asked]
    shown = {question.id for question in found.asked}
    context = {
        "guide": chosen,
        "questions": views,
        "more": len(found.missing) if more else 0,
        "first_new": found.missing[0].id if more else "",
        "errors": [(name, message) for name, message in faults.items() if name in shown],
    }
    status = 422 if context["errors"] else 200
    return render(request, "guidance/questions.html", context, status=status)


def question_view(
    question: Question, answer: Answer | None, faults: dict[str, str]
) -> QuestionView:
    """A question as a form shows it, here and at the counter."""
    options: list[OptionView] = []
    if question.kind == "yes_no":
        words = (("yes", _("はい")), ("no", _("いいえ")), (UNKNOWN, _("わからない")))
        options = [OptionView(value, title, None, answer == value) for value, title in words]
    elif question.kind == "choice":
        options = [OptionView(o.id, o.title, o.help, answer == o.id) for o in question.options]
        options.append(OptionView(UNKNOWN, _("わからない"), None, answer == UNKNOWN))
    elif question.kind == "several":
        chosen = answer if isinstance(answer, tuple) else ()
        options = [OptionView(o.id, o.title, o.help, o.id in chosen) for o in question.options]
    value = answer.isoformat() if isinstance(answer, date) else ""
    return QuestionView(question, tuple(options), value, faults.get(question.id, ""))


def answer_in_words(question: Question, answers: Mapping[str, Answer]) -> tuple[Text, str]:
    """A question and its answer in words, here and at the counter."""
    answer = answers.get(question.id)
    if isinstance(answer, date):
        words = date_in_words(answer, language=get_language() or "ja", weekday=True)
    elif question.kind == "date":
        words = _("まだわからない")
    elif question.kind == "several":
        chosen = answer if isinstance(answer, tuple) else ()
        titles = [str(o.title) for o in question.options if o.id in chosen]
        words = _("、").join(titles) or _("あてはまるものはない")
    else:
        words = Reason.of(question, str(answer)).words
    return question.title, words


def _by_day(found: Guidance) -> list[Group]:
    """One group for each day, the earliest first; then what has no date."""
    days: dict[date | None, list[Item]] = {}
    for item in found.items:
        if item.certain:
            days.setdefault(item.due.day if item.due is not None else None, []).append(item)
    return [_day_group(day, tuple(items)) for day, items in days.items()]


def _day_group(day: date | None, items: tuple[Item, ...]) -> Group:
    if day is None:
        return Group(
            "no-date", _("日付の決まりがないもの"), _("早めに済ませると安心です。"), False, items
        )
    left = items[0].due.days_left if items[0].due is not None else None
    words = date_in_words(day, language=get_language() or "ja", weekday=True)
    title = _("%(day)sまで") % {"day": words}
    if left is None or left > SOON:
        note = ""
    elif left > 0:
        note = ngettext("あと%(n)s日", "あと%(n)s日", left) % {"n": left}
    elif left == 0:
        note = _("今日までです")
    else:
        note = _("期限を過ぎています。過ぎても手続はできるので、早めに窓口へお越しください。")
    return Group(f"day-{day.isoformat()}", title, note, left is not None and left < 0, items)


def _by_place(found: Guidance) -> list[Group]:
    """One group for each desk, in the order of the first deadline there."""
    places: dict[str, list[Item]] = {}
    for item in found.items:
        if item.certain:
            place = item.department.name if item.department else item.entry.elsewhere
            places.setdefault(str(place), []).append(item)
    return [
        Group(f"place-{number}", title, _note(items[0]), False, tuple(items))
        for number, (title, items) in enumerate(places.items(), start=1)
    ]


def _note(item: Item) -> str:
    return item.department.phone or "" if item.department is not None else ""
