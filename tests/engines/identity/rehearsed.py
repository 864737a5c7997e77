"""A browser that goes to a provider and back, as a visitor does."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from django.http import HttpResponse
from django.test import Client

from suigo.engines.identity import adapters, providers
from suigo.engines.identity.oidc.keys import OwnKeys, new_keys
from suigo.kernel import clock
from suigo.project.rehearsal.provider import Rehearsal, rehearsal_settings
from suigo.project.rehearsal.server import rehearsing
from suigo.project.rehearsal.signing import Signer, plain_signer

CITY = "http://testserver"
KEYS = json.dumps({"keys": new_keys(named="test")})


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_everything: Any) -> None:
        return None


def post(url: str, data: dict[str, str]) -> tuple[int, str]:
    """Status and Location of an answer that is not followed."""
    request = Request(url, data=urlencode(data).encode())
    try:
        with build_opener(ProxyHandler({}), _Stay).open(request, timeout=10) as answer:
            return answer.status, answer.headers.get("Location", "")
    except HTTPError as redirect:
        with redirect:
            return redirect.code, redirect.headers.get("Location", "")


@dataclass
class Visit:
    """The way of one visitor through a sign-in with a provider."""

    rehearsal: Rehearsal
    client: Client = field(default_factory=Client)
    provider: str = "card"

    def begin(self, target: str = "/my/") -> str:
        """The address of the provider to which the visitor is sent."""
        begun = self.client.post(f"/sign-in/with/{self.provider}/", {"next": target})
        assert begun.status_code == 302, begun.content.decode()
        return begun["Location"]

    def be(self, person: str, place: str, misbehave: str = "") -> str:
        """The address to which the provider sends whoever chose to be ``person``."""
        status, back = post(place, {"person": person, "misbehave": misbehave})
        assert status == 302, place
        return back.removeprefix(CITY)

    def come(self, person: str, misbehave: str = "", target: str = "/my/") -> HttpResponse:
        """There and back."""
        return self.client.get(self.be(person, self.begin(target), misbehave))  # type: ignore[return-value]


def asked_in(place: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(place).query).items()}


@contextmanager
def rehearsed(settings: Any, signer: Signer = plain_signer) -> Iterator[Rehearsal]:
    """The invented providers, registered as a demonstration has them, in the test's time."""
    with rehearsing(CITY, signer=signer) as rehearsal:
        rehearsal.clock = lambda: clock.now().timestamp()
        rehearsal.city_keys = lambda: OwnKeys.parse(KEYS).public()
        settings.SUIGO_BASE_URL = CITY
        settings.SUIGO_SIGN_IN_KEYS = KEYS
        for name, value in rehearsal_settings(rehearsal.base).items():
            setattr(settings, name, value)
        adapters.install()
        try:
            yield rehearsal
        finally:
            providers.forget_all()


Visits = Callable[..., Visit]
