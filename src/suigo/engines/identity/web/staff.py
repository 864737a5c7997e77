"""How staff sign in, and a member of staff's own account."""

from collections.abc import Callable
from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from suigo.engines.identity import actions, providers, queries
from suigo.engines.identity.web.inputs import Input, page
from suigo.engines.identity.web.passkey_forms import passkey_form
from suigo.engines.identity.web.visitors import (
    device_of,
    network_of,
    safe_next,
    session_of,
    show_once,
    shown_once,
    signed_in,
)
from suigo.kernel import clock
from suigo.kernel.access.fresh import fresh_required
from suigo.kernel.access.web import actor_of, staff_required
from suigo.kernel.content import city
from suigo.kernel.errors import Gone, Invalid, SuigoError, TooMany
from suigo.kernel.ui import navigation

Show = Callable[[HttpRequest, str, SuigoError | None], HttpResponse]

NEXT = "identity.staff-next"
PAGES = {
    "password": "staff-first-password",
    "enrol": "staff-enrol",
    "code": "staff-second-step",
}
DONE = {
    "password": _("パスワードを変更しました。ほかの端末のログインは終わりました。"),
    "ended": _("ログインを終わらせました。"),
    "others-ended": _("この端末のほかのログインを、すべて終わらせました。"),
}
CODE = Input(
    name="code",
    label=_("確認コード"),
    hint=_("認証アプリに表示されている6桁の数字。端末がないときは、リカバリーコード。"),
    autocomplete="one-time-code",
    width=20,
)
NEW_PASSWORD = Input(
    name="new_password",
    label=_("新しいパスワード"),
    kind="password",
    hint=_(
        "12文字以上。言葉をいくつかつなげると、長くて覚えやすくなります。"
        "市や課の名前など、市役所の言葉は使えません。"
    ),
    autocomplete="new-password",
)


def home() -> str:
    """Where staff go who had no page in mind."""
    return navigation.places().get("staff_home") or reverse("staff-account")


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """``/staff/sign-in/?next=``: address and password."""
    asked = request.POST.get("next", "") or request.GET.get("next", "")
    target = safe_next(asked, default=home())
    if request.method != "POST" and actor_of(request).is_staff:
        return HttpResponseRedirect(target)
    failure: SuigoError | None = None
    if request.method == "POST":
        session = session_of(request)
        try:
            step = actions.begin_staff_sign_in(
                session,
                email=request.POST.get("email", ""),
                password=request.POST.get("password", ""),
                network=network_of(request),
                device=device_of(request),
                now=clock.now(),
            )
        except (Invalid, TooMany, Gone) as error:
            failure = error
        else:
            if step == "done":
                return finish_sign_in(request, target)
            session[NEXT] = target
            return HttpResponseRedirect(reverse(PAGES[step]))
    return show_sign_in(request, target, failure)


def show_sign_in(request: HttpRequest, target: str, failure: SuigoError | None) -> HttpResponse:
    """The page of the sign-in: address and password, or a passkey alone."""
    inputs = [
        Input(
            name="email",
            label=_("メールアドレス"),
            kind="email",
            autocomplete="username webauthn",
            inputmode="email",
        ),
        Input(
            name="password",
            label=_("パスワード"),
            kind="password",
            autocomplete="current-password",
        ),
    ]
    context = {
        "next": target,
        "passkey_form": passkey_form(
            request, "staff-passkey-sign-in", target=target, autofill=True
        ),
        "service": providers.provider("staff") is not None,
    }
    return page(request, "identity/staff_sign_in.html", context, inputs=inputs, failure=failure)


def finish_sign_in(request: HttpRequest, target: str) -> HttpResponse:
    """Go on as the member of staff whom the session now belongs to."""
    actor = queries.actor_of_session(session_of(request), now=clock.now())
    return signed_in(request, actor, target)


def _elsewhere(request: HttpRequest, step: str) -> HttpResponse | None:
    """Leads those to the right page who are not at ``step`` of their sign-in."""
    waiting = actions.staff_step(session_of(request), now=clock.now())
    if waiting == step:
        return None
    if waiting is None:
        at = home() if actor_of(request).is_staff else reverse("staff-sign-in")
        return HttpResponseRedirect(at)
    return HttpResponseRedirect(reverse(PAGES.get(waiting, "staff-sign-in")))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """``/staff/sign-in/second-step/``: the code of the authenticator app."""
    if elsewhere := _elsewhere(request, "code"):
        return elsewhere
    failure: SuigoError | None = None
    session = session_of(request)
    if request.method == "POST":
        target = session.get(NEXT, home())
        try:
            actor = actions.sign_in_staff(
                session,
                code=request.POST.get("code", ""),
                device=device_of(request),
                now=clock.now(),
            )
        except (Invalid, TooMany, Gone) as error:
            failure = error
        else:
            return signed_in(request, actor, target)
    return show_second_step(request, failure)


def show_second_step(request: HttpRequest, failure: SuigoError | None) -> HttpResponse:
    """The page of the second step: a code, or a passkey."""
    if elsewhere := _elsewhere(request, "code"):
        return elsewhere
    context = {"passkey_form": passkey_form(request, "staff-second-step-passkey")}
    return page(request, "identity/staff_second_step.html", context, inputs=[CODE], failure=failure)


@sensitive_post_parameters("new_password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def first_password(request: HttpRequest) -> HttpResponse:
    """``/staff/sign-in/password/``: the temporary password is replaced."""
    if elsewhere := _elsewhere(request, "password"):
        return elsewhere
    failure: SuigoError | None = None
    session = session_of(request)
    if request.method == "POST":
        now = clock.now()
        try:
            actions.set_first_password(
                session, password=request.POST.get("new_password", ""), now=now
            )
        except (Invalid, Gone) as error:
            failure = error
        else:
            step = actions.staff_step(session, now=now) or ""
            return HttpResponseRedirect(reverse(PAGES.get(step, "staff-sign-in")))
    context = {"heading": _("自分のパスワードを決めてください")}
    return page(
        request,
        "identity/staff_first_password.html",
        context,
        inputs=[NEW_PASSWORD],
        failure=failure,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """``/staff/sign-in/enrol/``: the authenticator app is connected for the first time."""
    if elsewhere := _elsewhere(request, "enrol"):
        return elsewhere
    failure: SuigoError | None = None
    session = session_of(request)
    if request.method == "POST":
        target = session.get(NEXT, home())
        try:
            codes = actions.enrol_totp(
                session,
                code=request.POST.get("code", ""),
                device=device_of(request),
                now=clock.now(),
            )
        except (Invalid, TooMany, Gone) as error:
            failure = error
        else:
            return enrolled(request, codes, target)
    return show_enrolment(request, failure)


def show_enrolment(request: HttpRequest, failure: SuigoError | None) -> HttpResponse:
    """The page of the first second factor: a passkey, or an authenticator app."""
    if elsewhere := _elsewhere(request, "enrol"):
        return elsewhere
    form = passkey_form(request, "staff-enrol-passkey", options="staff-enrol-passkey-options")
    context = {**_enrolment(request), "passkey_form": form}
    return page(request, "identity/staff_enrol.html", context, inputs=[CODE], failure=failure)


def enrolled(request: HttpRequest, codes: tuple[str, ...], target: str) -> HttpResponse:
    """Signed in with a first second factor: on to the recovery codes, which are shown once."""
    show_once(request, list(codes))
    request.session[NEXT] = target
    return finish_sign_in(request, reverse("staff-recovery-codes"))


def _enrolment(request: HttpRequest) -> dict[str, str]:
    issuer = f"{city().name} Suigo"
    enrolment = actions.start_totp_enrolment(session_of(request), issuer=issuer, now=clock.now())
    picture = segno.make(enrolment.uri, error="m").svg_data_uri(scale=5, border=3, light="#fff")
    secret = enrolment.secret
    grouped = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    return {"picture": picture, "secret": grouped}


@never_cache
@require_safe
@staff_required()
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """``/staff/sign-in/recovery-codes/``: shown once, right after they were made."""
    codes = shown_once(request)
    target = request.session.get(NEXT, home())
    if not codes:
        return HttpResponseRedirect(target)
    return render(request, "identity/staff_recovery_codes.html", {"codes": codes, "next": target})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """``/staff/sign-out/``: GET asks, POST does it."""
    if request.method == "POST":
        actions.sign_out(actor_of(request), session_of(request), now=clock.now())
        return HttpResponseRedirect(reverse("staff-sign-in"))
    return render(request, "identity/sign_out.html", {"staff": True})


@never_cache
@require_safe
@staff_required()
def account(request: HttpRequest) -> HttpResponse:
    """``/staff/account/``: posts, sessions, and the way to new credentials."""
    actor, now = actor_of(request), clock.now()
    row = session_of(request).row
    context = {
        "sessions": queries.sessions_of(actor, current=row.public_id if row else None, now=now),
        "done": DONE.get(request.GET.get("done", ""), ""),
        "end_url": "staff-end-session",
        "end_others_url": "staff-end-other-sessions",
    }
    return render(request, "identity/staff_account.html", context)


@require_POST
@staff_required()
def end_session(request: HttpRequest, session: UUID) -> HttpResponse:
    """Ends one of one's own sessions."""
    actions.end_session(actor_of(request), session, now=clock.now())
    return HttpResponseRedirect(reverse("staff-account") + "?done=ended")


@require_POST
@staff_required()
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Ends every session but this one."""
    row = session_of(request).row
    keep = row.public_id if row else None
    actions.end_all_sessions(actor_of(request), keep=keep, now=clock.now())
    return HttpResponseRedirect(reverse("staff-account") + "?done=others-ended")


@sensitive_post_parameters("current_password", "new_password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required()
def password(request: HttpRequest) -> HttpResponse:
    """``/staff/account/password/``."""
    failure: SuigoError | None = None
    if request.method == "POST":
        try:
            actions.change_password(
                actor_of(request),
                session_of(request),
                current=request.POST.get("current_password", ""),
                new=request.POST.get("new_password", ""),
                now=clock.now(),
            )
        except (Invalid, TooMany, Gone) as error:
            failure = error
        else:
            return HttpResponseRedirect(reverse("staff-account") + "?done=password")
    current = Input(
        name="current_password",
        label=_("今のパスワード"),
        kind="password",
        autocomplete="current-password",
    )
    context = {"heading": _("パスワードの変更"), "back": reverse("staff-account")}
    return page(
        request,
        "identity/staff_password.html",
        context,
        inputs=[current, NEW_PASSWORD],
        failure=failure,
    )


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required()
@fresh_required(does=_("認証アプリの登録し直し"))
def second_factor(request: HttpRequest) -> HttpResponse:
    """``/staff/account/second-factor/``: the second factor moves to another device."""
    failure: SuigoError | None = None
    if request.method == "POST":
        try:
            codes = actions.replace_totp(
                actor_of(request),
                session_of(request),
                password=request.POST.get("password", ""),
                code=request.POST.get("code", ""),
                now=clock.now(),
            )
        except (Invalid, TooMany, Gone) as error:
            failure = error
        else:
            show_once(request, list(codes))
            request.session[NEXT] = reverse("staff-account")
            return HttpResponseRedirect(reverse("staff-recovery-codes"))
    own = Input(
        name="password",
        label=_("今のパスワード"),
        kind="password",
        autocomplete="current-password",
    )
    return page(
        request,
        "identity/staff_second_factor.html",
        _enrolment(request),
        inputs=[own, CODE],
        failure=failure,
    )
