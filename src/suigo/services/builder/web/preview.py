"""``…/preview/``: how the draft will look on a phone, on a desk and on paper."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from suigo.engines.cases.queries.printouts import paper_form_pdf
from suigo.engines.cases.rules.sheets import sheet_path
from suigo.engines.forms.rendering import FormView, fields_html
from suigo.engines.forms.rules import evaluate
from suigo.engines.forms.rules.reading import with_blank_rows
from suigo.kernel import clock
from suigo.kernel.errors import Refused
from suigo.services.builder.queries.trying import Sample, runnable, sample_answers
from suigo.services.builder.web.pages import builder_required, current, design_page
from suigo.services.builder.web.words import FAULTY, FILLED, LANGUAGES

TAGS = {"ja": "ja", "easy": "ja-easy", "en": "en"}
SAMPLES: dict[str, Sample] = {"": "", "min": "min", "max": "max"}


@never_cache
@require_safe
@builder_required
def preview(request: HttpRequest, design_id: UUID) -> HttpResponse:
    """Both frames, and what stands in them: page, language, filled in or not."""
    design = current(request, design_id)
    procedure = runnable(design)
    pages = list(procedure.spec.form.pages) if procedure is not None else []
    chosen = request.GET.get("page", "")
    if chosen not in {page.id for page in pages}:
        chosen = pages[0].id if pages else ""
    language = request.GET.get("language", "ja")
    filled = request.GET.get("filled", "")
    address = reverse("builder-frame", args=[design_id, chosen]) if chosen else ""
    context = {
        "faulty": procedure is None,
        "pages": [(page.id, page.title.ja) for page in pages],
        "page_id": chosen,
        "languages": LANGUAGES.items(),
        "language": language if language in TAGS else "ja",
        "fillings": FILLED.items(),
        "filled": filled if filled in SAMPLES else "",
        "address": f"{address}?language={escape(language)}&filled={escape(filled)}",
    }
    return design_page(request, design, "builder/preview.html", context, current="builder-preview")


@never_cache
@require_safe
@builder_required
@xframe_options_sameorigin
def frame(request: HttpRequest, design_id: UUID, page_id: str) -> HttpResponse:
    """One page of the form as residents will see it. Nothing in it can be sent."""
    design = current(request, design_id)
    procedure = runnable(design)
    if procedure is None:
        raise Refused(FAULTY)
    today = clock.local_date(clock.now())
    sample = SAMPLES.get(request.GET.get("filled", ""), "")
    answers = sample_answers(procedure, sample, today=today) or {}
    form = procedure.form
    page = next((one for one in procedure.spec.form.pages if one.id == page_id), None)
    if page is None:
        raise Refused(FAULTY)
    answers = with_blank_rows(form, page_id, answers)
    evaluation = evaluate(form, answers, today=today)
    language = TAGS.get(request.GET.get("language", ""), "ja")
    with translation.override(language):
        title = page.title.in_language(language)
        view = FormView(
            answers=answers,
            evaluation=evaluation,
            today=today,
            language=language,
            page_title=escape(title),
        )
        context = {
            "fields": fields_html(form, page_id, view),
            "title": title,
            "intro": page.intro.in_language(language) if page.intro else "",
            "service": procedure.spec.service.title.in_language(language),
            "number": [p.id for p in procedure.spec.form.pages].index(page_id) + 1,
            "total": len(procedure.spec.form.pages),
            "hidden": page_id not in evaluation.pages,
        }
        return render(request, "builder/frame.html", context)


@never_cache
@require_safe
@builder_required
def paper(request: HttpRequest, design_id: UUID) -> HttpResponse:
    """The A4 paper form of the draft."""
    design = current(request, design_id)
    procedure = runnable(design)
    if procedure is None:
        raise Refused(FAULTY)
    link = settings.SUIGO_BASE_URL + reverse("procedure", args=[design.procedure_id])
    # the sheets' codes are those of this very version: nobody finds it before it is published
    sheets = settings.SUIGO_BASE_URL + sheet_path(procedure.hash)
    content = paper_form_pdf(procedure, link=link, page_link=sheets, language="ja")
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{design.procedure_id}.pdf"'
    return response
