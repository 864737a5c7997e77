"""Registering an address for mail: the address, then the code that went there."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from suigo.engines.identity import actions
from suigo.engines.identity.web.inputs import Input, page
from suigo.engines.identity.web.visitors import network_of
from suigo.kernel import clock
from suigo.kernel.access.web import actor_of, resident_required
from suigo.kernel.errors import Gone, Invalid, SuigoError, TooMany

PENDING = "identity.address"
ADDRESS = Input(
    name="email",
    label=_("メールアドレス"),
    kind="email",
    autocomplete="email",
    inputmode="email",
    width=0,
)
CODE = Input(
    name="code",
    label=_("コード（6桁の数字）"),
    autocomplete="one-time-code",
    inputmode="numeric",
    width=12,
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@resident_required()
def email(request: HttpRequest) -> HttpResponse:
    """``/my/account/email/``: asks for the address, then for the code that was sent to it."""
    if request.method != "POST":
        request.session.pop(PENDING, None)
        return _page(request)
    actor, now, network = actor_of(request), clock.now(), network_of(request)
    pending = request.session.get(PENDING)
    try:
        if pending and "code" in request.POST:
            actions.confirm_address(
                actor,
                code=UUID(pending["code"]),
                digits=request.POST["code"],
                network=network,
                now=now,
            )
            del request.session[PENDING]
            return HttpResponseRedirect(reverse("account") + "?done=saved")
        address = request.POST.get("email", "")
        code = actions.request_address_code(
            actor,
            address,
            network=network,
            language=get_language() or settings.LANGUAGE_CODE,
            now=now,
        )
    except (Invalid, TooMany, Gone) as failed:
        return _page(request, pending if "code" in request.POST else None, failed)
    pending = request.session[PENDING] = {"code": str(code), "email": address.strip()}
    return _page(request, pending)


def _page(
    request: HttpRequest,
    pending: dict[str, str] | None = None,
    failure: SuigoError | None = None,
) -> HttpResponse:
    demo_mail = "" if settings.PRODUCTION else "/demo/mail/"
    context = {"sent_to": pending["email"] if pending else "", "demo_mail": demo_mail}
    inputs = [CODE if pending else ADDRESS]
    return page(request, "identity/account_email.html", context, inputs=inputs, failure=failure)
