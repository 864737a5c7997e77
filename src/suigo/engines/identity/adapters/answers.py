"""What a provider's answer says in words, before anything in it is believed."""

import hmac
import logging
from collections.abc import Mapping
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from suigo.engines.identity.oidc.client import Begun, FlowFailed, Why
from suigo.engines.identity.providers import NotProven, Sent
from suigo.kernel.errors import Message

logger = logging.getLogger(__name__)

LONGEST_CODE = 4096
GAVE_UP = frozenset({"access_denied", "login_required", "consent_required", "interaction_required"})
DOWN = frozenset({"server_error", "temporarily_unavailable"})
WORDS: dict[Why, Message] = {
    "declined": _("本人確認が途中で終わりました。もう一度ためすか、ほかの方法を選んでください。"),
    "unreachable": _(
        "本人確認のサービスから返事がありません。時間をおいて、もう一度ためしてください。"
    ),
    "refused": _(
        "本人確認のサービスとのやりとりがうまくいきませんでした。もう一度ためしてください。"
    ),
    "unproven": _(
        "本人確認のサービスの返事を確かめられませんでした。はじめからやり直してください。"
    ),
}


def sent(begun: Begun) -> Sent:
    """A request as the web keeps it."""
    return Sent(begun.url, begun.state, begun.nonce, begun.verifier)


def not_proven(failed: FlowFailed, *, provider: str) -> NotProven:
    """The failure in a resident's words; the details go to the log, which holds no claims."""
    logger.warning("sign-in with %s failed: %s", provider, failed)
    return NotProven(WORDS[failed.why], declined=failed.why == "declined")


def code_of(answer: Mapping[str, str], *, sent: Sent, issuer: str) -> str:
    """The code in an answer to exactly this request. Raises ``FlowFailed``."""
    if not hmac.compare_digest(answer.get("state", "").encode(), sent.state.encode()):
        raise FlowFailed("unproven", "another state")
    if answer.get("iss", issuer) != issuer:  # RFC 9207: an answer of another provider
        raise FlowFailed("unproven", "another issuer answers")
    error = answer.get("error", "")
    if error:
        why: Why = "declined" if error in GAVE_UP else "refused"
        raise FlowFailed("unreachable" if error in DOWN else why, error[:60])
    code = answer.get("code", "")
    if not 0 < len(code) <= LONGEST_CODE:
        raise FlowFailed("refused", "there is no code in the answer")
    return code


def host_of(address: str) -> frozenset[str]:
    """The host (with its port) that an address names."""
    return frozenset({urlsplit(address).netloc})


def text(claims: Mapping[str, object], name: str, *, longest: int = 300) -> str:
    """A claim that should be text; empty for anything else. Verbatim otherwise."""
    value = claims.get(name)
    return value.strip()[:longest] if isinstance(value, str) else ""
