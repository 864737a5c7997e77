"""One case on the clerk's desk: what was asked and answered, and everything to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suigo.engines.cases import actions, policy
from suigo.engines.cases.actions.drafts import seal_number
from suigo.engines.cases.queries.detail import CaseDetail, case_detail
from suigo.engines.cases.queries.export import CHANNELS
from suigo.engines.cases.queries.printouts import (
    application_pdf,
    contact_of,
    letter_pdf,
    moment_in_words,
)
from suigo.engines.cases.rules.letters import FilledLetter
from suigo.engines.cases.spec import Action
from suigo.engines.cases.web.desk import arrival_lines
from suigo.engines.cases.web.flags import Flagged, entered_sections, flagged_in, sections_of
from suigo.engines.cases.web.forms_view import form_view
from suigo.engines.cases.web.rows import TONES
from suigo.engines.cases.web.signatures import signature_lines
from suigo.engines.forms.rendering import error_summary, fields_html
from suigo.engines.forms.rules import evaluate
from suigo.engines.forms.rules.answers import Answers
from suigo.engines.forms.rules.reading import read_page
from suigo.kernel.access.fresh import fresh_required
from suigo.kernel.access.web import actor_of, staff_required
from suigo.kernel.clock import local_date, now
from suigo.kernel.errors import Conflict, Invalid, NotFound
from suigo.kernel.japanese.eras import parse_date
from suigo.kernel.japanese.plain import date_in_words
from suigo.kernel.japanese.problems import Problem
from suigo.kernel.language import _, said

PAGES_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the history."""

    time: str
    text: str
    now: bool


def _detail(request: HttpRequest, case_id: UUID, *, way: str | None = "case") -> CaseDetail:
    """The case; a look at a sensitive one is in the ledger before anything is shown.

    ``way`` is None where the answer shows nothing of it.
    """
    actor = actor_of(request)
    case = case_detail(actor, case_id, today=local_date(now()))
    if case.sensitive and way is not None:
        actions.note_look(case_id, way=way, actor=actor, now=now())
    return case


def _case_url(case_id: UUID) -> str:
    return reverse("case", args=[case_id])


@require_GET
@staff_required()
def show(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The case page."""
    return _page(request, _detail(request, case_id))


def _page(
    request: HttpRequest,
    case: CaseDetail,
    *,
    flagged: Flagged | None = None,
    errors: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = actor_of(request)
    correction = next((a for a in case.actions if a.kind == "request_correction"), None)
    chosen = request.GET.get("file", "")
    evidence = next((f for i, f in case.files.items() if str(i) == chosen), None)
    context = {
        "case": case,
        "tone": TONES[case.state.phase],
        "sections": sections_of(case, flagged, errors or {}),
        "entered": entered_sections(case),
        "evidence": evidence,
        "evidence_pages": range(1, min(evidence.pages or 1, PAGES_SHOWN) + 1) if evidence else (),
        "correction_action": correction,
        "flagged": flagged or Flagged({}, "", ""),
        "errors": [(f"i-{p.replace('.', '-')}", m) for p, m in (errors or {}).items()],
        "actions": [a for a in case.actions if a.kind != "request_correction"],
        "channel": CHANNELS[case.channel],
        "arrival": arrival_lines(case.arrival, verified=bool(case.signatures)),
        "enclosed": [case.files[i] for i in case.enclosed if i in case.files],
        "history": [
            Entry(
                moment_in_words(line.at, language=get_language() or "ja"),
                line.sentence,
                index == 0,
            )
            for index, line in enumerate(case.history)
        ],
        "may_check": case.handled
        and actor.can_in(case.department, policy.CHECK)
        and case.erased_at is None,
        "may_assign": case.handled and actor.can_in(case.department, policy.ASSIGN),
        "is_mine": case.assignee_id == actor.account_id,
        "may_see_numbers": case.handled and actor.can_in(case.department, policy.MY_NUMBER),
        "me": actor.account_id,
        "is_open": case.state.phase != "done",
        **signature_lines(case, request),
    }
    return render(request, "cases/staff/case.html", context, status=status)


@require_POST
@staff_required()
def assign(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Give the case to somebody, or take it."""
    to = request.POST.get("to", "")
    try:
        actions.assign(
            case_id,
            to_account_id=int(to) if to.isascii() and to.isdecimal() and len(to) < 19 else None,
            actor=actor_of(request),
            version=version_of(request),
            now=now(),
        )
    except Conflict as conflict:
        return _conflict(request, case_id, conflict)
    return HttpResponseRedirect(_case_url(case_id))


@require_POST
@staff_required()
def note(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Write an internal note."""
    actions.add_note(case_id, text=request.POST.get("text", ""), actor=actor_of(request), now=now())
    return HttpResponseRedirect(f"{_case_url(case_id)}#notes")


@require_POST
@staff_required()
def checklist(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Save what this clerk changed on the checklist. ``was`` are the ticks that the page showed:
    what a colleague ticked meanwhile is not taken back.

    A script sends each tick as it is made. The answer leaves the boxes alone, since boxes that are
    replaced under the pointer lose the next tick.
    """
    ticked = set(request.POST.getlist("item"))
    shown = set(request.POST.getlist("was"))
    for check in _detail(request, case_id, way=None).checklist:
        if (check.item.id in ticked) != (check.item.id in shown):
            actions.mark_checklist(
                case_id,
                check.item.id,
                ticked=check.item.id in ticked,
                actor=actor_of(request),
                now=now(),
            )
    if request.headers.get("HX-Request") == "true":
        return render(request, "cases/staff/_ticked.html", {"ticked": sorted(ticked)})
    return HttpResponseRedirect(f"{_case_url(case_id)}#checklist")


@require_http_methods(["GET", "POST"])
@staff_required()
def take(request: HttpRequest, case_id: UUID, action_id: str) -> HttpResponse:
    """Take an action: first what it needs, then, with a letter, a look at the letter, then done.

    Three steps of one form: nothing is kept in between, so nothing can be left half done.
    """
    case = _detail(request, case_id)
    action = next((a for a in case.actions if a.id == action_id), None)
    if action is None:
        return _too_late(request, case, action_id)
    if request.method == "GET":
        return _ask(request, case, action, given=actions.Given())
    given, errors, raw = _given(request, case, action)
    step = request.POST.get("step", "done")
    if not errors and step != "edit":
        try:
            if step == "preview" and action.letter is not None:
                return _show_letter(request, case, action, given)
            actions.take_action(
                case_id,
                action_id,
                actor=actor_of(request),
                version=version_of(request),
                now=now(),
                given=given,
            )
        except Invalid as invalid:
            errors = {path: str(message) for path, message in invalid.field_errors.items()}
            errors = errors or {"": str(invalid)}
        except Conflict as conflict:
            return _conflict(request, case_id, conflict, typed=_typed(given))
        else:
            return HttpResponseRedirect(_case_url(case_id))
    if action.kind == "request_correction":
        flagged = Flagged(
            dict(given.items), given.message, request.POST.get("correction_due_date", "")
        )
        wrong = {p.removeprefix("items."): m for p, m in errors.items()}
        return _page(request, case, flagged=flagged, errors=wrong, status=422 if errors else 200)
    return _ask(request, case, action, given=given, errors=errors, raw=raw)


def _too_late(request: HttpRequest, case: CaseDetail, action_id: str) -> HttpResponse:
    """Somebody was faster: who did what, and what this clerk had typed."""
    last = case.history[0].sentence if case.history else ""
    message = _("この操作は、いまの状態ではできません。最後の操作: %(what)s") % {"what": last}
    action = next((a for a in case.procedure.spec.workflow.actions if a.id == action_id), None)
    typed = _typed(_given(request, case, action)[0]) if action and request.POST else None
    return _conflict(request, case.public_id, Conflict(message), typed=typed)


def _given(
    request: HttpRequest, case: CaseDetail, action: Action
) -> tuple[actions.Given, dict[str, str], dict[str, list[str]]]:
    """What was posted for an action, what of it can't be read, and the posted texts."""
    posted = {key: request.POST.getlist(key) for key in request.POST}
    errors: dict[str, str] = {}
    decision: Answers = {}
    inputs = case.procedure.inputs(action)
    if inputs is not None:
        reading = read_page(inputs, "decision", posted, {}, seal=seal_number)
        decision, errors = reading.answers, dict(reading.errors)
        decision = {key: value for key, value in decision.items() if value is not None}
    due: date | None = None
    typed = request.POST.get("correction_due_date", "").strip()
    if typed:
        try:
            due = parse_date(typed)
        except Problem as problem:
            errors["correction_due_date"] = said(problem)
    given = actions.Given(
        decision=decision,
        reason=request.POST.get("reason", ""),
        items=flagged_in(posted),
        message=request.POST.get("message", ""),
        correction_due_date=due,
    )
    return given, errors, posted


def _ask(
    request: HttpRequest,
    case: CaseDetail,
    action: Action,
    *,
    given: actions.Given,
    errors: Mapping[str, str] | None = None,
    raw: Mapping[str, list[str]] | None = None,
) -> HttpResponse:
    """The page that asks for what an action needs."""
    inputs = case.procedure.inputs(action)
    fields = ""
    summary: list[tuple[str, str]] = []
    if inputs is not None:
        today = local_date(now())
        evaluation = evaluate(inputs, given.decision, today=today)
        view = form_view(
            inputs, given.decision, evaluation, today=today, errors=errors or {}, raw=raw or {}
        )
        fields = fields_html(inputs, "decision", view)
        own = {p: m for p, m in (errors or {}).items() if inputs.node_at(p) is not None}
        summary = error_summary(inputs, own)
        errors = {p: m for p, m in (errors or {}).items() if p not in own}
    labels = {check.item.id: str(check.item.title) for check in case.checklist}
    for path, message in (errors or {}).items():
        kind, _dot, item = path.partition(".")
        if kind == "checklist":
            summary.append(("checklist-missing", f"{labels.get(item, item)}: {message}"))
        else:
            summary.append((f"a-{path}", str(message)))
    context = {
        "case": case,
        "action": action,
        "fields": fields,
        "given": given,
        "errors": summary,
        "reason_error": (errors or {}).get("reason", ""),
        "unticked": [c for c in case.checklist if c.item.required and c.marked_at is None]
        if action.checklist
        else [],
        "step": "preview" if action.letter is not None else "done",
    }
    return render(
        request, "cases/staff/action.html", context, status=422 if errors or summary else 200
    )


def _show_letter(
    request: HttpRequest, case: CaseDetail, action: Action, given: actions.Given
) -> HttpResponse:
    """The letter before it goes, with everything typed carried along."""
    letter = actions.preview_letter(
        case.public_id, action.id, actor=actor_of(request), now=now(), given=given
    )
    context = {
        "case": case,
        "action": action,
        "letter": letter,
        "issued": date_in_words(letter.issued, language=letter.language),
        "contact": contact_of(case.department, letter.language) if letter.contact else None,
        "version": version_of(request),
        "carried": [
            (key, value)
            for key in request.POST
            if key not in ("csrfmiddlewaretoken", "step", "version")
            for value in request.POST.getlist(key)
        ],
    }
    return render(request, "cases/staff/letter.html", context)


@require_POST
@staff_required()
def preview(request: HttpRequest, case_id: UUID, action_id: str) -> HttpResponseBase:
    """The letter as the PDF that would be sent."""
    case = _detail(request, case_id, way="letter")
    action = next((a for a in case.actions if a.id == action_id), None)
    if action is None or action.letter is None:
        raise NotFound
    given, errors, _raw = _given(request, case, action)
    if errors:
        raise Invalid(field_errors=dict(errors))
    letter = actions.preview_letter(
        case_id, action_id, actor=actor_of(request), now=now(), given=given
    )
    return _pdf(
        letter_pdf(letter, department=case.department, case_id=case_id), f"{case.number}.pdf"
    )


@require_GET
@staff_required()
def letter(request: HttpRequest, case_id: UUID, letter_id: UUID) -> HttpResponseBase:
    """A letter of the case that is still being printed, as it will be."""
    case = _detail(request, case_id, way="letter")
    for kept in case.letters:
        if kept.public_id == letter_id:
            filled = FilledLetter.of_content(kept.content)
            return _pdf(
                letter_pdf(filled, department=case.department, case_id=case_id),
                f"{case.number}.pdf",
            )
    raise NotFound


@require_GET
@staff_required()
def application(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """The application as a PDF, for those who work on paper."""
    actor = actor_of(request)
    pdf = application_pdf(actor, case_id, language="ja")
    actions.note_look(case_id, way="application", actor=actor, now=now())
    return _pdf(pdf, "application.pdf")


@require_POST
@staff_required(policy.MY_NUMBER)
@fresh_required(does=_("個人番号を見る"), labels={"reason": _("見る理由")})
def my_number(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show one 個人番号 on a page of its own; the ledger keeps who looked and why."""
    case = _detail(request, case_id, way="number")
    number = actions.reveal_my_number(
        case_id,
        request.POST.get("path", ""),
        reason=request.POST.get("reason", ""),
        actor=actor_of(request),
        now=now(),
    )
    context = {"case": case, "number": number}
    response = render(request, "cases/staff/my_number.html", context)
    response["Cache-Control"] = "no-store"
    return response


def version_of(request: HttpRequest) -> int:
    """The version of the case that was on the screen."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _typed(given: actions.Given) -> list[str]:
    """What the clerk had written, so that it isn't lost when somebody else was faster."""
    texts = [given.reason, given.message, *given.items.values()]
    texts += [value for value in given.decision.values() if isinstance(value, str)]
    return [text for text in texts if text]


def _conflict(
    request: HttpRequest, case_id: UUID, conflict: Conflict, typed: list[str] | None = None
) -> HttpResponse:
    context = {"case": _detail(request, case_id), "conflict": conflict, "typed": typed or []}
    return render(request, "cases/staff/conflict.html", context, status=409)


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["Cache-Control"] = "private, no-store"
    return response
