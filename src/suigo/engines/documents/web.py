"""Downloads, page previews, and the reports of what was removed."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from suigo.engines.documents import actions, previews, queries
from suigo.engines.documents.spec import FileBrief
from suigo.kernel.access.web import actor_of, resident_required, staff_required
from suigo.kernel.clock import now

# nothing in the file may run, load or send; PDF viewers refuse to start inside `sandbox`
_POLICY = "default-src 'none'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
_INLINE_KINDS = ("pdf", "image")


def file_response(file: FileBrief, *, inline: bool = False) -> HttpResponseBase:
    """The file as an answer; the caller has asked ``queries.file_for``.

    Only PDFs and images are shown in the browser; everything else is always saved. Raises what
    ``queries.open_file`` raises.
    """
    shown = inline and file.kind in _INLINE_KINDS
    response = StreamingHttpResponse(queries.open_file(file), content_type=file.content_type)
    disposition = content_disposition_header(not shown, file.download_name)
    response["Content-Disposition"] = disposition or "attachment"
    response["Content-Length"] = str(file.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Content-Security-Policy"] = _POLICY if file.kind == "pdf" else f"{_POLICY}; sandbox"
    return response


@require_GET
@resident_required()
def own_file(request: HttpRequest, file_id: UUID) -> HttpResponseBase:
    """A resident opens a letter or a file of their own."""
    file = queries.file_for(actor_of(request), file_id)
    return file_response(file, inline=request.GET.get("show") == "1")


@require_GET
@staff_required()
def staff_file(request: HttpRequest, file_id: UUID) -> HttpResponseBase:
    """A clerk opens the file of a case; the ledger says so."""
    actor = actor_of(request)
    file = queries.file_for(actor, file_id)
    response = file_response(file, inline=request.GET.get("show") == "1")
    actions.note_look(actor, file, now=now())
    return response


@require_GET
@staff_required()
def staff_page(request: HttpRequest, file_id: UUID, page: int) -> HttpResponse:
    """One page (counted from 1) as a picture; the first look of the day, at whatever page and in
    whatever size, is in the ledger."""
    actor = actor_of(request)
    file = queries.file_for(actor, file_id)
    width = {"small": 320, "large": 1600}.get(request.GET.get("size", ""), 1000)
    png = previews.page_png(file, page=page - 1, width=width)
    actions.note_pages(actor, file, now=now())
    response = HttpResponse(png, content_type="image/png")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = f"{_POLICY}; sandbox"
    return response


@require_GET
@staff_required("documents.purge")
def purges(request: HttpRequest) -> HttpResponse:
    """The purges, newest first."""
    return render(request, "documents/purges.html", {"reports": queries.purge_reports()})


@require_GET
@staff_required("documents.purge")
def purge(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """One purge and the proofs of what it removed."""
    report = queries.purge_report(report_id)
    files = queries.purged_in(report_id)
    return render(request, "documents/purge.html", {"report": report, "files": files})


urlpatterns = [
    path("files/<uuid:file_id>/", own_file, name="own-file"),
    path("staff/files/<uuid:file_id>/", staff_file, name="documents-staff-file"),
    path("staff/files/<uuid:file_id>/page/<int:page>.png", staff_page, name="documents-staff-page"),
    path("staff/documents/purges/", purges, name="documents-purges"),
    path("staff/documents/purges/<uuid:report_id>/", purge, name="documents-purge"),
]
