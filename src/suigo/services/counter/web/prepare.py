"""Preparing a visit at home: the four items become a QR code, and nothing is stored."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from suigo.engines.cases.web.forms_view import form_view
from suigo.engines.documents.rendering import qr_svg
from suigo.engines.forms.rendering import error_summary, fields_html
from suigo.engines.forms.rules import check, evaluate
from suigo.engines.forms.rules.reading import all_errors, read_page
from suigo.engines.guidance.queries import decoded
from suigo.kernel.clock import local_date, now
from suigo.kernel.crypto import seal_bytes
from suigo.kernel.errors import NotFound
from suigo.services.counter.queries.content import person_form
from suigo.services.counter.rules.prepared import GOOD_FOR, Prepared, write
from suigo.services.counter.web.visit import PAGE, PREPARED

MOST_CODES = 3  # of the guide, so that the QR code stays easy to read


@require_http_methods(["GET", "POST"])
def prepare(request: HttpRequest) -> HttpResponse:
    """The four items and the guide's numbers; posting them answers with the code itself."""
    form, today = person_form(), local_date(now())
    answers: dict[str, Any] = {}
    errors: dict[str, str] = {}
    raw: dict[str, list[str]] | None = None
    codes = [code for code in request.GET.getlist("code")[:MOST_CODES] if code]
    code_error = ""
    if request.method == "POST":
        raw = {key: request.POST.getlist(key) for key in request.POST}
        reading = read_page(form, PAGE, raw, {}, seal=str)
        answers = reading.answers
        codes = [code for code in request.POST.getlist("code")[:MOST_CODES] if code.strip()]
        code_error = _unknown(codes)
        if not reading.restructured:
            errors = all_errors(reading.errors, check(form, answers, today=today).errors)
            if not errors and not code_error:
                return _code(request, answers, codes)
    evaluation = evaluate(form, answers, today=today)
    view = form_view(form, answers, evaluation, today=today, errors=errors, raw=raw)
    summary = error_summary(form, errors)
    if code_error:
        summary.append(("code", code_error))
    context = {
        "fields": fields_html(form, PAGE, view),
        "errors": summary,
        "codes": codes or [""],
        "code_error": code_error,
    }
    status = 422 if summary else 200
    return _private(render(request, "counter/prepare.html", context, status=status))


def _unknown(codes: list[str]) -> str:
    for code in codes:
        try:
            decoded(code)
        except NotFound:
            return _("ガイドの番号が正しくありません。結果の画面で確かめるか、空にしてください。")
    return ""


def _code(request: HttpRequest, person: dict[str, Any], codes: list[str]) -> HttpResponse:
    day = local_date(now())
    prepared = Prepared(person, tuple(codes), get_language() or "ja", day)
    line = write(prepared, seal=lambda plain: seal_bytes(plain, purpose=PREPARED))
    context = {
        "qr": SafeString(qr_svg(line)),
        "until": day + GOOD_FOR,
        "guides": [decoded(code)[0].spec.title for code in codes],
    }
    return _private(render(request, "counter/prepared.html", context))


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response
