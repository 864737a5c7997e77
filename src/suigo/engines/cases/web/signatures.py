"""A case's electronic signatures, beside the case and beside each of its files."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from suigo.engines.cases import actions
from suigo.engines.cases.queries.detail import CaseDetail
from suigo.engines.signing.web.words import line_of
from suigo.kernel.access.web import actor_of, staff_required
from suigo.kernel.clock import now
from suigo.kernel.errors import Message

EXAMINED: dict[str, Message] = {
    "none": _("このPDFに電子署名はありません。"),
    "unreadable": _("このPDFの電子署名は読み取れませんでした。"),
}


def signature_lines(case: CaseDetail, request: HttpRequest) -> dict[str, Any]:
    """What the case page says about signatures: the applicant's own, what has to wait for it, those
    in the file that is open, and files whose signatures are not good, or not yet."""
    lines = [line_of(brief) for brief in case.signatures]
    own = [line for line in lines if line.brief.origin != "file"]
    opened = request.GET.get("file", "")
    return {
        "signatures": own,
        "signature_waits": next((line for line in own if line.brief.verdict == "waiting"), None),
        "file_signatures": [
            line
            for line in lines
            if line.brief.origin == "file" and str(line.brief.subject) == opened
        ],
        "file_doubts": [
            (line, case.files[line.brief.subject].name)
            for line in lines
            if line.brief.origin == "file"
            and line.brief.verdict != "accepted"
            and line.brief.subject in case.files
        ],
        "file_examined": EXAMINED.get(request.GET.get("signatures", ""), ""),
    }


@require_POST
@staff_required()
def examine(request: HttpRequest, case_id: UUID, file_id: UUID) -> HttpResponse:
    """Verify the signatures of a PDF, and show what was found beside it."""
    try:
        found = actions.examine_file(case_id, file_id, actor=actor_of(request), now=now())
        told = "some" if found else "none"
    except actions.Unreadable:
        told = "unreadable"
    page = reverse("case", args=[case_id])
    return HttpResponseRedirect(f"{page}?file={file_id}&signatures={told}#evidence")
