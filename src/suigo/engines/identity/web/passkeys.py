"""Signing in with a passkey, and the passkeys of one's own account."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from suigo.engines.identity import actions, queries
from suigo.engines.identity.web import residents, staff
from suigo.engines.identity.web.inputs import Input, page
from suigo.engines.identity.web.passkey_forms import passkey_form
from suigo.engines.identity.web.visitors import (
    device_of,
    network_of,
    safe_next,
    session_of,
    signed_in,
)
from suigo.kernel import clock
from suigo.kernel.access.fresh import fresh_required
from suigo.kernel.access.web import View, actor_of, resident_required, staff_required
from suigo.kernel.errors import Conflict, Gone, Invalid, Refused, SuigoError, TooMany

JSON = "application/json"
ADDS = _("パスキーを登録する")
REMOVES = _("パスキーを消す")
DONE = {
    "added": _("パスキーを登録しました。次からは、このパスキーでログインできます。"),
    "renamed": _("名前を変えました。"),
    "removed": _("パスキーを消しました。端末に残っているものは、端末の設定から消してください。"),
}


@never_cache
@require_POST
def options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to use a passkey: the same for everybody."""
    try:
        text = actions.ask_for_passkey(
            session_of(request), network=network_of(request), now=clock.now()
        )
    except (TooMany, Refused) as error:
        return HttpResponse(status=error.status)
    return HttpResponse(text, content_type=JSON)


@never_cache
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """``/sign-in/passkey/``: a resident's passkey answered."""
    target = safe_next(request.POST.get("next", ""), default=residents.home())
    return _sign_in(request, "resident", target, residents.show_sign_in)


@never_cache
@require_POST
def staff_sign_in(request: HttpRequest) -> HttpResponse:
    """``/staff/sign-in/passkey/``: in place of password and code."""
    target = safe_next(request.POST.get("next", ""), default=staff.home())
    return _sign_in(request, "staff", target, staff.show_sign_in)


def _sign_in(request: HttpRequest, kind: str, target: str, show: staff.Show) -> HttpResponse:
    try:
        actor = actions.sign_in_with_passkey(
            session_of(request),
            kind=kind,
            answer=request.POST.get("credential", ""),
            network=network_of(request),
            device=device_of(request),
            now=clock.now(),
        )
    except (Refused, Gone, TooMany) as error:
        return show(request, target, error)
    return signed_in(request, actor, target)


@never_cache
@require_POST
def staff_second_step(request: HttpRequest) -> HttpResponse:
    """``/staff/sign-in/second-step/passkey/``: a passkey in place of the app's code."""
    session = session_of(request)
    target = session.get(staff.NEXT, staff.home())
    try:
        actor = actions.second_step_with_passkey(
            session,
            answer=request.POST.get("credential", ""),
            network=network_of(request),
            device=device_of(request),
            now=clock.now(),
        )
    except (Refused, Gone, TooMany) as error:
        return staff.show_second_step(request, error)
    return signed_in(request, actor, target)


@never_cache
@require_POST
def staff_enrol_options(request: HttpRequest) -> HttpResponse:
    """What the browser needs to make the first second factor."""
    try:
        text = actions.ask_for_first_passkey(session_of(request), now=clock.now())
    except (Refused, Gone) as error:
        return HttpResponse(status=error.status)
    return HttpResponse(text, content_type=JSON)


@never_cache
@require_POST
def staff_enrol(request: HttpRequest) -> HttpResponse:
    """``/staff/sign-in/enrol/passkey/``: a passkey in place of the authenticator app."""
    session = session_of(request)
    target = session.get(staff.NEXT, staff.home())
    try:
        codes = actions.enrol_passkey(
            session,
            answer=request.POST.get("credential", ""),
            name=request.POST.get("name", "") or device_of(request) or str(_("自分の端末")),
            device=device_of(request),
            now=clock.now(),
        )
    except (Invalid, Refused, Gone, Conflict) as error:
        return staff.show_enrolment(request, error)
    return staff.enrolled(request, codes, target)


@dataclass(frozen=True, slots=True)
class Face:
    """Where the passkeys of residents, or of staff, are looked after."""

    template: str
    prefix: str  # of the addresses' names
    account: str

    def url(self, name: str, *arguments: UUID) -> str:
        """The address of one of this face's pages."""
        return reverse(f"{self.prefix}{name}", args=arguments)


RESIDENT = Face("ui/public.html", "", "account")
STAFF = Face("ui/staff.html", "staff-", "staff-account")


def _list(request: HttpRequest, face: Face, failure: SuigoError | None = None) -> HttpResponse:
    """The page with one's passkeys and the way to a new one."""
    context = {
        "face": face.template,
        "is_staff": face is STAFF,
        "passkeys": queries.passkeys_of(actor_of(request)),
        "edit_url": f"{face.prefix}passkey",
        "back": reverse(face.account),
        "done": DONE.get(request.GET.get("done", ""), ""),
        "form": passkey_form(
            request, f"{face.prefix}passkeys", options=f"{face.prefix}new-passkey-options"
        ),
    }
    name = Input(
        name="name",
        label=_("このパスキーの名前"),
        value=device_of(request) or str(_("自分の端末")),
        hint=_("あとで見分けられる名前。例: 自分のスマートフォン"),
    )
    return page(request, "identity/passkeys.html", context, inputs=[name], failure=failure)


def _add(request: HttpRequest, face: Face) -> HttpResponse:
    try:
        actions.register_passkey(
            actor_of(request),
            session_of(request),
            answer=request.POST.get("credential", ""),
            name=request.POST.get("name", ""),
            now=clock.now(),
        )
    except (Invalid, Refused, Gone, Conflict) as error:
        return _list(request, face, error)
    return HttpResponseRedirect(face.url("passkeys") + "?done=added")


def _pages(face: Face) -> dict[str, View]:
    """The views of one face. Looking at the list needs no fresh proof; all else does."""

    def listed(request: HttpRequest) -> HttpResponse:
        """One's passkeys; a new one is sent here."""
        if request.method == "POST":
            return _add(request, face)
        return _list(request, face)

    def new_options(request: HttpRequest) -> HttpResponse:
        """What the browser needs to make a passkey."""
        try:
            text = actions.ask_for_new_passkey(
                actor_of(request), session_of(request), now=clock.now()
            )
        except Refused as error:
            return HttpResponse(status=error.status)
        return HttpResponse(text, content_type=JSON)

    def one(request: HttpRequest, passkey: UUID) -> HttpResponse:
        """One passkey: its name, and the way to remove it."""
        failure: SuigoError | None = None
        line = queries.passkey_of(actor_of(request), passkey)
        if request.method == "POST":
            try:
                actions.rename_passkey(
                    actor_of(request), passkey, name=request.POST.get("name", ""), now=clock.now()
                )
            except Invalid as error:
                failure = error
            else:
                return HttpResponseRedirect(face.url("passkeys") + "?done=renamed")
        return _one(request, face, line, failure)

    def remove(request: HttpRequest, passkey: UUID) -> HttpResponse:
        """Makes one passkey worthless."""
        try:
            actions.remove_passkey(actor_of(request), passkey, now=clock.now())
        except Refused as error:
            line = queries.passkey_of(actor_of(request), passkey)
            return _one(request, face, line, error)
        return HttpResponseRedirect(face.url("passkeys") + "?done=removed")

    enter = staff_required() if face is STAFF else resident_required()
    either = require_http_methods(["GET", "HEAD", "POST"])
    add, away = fresh_required(does=ADDS), fresh_required(does=REMOVES)
    return {
        "passkeys": never_cache(either(enter(add(listed)))),
        "new-passkey-options": never_cache(require_POST(enter(add(new_options)))),
        "passkey": never_cache(either(enter(away(one)))),
        "remove-passkey": never_cache(require_POST(enter(away(remove)))),
    }


def _one(
    request: HttpRequest, face: Face, line: queries.PasskeyLine, failure: SuigoError | None
) -> HttpResponse:
    context = {
        "face": face.template,
        "passkey": line,
        "back": face.url("passkeys"),
        "remove_url": face.url("remove-passkey", line.public_id),
    }
    name = Input(name="name", label=_("名前"), value=line.name)
    return page(request, "identity/passkey.html", context, inputs=[name], failure=failure)


RESIDENTS_PAGES = _pages(RESIDENT)
STAFF_PAGES = _pages(STAFF)
__all__ = ["RESIDENTS_PAGES", "STAFF_PAGES", "options", "sign_in", "staff_sign_in"]
