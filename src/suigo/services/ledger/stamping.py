"""Time stamps (RFC 3161): somebody outside the city says when a proof was there at the latest.

pyHanko asks and checks; it is loaded when somebody first needs it.
"""

import asyncio
import hashlib
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from suigo.engines.identity.oidc.fetching import NotAllowed, Unreachable, fetch

Send = Callable[[bytes], bytes]
"""Takes a request to the authority; returns what it answered, or raises ``NotStamped``."""

ALGORITHM = "sha256"
STRONG = frozenset({"sha256", "sha384", "sha512"})
CLOCKS_DIFFER = timedelta(minutes=10)  # by so much at most, between the authority and this computer
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"


class NotStamped(Exception):
    """There is no time stamp this time; the message says why."""


def sender(url: str) -> Send:
    """Asks the authority at ``url``: only its host, never redirected, bounded in time and size."""

    def send(request: bytes) -> bytes:
        headers = {"Content-Type": QUERY, "Accept": REPLY}
        host = frozenset({urlsplit(url).netloc})
        try:
            answer = fetch(url, hosts=host, data=request, headers=headers)
        except (Unreachable, NotAllowed) as failed:
            raise NotStamped(str(failed)) from failed
        if answer.status != 200:
            raise NotStamped(f"status {answer.status}")
        return answer.body

    return send


def stamp(
    statement: bytes, *, send: Send, authorities: Path | None, now: datetime
) -> tuple[bytes, datetime]:
    """A token over ``statement`` and the moment that it tells. Raises ``NotStamped``."""
    client: Any = import_module("pyhanko.sign.timestamps.api").TimeStamper()
    tsp: Any = import_module("asn1crypto.tsp")
    refused: Any = import_module("pyhanko.sign.timestamps").TimestampRequestError

    async def through_our_door(request: Any) -> Any:
        return tsp.TimeStampResp.load(send(request.dump()), strict=True)

    client.async_request_tsa_response = through_our_door
    digest = hashlib.sha256(statement).digest()
    try:
        token: bytes = _finished(client.async_timestamp(digest, ALGORITHM)).dump()
    except (refused, ValueError, TypeError, KeyError, AttributeError) as broken:
        raise NotStamped(f"{type(broken).__name__}: {broken}") from broken
    wrong = fault(token, statement, authorities=authorities)
    if wrong:
        raise NotStamped(wrong)
    told = moment_of(token)
    if abs(told - now) > CLOCKS_DIFFER:
        raise NotStamped(f"it tells {told.isoformat()}")
    return token, told


def fault(token: bytes, statement: bytes, *, authorities: Path | None) -> str:
    """What is wrong with a token over ``statement``, '' when nothing is.

    Its signer is believed when a certificate of the file ``authorities`` (PEM) says so as of the
    moment that the token tells; without a file nobody asks who signed.
    """
    generic: Any = import_module("pyhanko.sign.validation.generic_cms")
    validator: Any = import_module("pyhanko_certvalidator")
    try:
        signed, info = _opened(token)
        roots = _certificates(authorities) if authorities else []
        context = validator.ValidationContext(
            trust_roots=roots, moment=info["gen_time"].native, allow_fetching=False
        )
        if info["message_imprint"]["hash_algorithm"]["algorithm"].native not in STRONG:
            return "uses a weak digest"
        found = _finished(
            generic.validate_tst_signed_data(
                signed, context, lambda name: hashlib.new(name, statement).digest()
            )
        )
    except Exception as broken:  # an altered token breaks its readers in any way
        return f"can not be read ({type(broken).__name__})"
    if not (found["intact"] and found["valid"]):
        return "is not that of its statement"
    if authorities and found["trust_problem_indic"] is not None:
        return "is signed by nobody who is believed"
    return ""


def moment_of(token: bytes) -> datetime:
    """When the authority says that it was."""
    told: datetime = _opened(token)[1]["gen_time"].native
    return told


def _opened(token: bytes) -> tuple[Any, Any]:
    cms: Any = import_module("asn1crypto.cms")
    import_module("asn1crypto.tsp")  # tells cms what a time stamp is
    signed = cms.ContentInfo.load(token, strict=True)["content"]
    return signed, signed["encap_content_info"]["content"].parsed


def _certificates(file: Path) -> list[Any]:
    pem: Any = import_module("asn1crypto.pem")
    x509: Any = import_module("asn1crypto.x509")
    content = file.read_bytes()
    return [x509.Certificate.load(der) for _n, _h, der in pem.unarmor(content, multiple=True)]


def _finished(work: Coroutine[Any, Any, Any]) -> Any:
    """The result of what pyHanko does in its own loop, wherever this is called from."""
    with ThreadPoolExecutor(max_workers=1) as alone:
        return alone.submit(asyncio.run, work).result()
