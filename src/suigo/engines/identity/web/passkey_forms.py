"""What templates need to offer a passkey."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from suigo.engines.identity import actions, queries
from suigo.engines.identity.web.visitors import network_of, session_of
from suigo.kernel import clock


@dataclass(frozen=True, slots=True)
class PasskeyForm:
    """One form that ``passkeys.js`` brings to life; it stays hidden without it."""

    action: str
    options: str
    origin: str
    elsewhere: str  # this page, where passkeys work
    next: str = ""
    autofill: bool = False


def passkey_form(
    request: HttpRequest,
    action: str,
    *,
    options: str = "passkey-options",
    target: str = "",
    autofill: bool = False,
) -> PasskeyForm | None:
    """The form that sends to the address named ``action``; None where there are no passkeys."""
    site = queries.passkey_site()
    if site is None:
        return None
    if autofill:
        actions.expect_passkey(session_of(request), network=network_of(request), now=clock.now())
    return PasskeyForm(
        action=reverse(action),
        options=reverse(options),
        origin=site.origin,
        elsewhere=site.origin + request.get_full_path(),
        next=target,
        autofill=autofill,
    )
