"""The first steps of a visit: who it is, what happened, what is done today."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suigo.engines.cases.rules.arrival import IDENTITY_CHECKS, MANDATES
from suigo.engines.cases.web.desk import IDENTITY, MANDATE
from suigo.engines.cases.web.forms_view import form_view
from suigo.engines.forms.rendering import error_summary, fields_html
from suigo.engines.forms.rules import check, evaluate
from suigo.engines.forms.rules.answers import Answers
from suigo.engines.forms.rules.reading import all_errors, read_page
from suigo.engines.guidance.queries import guides
from suigo.kernel.access.web import actor_of, staff_required
from suigo.kernel.clock import local_date, now
from suigo.kernel.crypto import CannotOpen, open_bytes
from suigo.kernel.errors import NotFound
from suigo.services.counter import policy, providers
from suigo.services.counter.actions import receiving, visits
from suigo.services.counter.queries.content import person_form
from suigo.services.counter.queries.visits import ItemView, guidances, guide_answers
from suigo.services.counter.rules.cards import answers_of
from suigo.services.counter.rules.coming import Came, fault_of
from suigo.services.counter.rules.prepared import OldLine, UnreadableLine
from suigo.services.counter.rules.prepared import read as read_line
from suigo.services.counter.web.desk import window_of
from suigo.services.counter.web.guiding import next_questions, summaries
from suigo.services.counter.web.page import Work, show, work_on

PREPARED = "counter.prepared"
PAGE = "person"


@require_GET
@staff_required(policy.SERVE)
def visit(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """To the first step that is not done; whoever comes from another desk reads the memos first."""
    work = work_on(request, visit_id)
    if work.mine and work.visit.is_open and not request.GET.get("look"):
        return HttpResponseRedirect(work.next_url)
    return show(request, work, "overview", step="", context={})


@require_POST
@staff_required(policy.SERVE)
def take_over(request: HttpRequest, visit_id: UUID) -> HttpResponseBase:
    """Go on with a colleague's visit."""
    window = window_of(request)
    receiving.take_over(visit_id, window=window, actor=actor_of(request), now=now())
    return HttpResponseRedirect(reverse("counter-visit", args=[visit_id]))


@require_http_methods(["GET", "POST"])
@staff_required(policy.SERVE)
def person(request: HttpRequest, visit_id: UUID) -> HttpResponseBase:
    """The four items: typed, from a card, or from a prepared code."""
    work = work_on(request, visit_id)
    if request.method == "GET":
        return _ask_person(request, work, dict(work.visit.person), work.visit.person_source)
    if "_card" in request.POST:
        return _from_card(request, work)
    if "_line" in request.POST:
        return _from_line(request, work)
    form, today = person_form(), local_date(work.moment)
    posted = {key: request.POST.getlist(key) for key in request.POST}
    reading = read_page(form, PAGE, posted, dict(work.visit.person), seal=str)
    errors: dict[str, str] = {}
    if not reading.restructured:
        errors = all_errors(reading.errors, check(form, reading.answers, today=today).errors)
    source = request.POST.get("source", "typed")
    if errors or reading.restructured:
        return _ask_person(
            request,
            work,
            reading.answers,
            source,
            errors=errors,
            raw=posted,
            status=422 if errors else 200,
        )
    came = _came(request, work)
    if fault := fault_of(came):
        return _ask_person(
            request, work, reading.answers, source, raw=posted, failed=str(fault), status=422
        )
    codes = [c for c in request.POST.getlist("guide_code") if c]
    visits.save_person(
        visit_id,
        reading.answers,
        source=source if source in visits.SOURCES else "typed",
        identity=request.POST.get("identity", ""),
        actor=work.actor,
        now=work.moment,
        guides=_guides_of(codes),
        language=request.POST.get("language", ""),
        came=came,
    )
    return HttpResponseRedirect(work_on(request, visit_id).next_url)


def _came(request: HttpRequest, work: Work) -> Came:
    """What was posted; what is known, where the form was not sent yet."""
    if "mandate" not in request.POST:
        return work.visit.came
    texts = (request.POST.get(n, "") for n in ("came", "relation", "mandate"))
    return Came(*(text.replace("\x00", "").strip() for text in texts))


def _guides_of(codes: list[str]) -> list[tuple[str, str]]:
    found = []
    for code in codes[:10]:
        for chosen in guides():
            if code[:1] == chosen.spec.letter and guide_answers(chosen.id, code)[1]:
                found.append((chosen.id, code))
    return found


def _from_card(request: HttpRequest, work: Work) -> HttpResponse:
    reader = providers.reader_at(settings.SUIGO_CARD_READER)
    if reader is None:
        raise NotFound
    try:
        card = reader.read(window=window_of(request))
    except providers.ReaderUnavailable:
        message = _("カードを読み取れませんでした。カードを置き直すか、手で入力してください。")
        return _ask_person(
            request, work, dict(work.visit.person), "typed", failed=str(message), status=422
        )
    return _ask_person(request, work, answers_of(card), "card")


def opened(key: str, sealed: bytes) -> bytes:
    """A prepared line's content. Raises ``ValueError``."""
    try:
        return open_bytes(sealed, purpose=PREPARED, key_id=key)
    except CannotOpen as closed:
        raise ValueError(str(closed)) from closed


def _from_line(request: HttpRequest, work: Work) -> HttpResponse:
    line = request.POST.get("line", "")[:4000]
    try:
        prepared = read_line(line, opened=opened, today=local_date(work.moment))
    except OldLine:
        failed = _("このコードは作ってから2週間を過ぎています。もう一度聞き取ってください。")
    except UnreadableLine:
        failed = _("コードを読み取れませんでした。もう一度読み取るか、手で入力してください。")
    else:
        return _ask_person(
            request,
            work,
            prepared.person,
            "code",
            codes=list(prepared.guides),
            language=prepared.language,
        )
    return _ask_person(
        request, work, dict(work.visit.person), "typed", failed=str(failed), status=422
    )


def _ask_person(
    request: HttpRequest,
    work: Work,
    answers: Answers,
    source: str,
    *,
    errors: dict[str, str] | None = None,
    raw: dict[str, list[str]] | None = None,
    failed: str = "",
    codes: list[str] | None = None,
    language: str = "",
    status: int = 200,
) -> HttpResponse:
    form, today = person_form(), local_date(work.moment)
    evaluation = evaluate(form, answers, today=today)
    view = form_view(form, answers, evaluation, today=today, errors=errors, raw=raw)
    identity = request.POST.get("identity") or work.visit.identity
    came = _came(request, work)
    context = {
        "fields": fields_html(form, PAGE, view),
        "errors": error_summary(form, errors) if errors else [],
        "source": source or "typed",
        "failed": failed,
        "codes": codes if codes is not None else request.POST.getlist("guide_code"),
        "language": language or request.POST.get("language", ""),
        "has_reader": bool(settings.SUIGO_CARD_READER),
        "came": came,
        "mandates": [(one, MANDATE[one], one == came.mandate) for one in MANDATES],
        "checks": [(one, IDENTITY[one], one == identity) for one in IDENTITY_CHECKS],
    }
    return show(request, work, "person", step="person", context=context, status=status)


@require_http_methods(["GET", "POST"])
@staff_required(policy.SERVE)
def events(request: HttpRequest, visit_id: UUID) -> HttpResponseBase:
    """Which events of life; then the questions of each."""
    work = work_on(request, visit_id)
    if request.method == "POST":
        chosen = request.POST.getlist("event")
        visits.choose_events(visit_id, chosen, actor=work.actor, now=work.moment)
        return HttpResponseRedirect(next_questions(work_on(request, visit_id)))
    chosen = [guide_id for guide_id, _code in work.visit.guides]
    return show(
        request,
        work,
        "events",
        step="events",
        context={"guides": [(g, g.id in chosen) for g in guides()]},
    )


@require_http_methods(["GET", "POST"])
@staff_required(policy.SERVE)
def items(request: HttpRequest, visit_id: UUID) -> HttpResponseBase:
    """Everything that is needed, with place, deadline, what to bring and why; done today or not."""
    work = work_on(request, visit_id)
    if request.method == "POST":
        entries = request.POST.getlist("today")
        visits.choose_items(visit_id, entries, actor=work.actor, now=work.moment)
        return HttpResponseRedirect(work_on(request, visit_id).next_url)
    found = {
        item.id: item
        for result in guidances(work.visit, today=local_date(work.moment))
        for item in result.items
    }
    rows = [(item, found.get(item.entry)) for item in work.visit.items]
    chosen_before = any(item.today for item in work.visit.items)
    context = {
        "rows": [(i, f, i.today or (not chosen_before and _by_default(i))) for i, f in rows],
        "summaries": summaries(work),
        "things": list(
            dict.fromkeys(str(t.title) for f in found.values() if f.certain for t in f.bring)
        ),
    }
    return show(request, work, "items", step="items", context=context)


def _by_default(item: ItemView) -> bool:
    """What can be applied for here is ticked beforehand."""
    return bool(item.procedure_id) and item.certain
