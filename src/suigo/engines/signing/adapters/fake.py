"""A card that signs, played on a page of our own: for tests and the demonstration.

It keeps the promises of ``SignProvider`` (the same tests run against it as against a real one),
with invented certificates that only this installation believes, and never in production.
"""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from suigo.engines.identity.providers import SignedDigest, SignProvider
from suigo.engines.signing.actions import rehearsing
from suigo.kernel.access.web import actor_of
from suigo.kernel.errors import NotSignedIn, Refused


class Fake:
    """Sends visitors to ``/demo/card/``, where they choose a card or give up."""

    def __init__(self, address: str) -> None:
        self._address = address

    def is_ready(self) -> bool:
        return not settings.PRODUCTION and self._address == "fake:"

    def begin(self, request: HttpRequest, digest: bytes, *, return_to: str) -> str:
        """Raises ``NotSignedIn`` without a resident."""
        if not actor_of(request).is_resident:
            raise NotSignedIn(_("署名するには、ログインが必要です。"))
        rehearsing.ask(request.session, digest, return_to)
        return reverse("demo-card")

    def finish(self, request: HttpRequest, digest: bytes) -> SignedDigest:
        """Raises ``Refused`` when nothing was signed, or something else."""
        signed = rehearsing.answered(request.session)
        if signed is None:
            raise Refused(_("署名されていません。もう一度お試しください。"))
        if signed.digest != digest:
            raise Refused(_("別の書類の署名が届きました。もう一度署名してください。"))
        return signed


def connect(address: str) -> SignProvider:
    """The rehearsal."""
    return Fake(address)
