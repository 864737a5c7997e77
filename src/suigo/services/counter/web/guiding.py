"""The questions of an event of life at the counter: what is open is asked, what was answered stands
as a summary that can be changed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from suigo.engines.guidance.queries import guidance
from suigo.engines.guidance.rules.compiling import Guide
from suigo.engines.guidance.rules.evaluation import Answer
from suigo.engines.guidance.rules.reading import read_answers
from suigo.engines.guidance.spec import Question
from suigo.engines.guidance.web.guide import answer_in_words, question_view
from suigo.kernel.access.web import staff_required
from suigo.kernel.clock import local_date
from suigo.kernel.content import Text
from suigo.kernel.errors import NotFound
from suigo.services.counter import policy
from suigo.services.counter.actions import visits
from suigo.services.counter.queries.visits import VisitView, guidances, guide_answers
from suigo.services.counter.web.page import Work, show, work_on


@dataclass(frozen=True, slots=True)
class Row:
    """An answered question in words, and where it is changed."""

    key: Text
    value: str
    change_url: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What was answered for an event, at home as long as nothing was changed since."""

    heading: str
    guide: Guide
    rows: tuple[Row, ...]


def next_questions(work: Work) -> str:
    """The questions of the first event that is not answered, else the next step."""
    key, today = work.visit.public_id, local_date(work.moment)
    for guide_id, code in work.visit.guides:
        chosen, answers = guide_answers(guide_id, code)
        if not code or guidance(chosen, answers, today=today).missing:
            return reverse("counter-guide", args=[key, guide_id])
    if not work.visit.person:
        return reverse("counter-person", args=[key])
    return reverse("counter-items", args=[key])


@require_http_methods(["GET", "POST"])
@staff_required(policy.SERVE)
def guide_questions(request: HttpRequest, visit_id: UUID, guide_id: str) -> HttpResponseBase:
    """The questions of one event that are not answered yet, or that are to be changed."""
    work = work_on(request, visit_id)
    code = dict(work.visit.guides).get(guide_id)
    if code is None:
        raise NotFound
    chosen, stored = guide_answers(guide_id, code)
    today, answers = local_date(work.moment), dict(stored)
    changing = set(request.GET.getlist("change"))
    seen = set(request.POST.getlist("asked"))
    faults: dict[str, str] = {}
    more = False
    if request.method == "POST":
        answers, faults = read_answers(chosen, request.POST.getlist)
        # what the page showed as a summary was not sent, and stays
        answers = {q: a for q, a in stored.items() if q not in seen} | answers
        visits.answer_guide(visit_id, guide_id, answers, actor=work.actor, now=work.moment)
        found = guidance(chosen, answers, today=today)
        if not faults and not found.missing:
            return HttpResponseRedirect(next_questions(work_on(request, visit_id)))
        for question in found.missing:
            if question.id in seen:
                faults.setdefault(question.id, _("答えを1つ選んでください。"))
        more = not faults
    found = guidance(chosen, answers, today=today)
    # ticking nothing is an answer only once somebody has been asked everything
    left = {
        q.id for q in found.asked if q.id not in answers or (found.missing and not answers[q.id])
    }
    wanted = left | changing | seen | set(faults)
    questions = [question_view(q, answers.get(q.id), faults) for q in found.asked if q.id in wanted]
    shown = {view.question.id for view in questions}
    listed = [(name, message) for name, message in faults.items() if name in shown]
    context = {
        "guide": chosen,
        "questions": questions,
        "summary": _summary(work.visit, chosen, found.code, found.asked, answers, but=shown),
        "errors": listed,
        "more": more,
    }
    status = 422 if listed else 200
    return show(request, work, "questions", step="events", context=context, status=status)


def summaries(work: Work) -> list[Summary]:
    """What was answered for each event of the visit."""
    found = guidances(work.visit, today=local_date(work.moment))
    return [_summary(work.visit, f.guide, f.code, f.asked, f.answers) for f in found]


def _summary(
    visit: VisitView,
    chosen: Guide,
    code: str,
    asked: Collection[Question],
    answers: Mapping[str, Answer],
    *,
    but: Collection[str] = (),
) -> Summary:
    address = reverse("counter-guide", args=[visit.public_id, chosen.id])
    rows = []
    for question in asked:
        if question.id in answers and question.id not in but:
            title, words = answer_in_words(question, answers)
            url = f"{address}?change={question.id}#{question.id}"
            rows.append(Row(title, words, url))
    own = visit.at_home.get(chosen.id) == code
    heading = _("家で答えた内容") if own else _("答えた内容")
    return Summary(heading, chosen, tuple(rows))
