"""Signatures made with a visitor's card, for whoever needs one (``providers.SignProvider``)."""

import base64
import json
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from suigo.engines.identity import actions, providers
from suigo.engines.identity.providers import NotProven, SignedDigest
from suigo.engines.identity.web import flow
from suigo.engines.identity.web.visitors import network_of, safe_next, session_of
from suigo.kernel import clock, crypto
from suigo.kernel.access.web import actor_of
from suigo.kernel.errors import NotSignedIn, Refused, TooMany

PROVIDER = "card"
RESULT = "identity.signature"
DIGEST_OCTETS = 32


class CardSignatures:
    """The visitor's own card, through デジタル認証アプリ."""

    def is_ready(self) -> bool:
        """Whether this installation can have anything signed at all."""
        return providers.signing_service() is not None

    def begin(self, request: HttpRequest, digest: bytes, *, return_to: str) -> str:
        """See ``SignProvider.begin``."""
        if len(digest) != DIGEST_OCTETS:
            raise ValueError("a SHA-256 digest has 32 octets")
        if not actor_of(request).is_resident:
            raise NotSignedIn(_("署名するには、ログインが必要です。"))
        service, now = providers.signing_service(), clock.now()
        if service is None:
            raise Refused(_("この市では、まだカードで署名できません。"))
        try:
            actions.count_proof_request(network=network_of(request), now=now)
            sent, transaction = service.begin_signing(
                digest, redirect_uri=_redirect_uri(request), now=now
            )
        except (NotProven, TooMany) as failed:
            raise Refused(failed.message) from failed
        under = flow.Under(
            PROVIDER,
            "sign",
            sent,
            safe_next(return_to, default="/"),
            transaction,
            digest.hex(),
        )
        request.session.pop(RESULT, None)
        flow.remember(request, under, now=now)
        return sent.url

    def finish(self, request: HttpRequest, digest: bytes) -> SignedDigest:
        """See ``SignProvider.finish``."""
        kept = request.session.pop(RESULT, None)
        if kept is None:
            raise Refused(_("まだ署名されていません。"))
        found = json.loads(crypto.open_sealed(kept, purpose=RESULT))
        if "failure" in found:
            raise Refused(found["failure"])
        signed = SignedDigest(
            bytes.fromhex(found["digest"]),
            base64.b64decode(found["signature"]),
            base64.b64decode(found["certificate"]),
        )
        if signed.digest != digest:
            raise Refused(_("署名したあとで内容が変わりました。もう一度署名してください。"))
        return signed


CARD_SIGNATURES = CardSignatures()


def _redirect_uri(request: HttpRequest) -> str:
    return flow.absolute(request, "sign-in-back", provider=PROVIDER)


def take_signature(request: HttpRequest, under: flow.Under, *, now: datetime) -> HttpResponse:
    """Keep what came back, or why nothing did, and go on to the page that asked for it."""
    kept: dict[str, str]
    try:
        signed = _signed(request, under, now=now)
        kept = {
            "digest": signed.digest.hex(),
            "signature": base64.b64encode(signed.signature).decode(),
            "certificate": base64.b64encode(signed.certificate_der).decode(),
        }
    except NotProven as failed:
        kept = {"failure": str(failed)}
    request.session[RESULT] = crypto.seal(json.dumps(kept, ensure_ascii=False), purpose=RESULT)
    return HttpResponseRedirect(under.next)


def _signed(request: HttpRequest, under: flow.Under, *, now: datetime) -> SignedDigest:
    service = providers.signing_service()
    if service is None:
        raise NotProven(_("この市では、まだカードで署名できません。"))
    issuer, subject, signed = service.finish_signing(
        flow.answer_in(request),
        sent=under.sent,
        transaction=under.transaction,
        digest=bytes.fromhex(under.digest),
        redirect_uri=_redirect_uri(request),
        now=now,
    )
    if actions.is_somebody_elses(session_of(request), issuer=issuer, subject=subject):
        raise NotProven(_("このカードは、ログインしている方のものではないようです。"))
    return signed
