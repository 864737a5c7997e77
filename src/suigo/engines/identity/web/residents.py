"""Sign-in by a code, sign-out, and a resident's own account."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from suigo.engines.identity import actions, providers, queries
from suigo.engines.identity.queries import records
from suigo.engines.identity.web.inputs import Input, page
from suigo.engines.identity.web.passkey_forms import passkey_form
from suigo.engines.identity.web.visitors import (
    device_of,
    network_of,
    remember_language,
    safe_next,
    session_of,
    signed_in,
)
from suigo.kernel import clock
from suigo.kernel.access import Assurance
from suigo.kernel.access.web import actor_of, resident_required
from suigo.kernel.errors import Gone, Invalid, SuigoError, TooMany
from suigo.kernel.ui import navigation

PENDING = "identity.sign-in"
LEVELS = {"identity": Assurance.IDENTITY, "signature": Assurance.SIGNATURE}
GENDERS = {"1": _("男"), "2": _("女"), "3": _("その他")}
DONE = {
    "saved": _("変更を保存しました。"),
    "ended": _("ログインを終わらせました。"),
    "others-ended": _("この端末のほかのログインを、すべて終わらせました。"),
}


def home() -> str:
    """Where residents go who had no page in mind."""
    return navigation.places().get("my_page") or reverse("account")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """``/sign-in/?next=&level=``: the ways to sign in, with what each needs; by mail a code is sent
    from here. ``level`` leaves only the ways that prove enough for the page asked for."""
    asked = request.POST.get("next", "") or request.GET.get("next", "")
    target = safe_next(asked, default=home())
    level = LEVELS.get(request.GET.get("level", ""), Assurance.CONTACT)
    actor = actor_of(request)
    if request.method != "POST" and actor.is_resident and actor.assurance >= level:
        return HttpResponseRedirect(target)
    failure: SuigoError | None = None
    if request.method == "POST":
        email = request.POST.get("email", "")
        try:
            code = actions.request_sign_in_code(
                email,
                network=network_of(request),
                language=get_language() or settings.LANGUAGE_CODE,
                now=clock.now(),
            )
        except (Invalid, TooMany) as error:
            failure = error
        else:
            pending = {"code": str(code), "email": email.strip(), "next": target}
            request.session[PENDING] = pending
            return HttpResponseRedirect(reverse("sign-in-code"))
    return show_sign_in(request, target, failure)


def show_sign_in(request: HttpRequest, target: str, failure: SuigoError | None) -> HttpResponse:
    """The page of the sign-in. Whoever has a passkey is offered it in the field, too."""
    level = LEVELS.get(request.GET.get("level", ""), Assurance.CONTACT)
    inputs = [
        Input(
            name="email",
            label=_("メールアドレス"),
            kind="email",
            autocomplete="email webauthn",
            inputmode="email",
            width=0,
        )
    ]
    ways = {
        name: provider
        for name, provider in providers.available("resident").items()
        if provider.assurance >= level
    }
    context = {
        "next": target,
        "demo_mail": _demo_mail(),
        "ways": ways,
        "mail": level <= Assurance.CONTACT,
        "level": level.name.lower(),
        "passkey_form": passkey_form(request, "passkey-sign-in", target=target, autofill=True),
    }
    return page(request, "identity/sign_in.html", context, inputs=inputs, failure=failure)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """``/sign-in/code/``: takes the six digits and goes back to where the visitor came from."""
    pending = request.session.get(PENDING)
    if not pending:
        if actor_of(request).is_resident:  # the button was pressed twice
            return HttpResponseRedirect(home())
        return HttpResponseRedirect(reverse("sign-in"))
    failure: SuigoError | None = None
    if request.method == "POST":
        try:
            actor = actions.sign_in_with_code(
                session_of(request),
                code=UUID(pending["code"]),
                digits=request.POST.get("code", ""),
                network=network_of(request),
                device=device_of(request),
                now=clock.now(),
            )
        except (Invalid, TooMany, Gone) as error:
            failure = error
        else:
            request.session.pop(PENDING, None)
            return signed_in(request, actor, pending["next"])
    inputs = [
        Input(
            name="code",
            label=_("コード（6桁の数字）"),
            autocomplete="one-time-code",
            inputmode="numeric",
            width=12,
        )
    ]
    context = {"email": pending["email"], "next": pending["next"], "demo_mail": _demo_mail()}
    return page(request, "identity/sign_in_code.html", context, inputs=inputs, failure=failure)


def _demo_mail() -> str:
    """The page on which a demonstration shows the mail it caught; empty in production."""
    return "" if settings.PRODUCTION else "/demo/mail/"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """``/sign-out/``: GET asks, POST does it."""
    if request.method == "POST":
        actions.sign_out(actor_of(request), session_of(request), now=clock.now())
        return HttpResponseRedirect(reverse("sign-out"))
    return render(request, "identity/sign_out.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@resident_required()
def account(request: HttpRequest) -> HttpResponse:
    """``/my/account/``: name, kana, language, and where one is signed in."""
    actor, now = actor_of(request), clock.now()
    failure: SuigoError | None = None
    if request.method == "POST":
        language = request.POST.get("language", "")
        try:
            actions.update_profile(
                actor,
                name=request.POST.get("name", ""),
                name_kana=request.POST.get("name_kana", ""),
                language=language,
                now=now,
            )
        except Invalid as error:
            failure = error
        else:
            response = HttpResponseRedirect(reverse("account") + "?done=saved")
            remember_language(response, language)
            return response
    name, name_kana, proven = records.profile_and_proofs(actor)
    row = session_of(request).row
    context = {
        "email": actor.email,
        "items": proven.items if proven else None,
        "gender": GENDERS.get(proven.items.gender, "") if proven and proven.items else "",
        "business": proven.business if proven else None,
        "proven_at": proven.at if proven else None,
        "card": providers.provider("card") is not None,
        "sessions": queries.sessions_of(actor, current=row.public_id if row else None, now=now),
        "done": DONE.get(request.GET.get("done", ""), ""),
        "passkeys": len(queries.passkeys_of(actor)),
        "end_url": "account-end-session",
        "end_others_url": "account-end-other-sessions",
    }
    inputs = [
        Input(
            name="name",
            label=_("氏名"),
            value=name,
            hint=_("戸籍や住民票のとおりに。旧字や異体字もそのまま残ります。"),
            autocomplete="name",
            required=False,
        ),
        Input(name="name_kana", label=_("氏名のふりがな"), value=name_kana, required=False),
        Input(
            name="language",
            label=_("市からのお知らせの言葉"),
            kind="select",
            value=actor.language,
            options=tuple(settings.LANGUAGES),
        ),
    ]
    if proven is not None and proven.items is not None:
        del inputs[0]  # the card says what one is called
    return page(request, "identity/account.html", context, inputs=inputs, failure=failure)


@require_POST
@resident_required()
def end_session(request: HttpRequest, session: UUID) -> HttpResponse:
    """Ends one of the resident's sessions."""
    actions.end_session(actor_of(request), session, now=clock.now())
    return HttpResponseRedirect(reverse("account") + "?done=ended")


@require_POST
@resident_required()
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Ends every session but this one."""
    row = session_of(request).row
    keep = row.public_id if row else None
    actions.end_all_sessions(actor_of(request), keep=keep, now=clock.now())
    return HttpResponseRedirect(reverse("account") + "?done=others-ended")
