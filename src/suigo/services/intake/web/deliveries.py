"""``/staff/intake/``: bring files in, see what would happen, what did, and mend what could not."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from suigo.engines.cases.queries.procedures import procedure
from suigo.kernel.access.web import actor_of, staff_required
from suigo.kernel.clock import now
from suigo.kernel.errors import Invalid, NotFound, SuigoError
from suigo.kernel.ui.navigation import Tab
from suigo.services.intake import actions, policy, queries
from suigo.services.intake.library import library
from suigo.services.intake.rules.table import Unreadable
from suigo.services.intake.samples import example_table
from suigo.services.intake.web.words import KINDS, OUTCOMES, STATES, sentences


@never_cache
@require_http_methods(["GET", "POST"])
@staff_required(policy.IMPORT)
def deliveries(request: HttpRequest) -> HttpResponse:
    """What arrived, and the two ways to bring something in by hand."""
    if request.method == "POST":
        return _bring_in(request)
    return _list(request)


def _list(
    request: HttpRequest, *, errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    wanted = request.GET.get("page", "1")
    page = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 6 else 1
    found, more, counts = queries.deliveries(actor_of(request), state=state, page=max(page, 1))
    links = [
        Tab(title=_("すべて"), url="?", current=not state, count=sum(counts.values())),
        *(
            Tab(title=title, url=f"?state={key}", current=key == state, count=counts.get(key, 0))
            for key, (title, _tone) in STATES.items()
        ),
    ]
    query = {"state": state} if state else {}
    context = {
        "rows": [(row, KINDS[row.kind], *STATES[row.state]) for row in found],
        "filters": [{"title": _("状態"), "links": links}],
        "next": f"?{urlencode(query | {'page': page + 1})}" if more else "",
        "previous": f"?{urlencode(query | {'page': page - 1})}" if page > 1 else "",
        "mappings": list(queries.mappings(actor_of(request)).items()),
        "packages": library().packages.values(),
        "errors": errors or {},
        "summary": [(f"in-{name}", message) for name, message in (errors or {}).items()],
        "chosen": request.POST.get("mapping", ""),
        "may_import": True,
        "may_scan": actor_of(request).can(policy.SCAN),
        "brought": request.GET.get("brought", ""),
    }
    return render(request, "intake/deliveries.html", context, status=status)


def _bring_in(request: HttpRequest) -> HttpResponse:
    """Keep the files that were sent; one leads to its page, several to the list."""
    kind = request.POST.get("kind", "")
    name = "packages" if kind == "pittari" else "file"
    sent = request.FILES.getlist(name)
    kept: list[UUID] = []
    errors: dict[str, str] = {}
    if not sent:
        errors[name] = str(_("ファイルを選んでください。"))
    for upload in sent:
        try:
            kept.append(
                actions.bring_in(
                    actor_of(request),
                    kind=kind,
                    mapping=request.POST.get("mapping", ""),
                    name=upload.name or "",
                    content=upload.read(),
                    now=now(),
                )
            )
        except Invalid as invalid:
            errors |= {key: str(message) for key, message in invalid.field_errors.items()}
        except SuigoError as refused:
            errors[name] = f"{upload.name}: {refused}"
    if errors:
        return _list(request, errors=errors, status=422)
    if len(kept) == 1:
        return HttpResponseRedirect(reverse("intake-delivery", args=[kept[0]]))
    return HttpResponseRedirect(f"{reverse('intake')}?{urlencode({'brought': len(kept)})}")


@never_cache
@require_safe
@staff_required(policy.IMPORT)
def delivery(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """One file: what would happen before, how far it is meanwhile, what happened after."""
    return _page(request, delivery_id)


def _page(
    request: HttpRequest, delivery_id: UUID, *, errors: dict[str, str] | None = None
) -> HttpResponse:
    actor = actor_of(request)
    view = queries.delivery(actor, delivery_id)
    title, tone = STATES[view.state]
    mapping = library().tables.get(view.mapping)
    context: dict[str, Any] = {
        "delivery": view,
        "kind": KINDS[view.kind],
        "state": title,
        "tone": tone,
        "mapping": mapping,
        "same": queries.same_file(actor, view),
        "errors": errors or {},
        "may_dismiss": view.state in ("checked", "quarantined", "partly"),
        "may_retry": view.state in ("quarantined", "partly") and not view.forgotten,
    }
    if view.state == "checked":
        context |= _planned(actions.examined(actor, delivery_id, now=now()))
    else:
        entries = queries.entries(actor, delivery_id)
        told = ("bad", "changed")
        context["attention"] = [(e, *OUTCOMES[e.outcome]) for e in entries if e.outcome in told]
        context["taken"] = [(e, *OUTCOMES[e.outcome]) for e in entries if e.outcome not in told]
        if view.state != "running" and view.seen:
            counts = {outcome: int(getattr(view, outcome)) for outcome in OUTCOMES}
            context["sentences"] = sentences(counts)
            context["ended_well"] = not (view.bad or view.changed)
            context["some_in"] = view.created or view.attached or view.known
    return render(request, "intake/delivery.html", context, status=422 if errors else 200)


def _planned(preview: actions.Preview) -> dict[str, Any]:
    plans = [(_entry(plan), *OUTCOMES[plan.outcome]) for plan in preview.plans]
    return {
        "preview": preview,
        "planned": sentences({o: preview.count(o) for o in OUTCOMES}, planned=True),
        "ready": preview.count("created"),
        "attention": [p for p in plans if p[0].outcome in ("bad", "changed")],
        "taken": [p for p in plans if p[0].outcome not in ("bad", "changed")],
    }


def _entry(plan: actions.RowPlan) -> queries.EntryView:
    """What would become of a row, in the shape of what became of it."""
    case = plan.case
    return queries.EntryView(
        number=plan.number,
        key=plan.key,
        outcome=plan.outcome,
        case_id=case.public_id if case else None,
        case_number=case.number if case else "",
        faults=plan.faults,
    )


@require_POST
@staff_required(policy.IMPORT)
def start(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """The clerk has seen what would happen: bring it in."""
    actions.start_import(actor_of(request), delivery_id, now=now())
    return HttpResponseRedirect(reverse("intake-delivery", args=[delivery_id]))


@require_POST
@staff_required(policy.IMPORT)
def retry(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Try again what was set aside or bad."""
    actions.retry(actor_of(request), delivery_id, now=now())
    return HttpResponseRedirect(reverse("intake-delivery", args=[delivery_id]))


@require_POST
@staff_required(policy.IMPORT)
def dismiss(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Nothing of it comes in any more, for a reason."""
    try:
        reason = request.POST.get("reason", "")
        actions.dismiss(actor_of(request), delivery_id, reason=reason, now=now())
    except Invalid as invalid:
        errors = {key: str(message) for key, message in invalid.field_errors.items()}
        return _page(request, delivery_id, errors=errors)
    return HttpResponseRedirect(reverse("intake-delivery", args=[delivery_id]))


@require_safe
@staff_required(policy.IMPORT)
def download(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """The file as it arrived."""
    name, content = actions.note_download(actor_of(request), delivery_id, now=now())
    return _attachment(content, name, "application/octet-stream")


@require_safe
@staff_required(policy.IMPORT)
def to_mend(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """The rows that could not come in, each with its reason: mend them and bring them in again.

    In the encoding in which the file came, because it goes back into the same program.
    """
    try:
        name, content = actions.rows_to_mend(actor_of(request), delivery_id, now=now())
    except Unreadable as why:
        raise Invalid(str(why)) from why
    return _attachment(content, name, "text/csv")


@require_safe
@staff_required(policy.IMPORT)
def example(request: HttpRequest, mapping: str) -> HttpResponse:
    """A made-up spreadsheet with every column that a mapping knows. Raises ``NotFound``."""
    found = queries.mappings(actor_of(request)).get(mapping)
    if found is None:
        raise NotFound
    content = example_table(found, procedure(found.procedure).form, now=now())
    return _attachment(content, f"{mapping}-sample.csv", "text/csv")


def _attachment(content: bytes, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
