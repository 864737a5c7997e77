"""``…/review/``: what the program found, what changed, the second person, and the day it begins."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from suigo.kernel import clock
from suigo.kernel.access.fresh import fresh_required, sending
from suigo.kernel.access.web import actor_of
from suigo.kernel.errors import Invalid, Refused, SuigoError
from suigo.services.builder import actions
from suigo.services.builder.queries import designs as queries
from suigo.services.builder.queries.checking import faults_of
from suigo.services.builder.queries.comparing import since_live
from suigo.services.builder.queries.designs import DesignView
from suigo.services.builder.queries.findings import findings_of
from suigo.services.builder.rules.package import zipped
from suigo.services.builder.web.faults import explained
from suigo.services.builder.web.pages import (
    back,
    builder_required,
    current,
    design_page,
    seen_version,
)
from suigo.services.builder.web.told import told

DECISIONS = ("approve", "publish", "restore")  # these reach residents


def _decides(request: HttpRequest) -> bool:
    return sending(request) and request.POST.get("op") in DECISIONS


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@builder_required
@fresh_required(
    does=gettext_lazy("手続の承認・公開"),
    labels={"comment": gettext_lazy("コメント"), "valid_from": gettext_lazy("公開する日")},
    when=_decides,
)
def review(request: HttpRequest, design_id: UUID) -> HttpResponse:
    """Shows where the draft stands; sending it asks, answers, publishes, or goes back."""
    design = current(request, design_id)
    failure: SuigoError | None = None
    if request.method == "POST":
        try:
            return _done(request, design)
        except SuigoError as error:
            failure = error
            design = current(request, design_id)
    faults = explained(faults_of(design.procedure_id, design.files))
    wrong = failure.field_errors if isinstance(failure, Invalid) else {}
    context = {
        "faults": faults,
        "findings": findings_of(design.files),
        "since": since_live(design.procedure_id, design.files),
        "versions": queries.versions(actor_of(request), design_id),
        "today": clock.local_date(clock.now()).isoformat(),
        "errors": list(wrong.items()),
        "wrong": wrong,
        "failure": failure.message if failure is not None and not wrong else "",
        "changes": told(request, design, failure),
        "typed": request.POST,
    }
    return design_page(
        request,
        design,
        "builder/review.html",
        context,
        current="builder-review",
        status=failure.status if failure else 200,
    )


def _done(request: HttpRequest, design: DesignView) -> HttpResponse:
    actor, now = actor_of(request), clock.now()
    post = request.POST
    steps: dict[str, Callable[[], object]] = {
        "request": lambda: actions.request_approval(
            design.public_id,
            message=post.get("message", ""),
            version=seen_version(request),
            actor=actor,
            now=now,
        ),
        "approve": lambda: actions.approve_design(
            design.public_id,
            comment=post.get("comment", ""),
            version=seen_version(request),
            actor=actor,
            now=now,
        ),
        "return": lambda: actions.return_design(
            design.public_id,
            comment=post.get("comment", ""),
            version=seen_version(request),
            actor=actor,
            now=now,
        ),
        "take_back": lambda: actions.take_back(design.public_id, actor=actor, now=now),
        "publish": lambda: actions.publish_design(
            design.public_id, valid_from=_day(post.get("valid_from", "")), actor=actor, now=now
        ),
        "restore": lambda: actions.restore_version(
            design.public_id,
            _number(post.get("wanted", "")),
            version=seen_version(request),
            actor=actor,
            now=now,
        ),
        "discard": lambda: actions.discard_design(design.public_id, actor=actor, now=now),
    }
    step = steps.get(post.get("op", ""))
    if step is None:
        raise Refused(_("この操作はありません。"))
    step()
    done = post.get("op", "")
    if done == "discard":
        return redirect("builder")
    if done == "publish" and _day(post.get("valid_from", "")) > clock.local_date(now):
        done = "plan"
    return back("builder-review", design.public_id, done=done)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as wrong:
        raise Invalid(field_errors={"valid_from": _("日付を入力してください。")}) from wrong


def _number(text: str) -> int:
    if not text.isdigit():
        raise Refused(_("この版はありません。"))
    return int(text)


@never_cache
@require_safe
@builder_required
def package(request: HttpRequest, design_id: UUID) -> HttpResponse:
    """The draft as a zip of the folder."""
    design = current(request, design_id)
    return zip_response(design.procedure_id, zipped(design.procedure_id, design.files))


def zip_response(procedure_id: str, content: bytes) -> HttpResponse:
    """A zip to be saved under the procedure's id."""
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{procedure_id}.zip"'
    return response
