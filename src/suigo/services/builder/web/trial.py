"""``…/trial/``: what would become of sample answers, or of one's own. Nothing is stored."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.html import escape
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.forms.rendering import FormView, error_summary, fields_html
from suigo.engines.forms.rules import evaluate
from suigo.engines.forms.rules.answers import Answers
from suigo.engines.forms.rules.reading import read_page, with_blank_rows
from suigo.kernel import clock
from suigo.services.builder.queries.trying import Trial, runnable, sample_answers, trial
from suigo.services.builder.web.pages import builder_required, current, design_page
from suigo.services.builder.web.preview import SAMPLES
from suigo.services.builder.web.words import FAULTY, NO_EXAMPLE


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@builder_required
def trial_page(request: HttpRequest, design_id: UUID) -> HttpResponse:
    """Begins with the least that can be answered; whatever is changed is tried at once."""
    design = current(request, design_id)
    procedure = runnable(design)
    context: dict[str, Any] = {"faulty": procedure is None, "failure": ""}
    if procedure is None:
        context["failure"] = FAULTY
    else:
        context |= _tried(request, procedure)
    return design_page(request, design, "builder/trial.html", context, current="builder-trial")


def _tried(request: HttpRequest, procedure: Procedure) -> dict[str, Any]:
    today = clock.local_date(clock.now())
    sample = SAMPLES.get(request.GET.get("filled", "min"), "min")
    unread: dict[str, str] = {}
    answers: Answers = {}
    if request.method == "POST":
        answers, unread = _read(request, procedure)
    else:
        found = sample_answers(procedure, sample, today=today)
        if found is None:
            return {"failure": NO_EXAMPLE, "sample": sample}
        answers = found
    result = trial(procedure, answers, today=today, language="ja", unread=unread)
    return {
        "sample": sample if request.method != "POST" else "own",
        "result": result,
        "errors": error_summary(procedure.form, dict(result.errors)),
        "pages": _pages(procedure, result),
    }


def _read(request: HttpRequest, procedure: Procedure) -> tuple[Answers, dict[str, str]]:
    posted = {key: request.POST.getlist(key) for key in request.POST}
    answers: Answers = {}
    unread: dict[str, str] = {}
    # files can't be tried without storing them: one that is asked for counts as sent
    pictured = {
        value for key in posted for value in posted[key] if value.startswith("00000000-0000-7000-")
    }
    for page in procedure.spec.form.pages:
        reading = read_page(
            procedure.form, page.id, posted, answers, seal=_not_sealed, own_files=pictured
        )
        answers, unread = reading.answers, unread | reading.errors
    return answers, unread


def _not_sealed(number: str) -> str:
    """A 個人番号 of a trial is thrown away: only that there was one is kept."""
    return f"not sealed {len(number)}"


def _pages(procedure: Procedure, result: Trial) -> list[tuple[str, str]]:
    """The form with the answers in it, page after page."""
    today = clock.local_date(clock.now())
    shown: list[tuple[str, str]] = []
    for page in procedure.spec.form.pages:
        answers = with_blank_rows(procedure.form, page.id, result.answers)
        evaluation = evaluate(procedure.form, answers, today=today)
        if page.id not in evaluation.pages:
            continue
        view = FormView(
            answers=answers,
            evaluation=evaluation,
            today=today,
            errors=result.errors,
            page_title=escape(page.title.ja),
        )
        shown.append((page.title.ja, fields_html(procedure.form, page.id, view)))
    return shown
