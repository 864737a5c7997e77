"""``/staff/builder/p/<id>/``: what was published for one procedure, and how it ends."""

import itertools
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from suigo.engines.cases.queries.procedures import is_open, procedures
from suigo.kernel import clock
from suigo.kernel.access.web import actor_of
from suigo.kernel.errors import Invalid, NotFound, Refused, SuigoError
from suigo.services.builder import actions, policy
from suigo.services.builder.queries.beginnings import copied_files
from suigo.services.builder.queries.designs import open_draft_of
from suigo.services.builder.queries.live import files_of_publication, history
from suigo.services.builder.rules.diffing import differences
from suigo.services.builder.rules.package import zipped
from suigo.services.builder.web.pages import builder_required
from suigo.services.builder.web.review import zip_response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@builder_required
def procedure_page(request: HttpRequest, procedure_id: str) -> HttpResponse:
    """Its publications with what each changed; closes it, or takes back what has not begun."""
    actor, today = actor_of(request), clock.local_date(clock.now())
    failure: SuigoError | None = None
    if request.method == "POST":
        try:
            _done(request, procedure_id)
        except SuigoError as error:
            failure = error
        else:
            return redirect("builder-procedure", procedure_id)
    rows = history(actor, procedure_id, today=today)
    found = next((one for one in procedures() if one.id == procedure_id), None)
    if found is None and not rows:
        raise NotFound(_("この手続は見つかりませんでした。"))
    wrong = failure.field_errors if isinstance(failure, Invalid) else {}
    published = [row for row in rows if row.kind == "publish"]
    changes = {
        newer.number: _changes(request, procedure_id, older.number, newer.number)
        for newer, older in itertools.pairwise(published)
    }
    context = {
        "procedure_id": procedure_id,
        "title": found.spec.service.title.ja if found else rows[0].title,
        "live": found is not None,
        "open": found is not None and is_open(found.spec.service, today=today),
        "closed": bool(found and found.spec.service.open.closed),
        "rows": [(row, changes.get(row.number, [])) for row in rows],
        "draft": open_draft_of(procedure_id),
        "may_edit": actor.can(policy.EDIT),
        "may_close": actor.can(policy.APPROVE),
        "today": today.isoformat(),
        "wrong": wrong,
        "errors": list(wrong.items()),
        "failure": failure.message if failure and not wrong else "",
        "typed": request.POST,
    }
    return render(
        request, "builder/procedure.html", context, status=failure.status if failure else 200
    )


def _changes(request: HttpRequest, procedure_id: str, older: int, newer: int) -> list[str]:
    actor = actor_of(request)
    before = files_of_publication(actor, procedure_id, older) or {}
    after = files_of_publication(actor, procedure_id, newer) or {}
    return differences(before, after)


def _done(request: HttpRequest, procedure_id: str) -> None:
    post, actor, now = request.POST, actor_of(request), clock.now()
    if post.get("op") == "close":
        try:
            day = date.fromisoformat(post.get("closes_on", "").strip())
        except ValueError as wrong:
            raise Invalid(field_errors={"closes_on": _("日付を入力してください。")}) from wrong
        actions.close_procedure(
            procedure_id, sentence=post.get("sentence", ""), closes_on=day, actor=actor, now=now
        )
    elif post.get("op") == "withdraw" and post.get("number", "").isdigit():
        actions.withdraw_publication(procedure_id, int(post["number"]), actor=actor, now=now)
    else:
        raise Refused(_("この操作はありません。"))


@never_cache
@require_safe
@builder_required
def package(request: HttpRequest, procedure_id: str) -> HttpResponse:
    """The procedure as it was published last, else as the city's folder has it, as a zip."""
    return zip_response(procedure_id, zipped(procedure_id, copied_files(procedure_id)))
