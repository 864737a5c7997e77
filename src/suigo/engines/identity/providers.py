"""What identity asks of others, who prove who somebody is; and what it offers to those who have
something signed with a card.

Whoever wants a signature (the engine signing) is given a ``SignProvider`` by
``project/installed.py`` and never learns which service stands behind it. Providers to sign in with
are adapters, registered when the program starts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from suigo.kernel.access import Assurance
from suigo.kernel.errors import Message, SuigoError


@dataclass(frozen=True, slots=True)
class SignedDigest:
    """What came back from signing: a raw RSA signature (PKCS#1 v1.5) over ``digest`` as SHA-256,
    and the signer's certificate (署名用電子証明書). Nothing about either is verified yet."""

    digest: bytes
    signature: bytes
    certificate_der: bytes


class SignProvider(Protocol):
    """Has a digest signed with the signature key of the visitor's card."""

    def is_ready(self) -> bool:
        """Whether this installation can have anything signed at all."""
        ...

    def begin(self, request: HttpRequest, digest: bytes, *, return_to: str) -> str:
        """Start signing ``digest`` (32 bytes, SHA-256 of the document); returns the address to
        send the visitor to. ``return_to`` is a path of ours: they come back to it whether they
        signed or gave up, and the page there calls ``finish``.

        Raises ``Refused`` when the service does not answer, ``NotSignedIn`` without a resident.
        """
        ...

    def finish(self, request: HttpRequest, digest: bytes) -> SignedDigest:
        """What was signed, once: it is gone from the session afterwards.

        Raises ``Refused`` with a sentence for the resident when nothing was signed (they gave up,
        the service failed, another card than the account's was used) or when it was not ``digest``.
        """
        ...


class NotProven(SuigoError):
    """The provider did not prove who the visitor is; ``declined`` when they gave up themselves."""

    status = 422
    code = "not-proven"
    title = _("本人確認ができませんでした")

    def __init__(self, message: Message, *, declined: bool = False) -> None:
        super().__init__(message)
        self.declined = declined


@dataclass(frozen=True, slots=True)
class FourItems:
    """氏名・住所・生年月日・性別, verbatim as the card has them. ``gender`` is 1 male, 2 female, 3
    other, empty when not told."""

    name: str
    address: str
    birth_date: date
    gender: str


@dataclass(frozen=True, slots=True)
class BusinessFacts:
    """A business and who acts for it. ``account_type``: 1 エントリー, 2 プライム, 3 メンバー."""

    account_type: int
    corporate_number: str
    name: str
    prefecture: str = ""
    address: str = ""
    representative: str = ""
    person: str = ""
    person_kana: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """Who signed in, as a provider proved it."""

    provider: str
    issuer: str
    subject: str
    assurance: Assurance
    items: FourItems | None = None
    business: BusinessFacts | None = None
    email: str = ""  # only when the provider says that it verified it
    second_factor: bool = False  # whether the provider says that it asked for one
    proved_at: datetime | None = None  # when the provider says that they proved it


@dataclass(frozen=True, slots=True)
class Sent:
    """A visitor was sent to a provider; all but ``url`` is kept in their session."""

    url: str
    state: str
    nonce: str
    verifier: str


Face = Literal["resident", "staff"]


class SignInProvider(Protocol):
    """Somebody who proves who a visitor is."""

    @property
    def face(self) -> Face:
        """Who signs in here."""
        ...

    @property
    def assurance(self) -> Assurance:
        """The most that signing in here proves."""
        ...

    def begin(self, *, redirect_uri: str, anew: bool = False) -> Sent:
        """A new request; ``anew`` asks for a proof now, whoever is signed in there already. Raises
        ``NotProven`` when the provider can't be asked."""
        ...

    def finish(
        self, answer: Mapping[str, str], *, sent: Sent, redirect_uri: str, now: datetime
    ) -> Proof:
        """Who it was, from the provider's answer to ``sent``. Asks the provider, so never inside a
        transaction. Raises ``NotProven``."""
        ...


class SigningService(Protocol):
    """A provider whose sign-in can carry a signature (署名用電子証明書)."""

    def begin_signing(self, digest: bytes, *, redirect_uri: str, now: datetime) -> tuple[Sent, str]:
        """The request and the transaction's id. Raises ``NotProven``."""
        ...

    def finish_signing(
        self,
        answer: Mapping[str, str],
        *,
        sent: Sent,
        transaction: str,
        digest: bytes,
        redirect_uri: str,
        now: datetime,
    ) -> tuple[str, str, SignedDigest]:
        """Issuer, subject and what was signed. Raises ``NotProven``."""
        ...


def _none() -> tuple[tuple[str, str], ...]:
    return ()


authority_pages: Callable[[], tuple[tuple[str, str], ...]] = _none


def use_authority_pages(pages: Callable[[], tuple[tuple[str, str], ...]]) -> None:
    """Other pages about who may do what, as title and address. Called once, by
    ``installed.py``."""
    global authority_pages
    authority_pages = pages


_providers: dict[str, SignInProvider] = {}
_services: list[SigningService] = []


def register(name: str, provider: SignInProvider) -> None:
    """Make a provider usable at ``/sign-in/with/<name>/``."""
    _providers[name] = provider


def register_signing(service: SigningService) -> None:
    """Have signatures made by ``service``."""
    _services[:] = [service]


def forget_all() -> None:
    """As if nothing was registered, before registering anew."""
    _providers.clear()
    _services.clear()


def provider(name: str) -> SignInProvider | None:
    """The provider called ``name``, if this installation has it."""
    return _providers.get(name)


def signing_service() -> SigningService | None:
    """Who has signatures made, if this installation has anybody."""
    return _services[0] if _services else None


def available(face: Face) -> dict[str, SignInProvider]:
    """Whom residents, or staff, can sign in with here."""
    return {name: p for name, p in _providers.items() if p.face == face}


def highest_assurance() -> Assurance:
    """The most that a resident can prove here, the mailed code included."""
    return max((p.assurance for p in available("resident").values()), default=Assurance.CONTACT)
