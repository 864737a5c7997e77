"""Applying: one question group per page, check your answers, done."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suigo.engines.cases import actions
from suigo.engines.cases.actions import PageSaved
from suigo.engines.cases.queries.drafts import DraftView
from suigo.engines.cases.queries.handling import handling_of
from suigo.engines.cases.queries.procedures import needed_assurance, procedure
from suigo.engines.cases.queries.residents import MyCase, case_just_received, my_case, sees_case
from suigo.engines.cases.queries.signing import signature_level
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.cases.web.brakes import count
from suigo.engines.cases.web.catalog import show_procedure
from suigo.engines.cases.web.desk import desk_form, sheets_of
from suigo.engines.cases.web.forms_view import Posted, file_view, form_view, read_post
from suigo.engines.cases.web.keeping import chosen as chosen_to_keep
from suigo.engines.cases.web.keeping import offers, origin_words
from suigo.engines.cases.web.own_draft import already_sent_leads_on, own_draft
from suigo.engines.cases.web.review_view import review_pages
from suigo.engines.cases.web.signing import begin_signature, wants_signature
from suigo.engines.cases.web.visitor import adopt_own_drafts, new_owner_token, owner_token_of
from suigo.engines.delegation.queries import still_may
from suigo.engines.documents import actions as documents
from suigo.engines.facts.queries import known_facts
from suigo.engines.forms.rendering import (
    about_anchor,
    anchor,
    error_summary,
    fields_html,
    file_html,
    file_refused_html,
    page_of_path,
    placed_errors,
)
from suigo.engines.forms.rules import (
    CompiledForm,
    Evaluation,
    check,
    evaluate,
    value_at,
)
from suigo.engines.forms.rules.answers import Answers
from suigo.engines.forms.rules.prefilling import about_whom, facts_asked, held, origins
from suigo.engines.forms.rules.reading import with_blank_rows
from suigo.engines.forms.spec import FileField
from suigo.kernel.access import Assurance
from suigo.kernel.access.web import actor_of, sign_in_redirect
from suigo.kernel.clock import local_date, now
from suigo.kernel.errors import Invalid, NotFound, SuigoError


@require_POST
def start(request: HttpRequest, procedure_id: str) -> HttpResponseBase:
    """Begin an application; whoever has to sign in first comes back to the procedure.

    Staff begin one for somebody at the counter, on the telephone or on paper.
    """
    chosen = procedure(procedure_id)
    actor = actor_of(request)
    needed = needed_assurance(chosen.spec.service)
    if grant_of(request) is not None and not actor.is_resident:
        page, at = reverse("procedure", args=[procedure_id]), settings.SUIGO_RESIDENT_SIGN_IN_URL
        return sign_in_redirect(request, at, target=page)
    if actor.assurance < needed and not actor.is_staff:
        page, at = reverse("procedure", args=[procedure_id]), settings.SUIGO_RESIDENT_SIGN_IN_URL
        return sign_in_redirect(request, at, target=page, assurance=needed)
    count(request, "start")
    token = "" if actor.account_id is not None else new_owner_token(request)
    desk = desk_form(request)
    grant = grant_of(request)
    own = grant is None and bool(facts_asked(chosen.form))
    try:
        draft_id = actions.start_draft(
            procedure_id,
            actor=actor,
            now=now(),
            owner_token=token,
            channel=desk.channel if actor.is_staff else "web",
            known=known_facts(actor, now=now()) if own else {},
            arrival=desk.arrival,
            grant=grant,
        )
    except Invalid as invalid:
        errors = {name: str(message) for name, message in invalid.field_errors.items()}
        return show_procedure(request, procedure_id, desk=replace(desk, errors=errors))
    return HttpResponseRedirect(reverse("apply", args=[draft_id]))


def grant_of(request: HttpRequest) -> UUID | None:
    """By which right the visitor begins for somebody else, None for themselves. Raises
    ``NotFound``."""
    chosen = request.POST.get("for", "")
    if not chosen:
        return None
    try:
        return UUID(chosen)
    except ValueError as wrong:
        raise NotFound from wrong


@require_GET
@already_sent_leads_on
def resume(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """To the page where the person left off, or the first one."""
    draft = own_draft(request, draft_id)
    pages = evaluate(draft.procedure.form, draft.answers, today=local_date(now())).pages
    page = draft.page if draft.page in pages else pages[0]
    return HttpResponseRedirect(reverse("apply-page", args=[draft_id, page]))


@require_http_methods(["GET", "POST"])
@already_sent_leads_on
def page(request: HttpRequest, draft_id: UUID, page_id: str) -> HttpResponse:
    """One page of the form. Posting keeps it and goes on, or explains what to mend."""
    if request.method == "GET":
        return _show_page(request, own_draft(request, draft_id), page_id)
    posted, saved = _save(request, draft_id, page_id)
    if "_leave" in posted.values:
        return HttpResponseRedirect(reverse("draft-saved", args=[draft_id]))
    errors = saved.errors | posted.refused
    if errors or saved.restructured:
        return _show_page(
            request,
            saved.draft,
            page_id,
            errors=errors,
            raw=posted.values,
            status=422 if errors else 200,
            focus="" if errors else _next_focus(posted.values, saved.draft.answers),
        )
    if saved.warnings and request.POST.get("_confirmed") != _fingerprint(saved.warnings):
        return _show_page(request, saved.draft, page_id, warnings=saved.warnings)
    if saved.next_page is None or request.GET.get("back") == "check":
        return HttpResponseRedirect(reverse("apply-check", args=[draft_id]))
    return HttpResponseRedirect(reverse("apply-page", args=[draft_id, saved.next_page]))


def _save(request: HttpRequest, draft_id: UUID, page_id: str) -> tuple[Posted, PageSaved]:
    """Keep what was posted, the files that came with it included."""
    adopt_own_drafts(request)
    token = owner_token_of(request)
    posted = read_post(
        request, lambda: own_draft(request, draft_id).procedure.form, owner_token=token
    )
    saved = actions.save_page(
        draft_id,
        page=page_id,
        posted=posted.values,
        actor=actor_of(request),
        now=now(),
        owner_token=token,
        own_files=posted.own_files,
    )
    return posted, saved


def _page_url(draft_id: UUID, page_id: str) -> str:
    return reverse("apply-page", args=[draft_id, page_id])


def _next_focus(posted: dict[str, list[str]], answers: dict[str, Any]) -> str:
    """Where to go on after a helper button brought the page back: the new row, the rows that
    are left, the box after the one that was looked up, or the child that was chosen."""
    for path in posted.get("_add", ()):
        rows = value_at(answers, path)
        return anchor(f"{path}.{len(rows) - 1}") if isinstance(rows, list) and rows else ""
    for path in posted.get("_remove", ()):
        return anchor(path.rpartition(".")[0])
    for path in posted.get("_lookup", ()):
        field, _hash, part = path.partition("#")
        after = {"": "block", "bank": "branch_name", "branch": "number"}.get(part, "block")
        return anchor(f"{field}.{after}")
    for control, picked in posted.items():
        if control.startswith("_about.") and picked:
            return about_anchor(control.removeprefix("_about."), picked[-1])
    return ""


def _has_files(form: CompiledForm, page_id: str) -> bool:
    """Whether a page may come to ask for a file, also one that a condition hides for now: the
    other pages travel in the encoding that costs both sides less."""
    nodes = (node for top in form.page(page_id).nodes for node in top.walk())
    return any(isinstance(node.field, FileField) for node in nodes)


def _fingerprint(warnings: dict[str, str]) -> str:
    """Which warnings a person has read: sent back with the next post."""
    return "|".join(sorted(warnings))


def _show_page(
    request: HttpRequest,
    draft: DraftView,
    page_id: str,
    *,
    errors: dict[str, str] | None = None,
    warnings: dict[str, str] | None = None,
    raw: dict[str, list[str]] | None = None,
    status: int = 200,
    focus: str = "",
) -> HttpResponse:
    form = draft.procedure.form
    today = local_date(now())
    pages = evaluate(form, draft.answers, today=today).pages
    if page_id not in pages:
        raise NotFound(_("このページは、いまの回答では使いません。"))
    answers = with_blank_rows(form, page_id, draft.answers)
    evaluation = evaluate(form, answers, today=today)
    spec = next(p for p in draft.procedure.spec.form.pages if p.id == page_id)
    view = form_view(
        form,
        answers,
        evaluation,
        today=today,
        pages=[page_id],
        page_title=str(spec.title),
        errors=errors,
        raw=raw,
        upload_url=_page_url(draft.public_id, page_id) + "upload/",
        focus=focus,
        origins=_origin_words(draft, answers, evaluation) if draft.known else {},
        fixed=frozenset(held(form, draft.known, evaluation, today=today)) if draft.known else (),
        about=about_whom(form, answers, draft.known, evaluation) if draft.known else {},
    )
    number = pages.index(page_id) + 1
    context = {
        "draft": draft,
        "service": draft.procedure.spec.service,
        "handling": handling_of(draft.procedure.spec.service, language=get_language() or "ja"),
        "page_spec": spec,
        "fields": fields_html(form, page_id, view),
        "has_files": _has_files(form, page_id),
        "errors": error_summary(form, errors) if errors else [],
        "warnings": error_summary(form, warnings) if warnings else [],
        "confirmed": _fingerprint(warnings) if warnings else "",
        "number": number,
        "total": len(pages) + 1,
        "previous": pages[number - 2] if number > 1 else None,
        "back": request.GET.get("back") == "check",
        "sheets": sheets_of(draft.arrival),
    }
    return render(request, "cases/apply/page.html", context, status=status)


def _origin_words(draft: DraftView, answers: Answers, evaluation: Evaluation) -> dict[str, str]:
    """By path, where a prefilled answer comes from."""
    found = origins(draft.procedure.form, answers, draft.known, evaluation)
    return {path: origin_words(known) for path, known in found.items()}


@require_POST
def refresh(request: HttpRequest, draft_id: UUID, page_id: str) -> HttpResponse:
    """The same page for a script, after an answer that other questions depend on.

    Nothing is kept: a slow refresh that arrives after the page itself was sent must not put older
    answers over newer ones.
    """
    adopt_own_drafts(request)
    with transaction.atomic():
        _posted, saved = _save(request, draft_id, page_id)
        transaction.set_rollback(True)
    return _show_page(request, saved.draft, page_id)


@require_POST
def upload(request: HttpRequest, draft_id: UUID, page_id: str, path: str) -> HttpResponse:
    """One file sent by a script as soon as it was chosen; the answer is its line."""
    draft = own_draft(request, draft_id)
    node = draft.procedure.form.node_at(path)
    sent = request.FILES.get("file")
    if node is None or node.page != page_id or not isinstance(node.field, FileField) or not sent:
        raise NotFound
    try:
        count(request, "upload")
        file = documents.store_file(
            actor_of(request),
            name=sent.name or "",
            content_type_claimed=sent.content_type or "",
            stream=sent,
            accept=node.field.taken,
            owner_token=owner_token_of(request),
            now=now(),
        )
    except SuigoError as refused:
        return HttpResponse(file_refused_html(sent.name or "", str(refused)), status=refused.status)
    actions.attach_file(
        draft_id,
        path=path,
        file_id=file.public_id,
        actor=actor_of(request),
        now=now(),
        owner_token=owner_token_of(request),
    )
    return HttpResponse(file_html(path, file_view(file)))


@require_http_methods(["GET", "POST"])
@already_sent_leads_on
def check_answers(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Check your answers; sending answers with the receipt itself, however often it is sent."""
    if request.method == "GET":
        return _show_check(request, own_draft(request, draft_id))
    count(request, "send")
    adopt_own_drafts(request)
    token = owner_token_of(request)
    actor = actor_of(request)
    try:
        if "hand_over" in request.POST:
            given = actions.hand_over_draft(draft_id, actor=actor, now=now())
            return HttpResponseRedirect(reverse("proxy", args=[given]) + "?done=handed")
        if wants_signature(request, draft_id):
            return begin_signature(request, draft_id)
        receipt = actions.submit_application(
            draft_id,
            actor=actor,
            now=now(),
            language=get_language() or "ja",
            owner_token=token,
            keeping=chosen_to_keep(request) if actor.is_resident else actions.NOTHING_KEPT,
        )
    except Invalid as invalid:
        errors = {path: str(message) for path, message in invalid.field_errors.items()}
        return _show_check(request, own_draft(request, draft_id), errors=errors, status=422)
    if actor.is_staff and sees_case(actor, receipt.case_id):
        return HttpResponseRedirect(reverse("case", args=[receipt.case_id]))
    if receipt.created or actor.is_staff:
        case, chosen = case_just_received(
            receipt.case_id,
            number=receipt.number,
            definition=receipt.definition,
            state=receipt.state,
            received_at=receipt.received_at,
            due_date=receipt.due_date,
            language=get_language() or "ja",
        )
        response = _show_done(request, case, chosen, follows=receipt.follows)
    else:
        response = _show_stored(request, receipt.case_id)
    if not actor.is_staff:
        response["Content-Location"] = reverse("application-done", args=[receipt.case_id])
    return response


def _show_check(
    request: HttpRequest,
    draft: DraftView,
    *,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    form, today = draft.procedure.form, local_date(now())
    evaluation = evaluate(form, draft.answers, today=today)
    found = check(form, draft.answers, today=today, evaluation=evaluation)
    errors = errors or found.errors
    addresses = {p: _page_url(draft.public_id, p) for p in evaluation.pages}
    summary = [
        (f"{addresses[page_of]}?back=check#{target}", message)
        for path, target, message in placed_errors(form, errors)
        if (page_of := page_of_path(form, path)) in addresses
    ]
    context: dict[str, Any] = {
        "draft": draft,
        "service": draft.procedure.spec.service,
        "pages": review_pages(
            form,
            draft.answers,
            today=today,
            evaluation=evaluation,
            errors=errors,
            origins=_origin_words(draft, draft.answers, evaluation) if draft.known else {},
        ),
        "offers": offers(draft, evaluation)
        if actor_of(request).is_resident and draft.acting is None
        else [],
        "summary": summary,
        "warnings": list(found.warnings.values()),
        "total": len(evaluation.pages) + 1,
        "last": evaluation.pages[-1],
        "signature": signature_level(
            draft.procedure.spec.service, actor=actor_of(request), channel=draft.channel
        )
        if draft.acting is None
        else "none",
    }
    return render(request, "cases/apply/check.html", context, status=status)


def _show_done(
    request: HttpRequest, case: MyCase, chosen: Procedure, *, follows: bool = True
) -> HttpResponse:
    actor = actor_of(request)
    context = {
        "application": case,
        "service": chosen.spec.service,
        "signed_in": actor.is_resident and actor.assurance >= Assurance.CONTACT,
        "at_desk": actor.is_staff,
        # an agent who was asked for no more than sending has seen it here
        "follows": follows,
    }
    return render(request, "cases/apply/done.html", context)


def _show_stored(request: HttpRequest, case_id: UUID) -> HttpResponse:
    case = my_case(
        actor_of(request),
        case_id,
        language=get_language() or "ja",
        today=local_date(now()),
        owner_token=owner_token_of(request),
        act="submit",
    )
    follows = case.grant_pk is None or still_may(
        actor_of(request),
        case.grant_pk,
        case.procedure.id,
        "follow",
        on=local_date(now()),
    )
    return _show_done(request, case.brief, case.procedure, follows=follows)


@require_GET
def done(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The receipt page, for whoever comes back to it."""
    return _show_stored(request, case_id)


@require_GET
@already_sent_leads_on
def saved(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """What somebody reads who stops for now: until when, and how to go on."""
    draft = own_draft(request, draft_id)
    context = {
        "draft": draft,
        "service": draft.procedure.spec.service,
        "signed_in": actor_of(request).is_resident,
    }
    return render(request, "cases/apply/saved.html", context)


@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Throw the draft away, after asking."""
    draft = own_draft(request, draft_id, even_over=True)
    if request.method == "GET":
        context = {"draft": draft, "service": draft.procedure.spec.service}
        return render(request, "cases/apply/discard.html", context)
    actions.discard_draft(
        draft_id, actor=actor_of(request), now=now(), owner_token=owner_token_of(request)
    )
    return HttpResponseRedirect(reverse("procedure", args=[draft.procedure.id]))
