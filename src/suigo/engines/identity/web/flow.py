"""Sending a visitor to a provider and taking them back: what the session remembers meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from suigo.engines.identity.providers import NotProven, Sent
from suigo.engines.identity.web.visitors import session_of
from suigo.kernel.fetching import LOOPBACK

FLOW = "identity.flow"
LIFETIME = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Under:
    """A request on its way: to whom, for what, and where to go on afterwards."""

    provider: str
    purpose: str  # sign-in or sign
    sent: Sent
    next: str
    transaction: str = ""
    digest: str = ""


def absolute(request: HttpRequest, name: str, **parts: str) -> str:
    """The address that the provider sends the visitor back to, as it is registered there.

    A rehearsal on this computer is visited by its number or by its name (passkeys want a name), and
    sessions are of one of them: there it is the name that the visitor used.
    """
    base = settings.SUIGO_BASE_URL
    if not settings.PRODUCTION and urlsplit(base).hostname in LOOPBACK:
        asked = f"{request.scheme}://{request.get_host()}"
        same = urlsplit(asked).hostname in LOOPBACK and urlsplit(asked).port == urlsplit(base).port
        base = asked if same else base
    return base + reverse(name, kwargs=parts or None)


def remember(request: HttpRequest, under: Under, *, now: datetime) -> None:
    """Keep a request in the visitor's session; one begun before is void."""
    row = session_of(request).row
    request.session[FLOW] = {
        "provider": under.provider,
        "purpose": under.purpose,
        "state": under.sent.state,
        "nonce": under.sent.nonce,
        "verifier": under.sent.verifier,
        "next": under.next,
        "transaction": under.transaction,
        "digest": under.digest,
        "account": row.account_id if row else None,
        "until": (now + LIFETIME).timestamp(),
    }


def take(request: HttpRequest, provider: str, *, now: datetime) -> Under:
    """The request that an answer belongs to; it is gone from the session before anything else is
    done with it, so that no answer is taken twice. Raises ``NotProven``."""
    kept = request.session.pop(FLOW, None)
    if kept is None or kept["provider"] != provider or now.timestamp() > kept["until"]:
        raise NotProven(
            _(
                "この本人確認はもう終わっているか、時間がたっています。はじめからやり直してください。"
            )
        )
    row = session_of(request).row
    owner = row.account_id if row else None
    if owner != kept["account"]:
        raise NotProven(_("とちゅうでログインが変わりました。はじめからやり直してください。"))
    return Under(
        provider=provider,
        purpose=kept["purpose"],
        sent=Sent("", kept["state"], kept["nonce"], kept["verifier"]),
        next=kept["next"],
        transaction=kept["transaction"],
        digest=kept["digest"],
    )


def answer_in(request: HttpRequest) -> Mapping[str, str]:
    """The provider's answer. Said twice, a parameter says nothing (RFC 6749 section 3.1)."""
    return {name: values[0] for name, values in request.GET.lists() if len(values) == 1}
