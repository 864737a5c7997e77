"""Recovery: asking, approving, and the page on which the person concerned can stop it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from suigo.engines.identity import actions, policy, queries
from suigo.engines.identity.web.inputs import Input, page
from suigo.engines.identity.web.visitors import show_once, shown_once
from suigo.kernel import clock
from suigo.kernel.access.fresh import fresh_required
from suigo.kernel.access.web import actor_of, staff_required
from suigo.kernel.errors import Conflict, Invalid, Refused, SuigoError, TooMany

ASKS = _("ログイン方法の作り直しを申し出る")
STATES = {
    "asked": (_("承認待ち"), "attention"),
    "approved": (_("異議の受付中"), "waiting"),
    "done": (_("完了"), "done"),
    "refused": (_("取りやめ"), "refused"),
    "objected": (_("本人が止めた"), "refused"),
    "expired": (_("期限切れ"), "waiting"),
}
DONE = {
    "asked": _("申し出を受け付けました。ほかの職員が確かめて承認します。"),
    "approved": _("承認しました。"),
    "refused": _("取りやめました。"),
}
NOTE = Input(
    name="note",
    label=_("どう確かめたか"),
    hint=_("承認する人が読みます。例: 窓口で本人と話し、家族の氏名と最近の申請を確かめた"),
    width=0,
)


@never_cache
@require_safe
@staff_required()
def recoveries(request: HttpRequest) -> HttpResponse:
    """``/staff/recoveries/``: what waits for a second person, and what ended."""
    actor = actor_of(request)
    found = [(line, *STATES[line.state]) for line in queries.recoveries(actor)]
    context = {"recoveries": found, "may_ask": actor.can(policy.RECOVER)}
    return render(request, "identity/recoveries.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(policy.RECOVER)
@fresh_required(
    does=ASKS,
    labels={
        "old_address": _("前のメールアドレス"),
        "new_address": _("新しいメールアドレス"),
        "note": _("どう確かめたか"),
    },
)
def new_recovery(request: HttpRequest) -> HttpResponse:
    """``/staff/recoveries/new/``: a resident who lost the address they sign in with."""
    failure: SuigoError | None = None
    if request.method == "POST":
        try:
            made = actions.ask_for_recovery(
                actor_of(request),
                old_address=request.POST.get("old_address", ""),
                new_address=request.POST.get("new_address", ""),
                document=request.POST.get("document", ""),
                note=request.POST.get("note", ""),
                now=clock.now(),
            )
        except (Invalid, Conflict, TooMany) as error:
            failure = error
        else:
            return _back(made, "asked")
    inputs = [
        Input(
            name="old_address",
            label=_("前のメールアドレス"),
            kind="email",
            hint=_("ログインに使っていたもの。本人に聞きます。"),
            width=0,
        ),
        Input(name="new_address", label=_("新しいメールアドレス"), kind="email", width=0),
        Input(
            name="document",
            label=_("窓口で見た本人確認書類"),
            kind="select",
            hint=_("見ていないときは、本人に知らせてから24時間待ちます。"),
            required=False,
            options=(("", _("見ていない")), *queries.DOCUMENTS.items()),
            width=0,
        ),
        NOTE,
    ]
    return page(request, "identity/new_recovery.html", {}, inputs=inputs, failure=failure)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(policy.MANAGE)
@fresh_required(does=ASKS, labels={"note": _("どう確かめたか")})
def staff_recovery(request: HttpRequest, account: UUID) -> HttpResponse:
    """``/staff/people/<id>/reset/``: a colleague who lost every way in."""
    failure: SuigoError | None = None
    someone = queries.person(actor_of(request), account, today=clock.local_date(clock.now()))
    if request.method == "POST":
        try:
            made = actions.ask_for_staff_recovery(
                actor_of(request), account, note=request.POST.get("note", ""), now=clock.now()
            )
        except (Invalid, Conflict, TooMany, Refused) as error:
            failure = error
        else:
            return _back(made, "asked")
    context = {"person": someone}
    return page(request, "identity/staff_recovery.html", context, inputs=[NOTE], failure=failure)


def _back(recovery: UUID, done: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("recovery", args=[recovery]) + f"?done={done}")


@never_cache
@require_safe
@staff_required()
def recovery(request: HttpRequest, recovery: UUID) -> HttpResponse:
    """``/staff/recoveries/<id>/``: what was asked for, and who may agree."""
    return _recovery(request, recovery)


def _recovery(
    request: HttpRequest, recovery: UUID, failure: SuigoError | None = None
) -> HttpResponse:
    line = queries.recovery(actor_of(request), recovery)
    secret = shown_once(request) if request.method != "POST" else []
    title, tone = STATES[line.state]
    context = {
        "recovery": line,
        "title": title,
        "tone": tone,
        "secret": secret[0] if secret else "",
        "done": DONE.get(request.GET.get("done", ""), ""),
    }
    return page(request, "identity/recovery.html", context, failure=failure)


@never_cache
@require_POST
@staff_required()
@fresh_required(does=_("承認する"))
def approve(request: HttpRequest, recovery: UUID) -> HttpResponse:
    """The second person agrees."""
    try:
        temporary = actions.approve_recovery(actor_of(request), recovery, now=clock.now())
    except (Refused, Conflict) as error:
        return _recovery(request, recovery, error)
    if temporary:
        show_once(request, [temporary])
    return _back(recovery, "approved")


@never_cache
@require_POST
@staff_required()
def refuse(request: HttpRequest, recovery: UUID) -> HttpResponse:
    """Nothing will come of it."""
    try:
        actions.refuse_recovery(actor_of(request), recovery, now=clock.now())
    except Conflict as error:
        return _recovery(request, recovery, error)
    return _back(recovery, "refused")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: HttpRequest, recovery: UUID, token: str) -> HttpResponse:
    """``/recovery/<id>/<token>/``: the person concerned stops it, by the link in the mail."""
    possible = queries.objectionable(recovery, token=token)
    stopped = False
    if request.method == "POST" and possible:
        actions.object_to_recovery(recovery, token=token, now=clock.now())
        stopped = True
    context = {"possible": possible, "stopped": stopped}
    return render(request, "identity/objection.html", context)
