"""Who acts, and what they may do. Identity builds one ``Actor`` per request; policies ask it."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Literal

from django.utils.translation import gettext_lazy as _

from suigo.kernel.errors import Forbidden, Message, NotSignedIn

__all__ = ["ANONYMOUS", "SYSTEM", "Actor", "Assurance", "NeedsProof"]

ActorKind = Literal["anonymous", "resident", "staff", "system"]
Channel = Literal["web", "api", "counter", "system"]


class Assurance(IntEnum):
    """How sure the city is of who is acting (a procedure states the least it accepts)."""

    NONE = 0
    CONTACT = 1  # an e-mail address was proven to be reachable
    IDENTITY = 2  # 利用者証明用電子証明書 or an equal proof
    SIGNATURE = 3  # 署名用電子証明書


class NeedsProof(NotSignedIn):
    """The visitor has to prove more about who they are. A page leads them to do just that, and
    back to where they are; the API answers as for ``NotSignedIn``."""

    def __init__(self, message: Message, *, assurance: Assurance) -> None:
        super().__init__(message, needs=f"assurance:{assurance.name}")
        self.assurance = assurance


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or the program itself, with everything a policy needs to decide."""

    kind: ActorKind
    account_id: int | None = None
    name: str = ""
    email: str = ""
    assurance: Assurance = Assurance.NONE
    departments: frozenset[str] = field(default_factory=frozenset)
    capabilities: frozenset[str] = field(default_factory=frozenset)
    # which department gives which capability: who holds posts in two decides only where the post
    # says so. None, for actors that no post made: every capability in every department
    held: frozenset[tuple[str, str]] | None = None
    posts: tuple[str, ...] = ()
    post_titles: tuple[str, ...] = ()  # the same posts in the city's own words
    channel: Channel = "web"
    language: str = "ja"
    proved_at: datetime | None = None  # when they last proved who they are, at this browser
    # the day on which all this holds; without one, nothing that is lent for some days is there
    today: date | None = None

    @property
    def is_staff(self) -> bool:
        return self.kind == "staff"

    @property
    def is_resident(self) -> bool:
        return self.kind == "resident"

    def can(self, capability: str) -> bool:
        """Whether a post of this actor carries ``capability`` (the program itself may all)."""
        return self.kind == "system" or capability in self.capabilities

    def where(self, capability: str) -> frozenset[str]:
        """The departments in which a post of this actor carries ``capability``."""
        if capability not in self.capabilities:
            return frozenset()
        if self.held is None:
            return self.departments
        return frozenset(department for department, what in self.held if what == capability)

    def can_in(self, department: str, capability: str) -> bool:
        """Whether a post of this actor in ``department`` carries ``capability``."""
        return self.kind == "system" or department in self.where(capability)

    def proved_within(self, lately: timedelta, *, now: datetime) -> bool:
        """Whether the last proof of who they are is not older than ``lately``."""
        return self.proved_at is not None and now - self.proved_at <= lately

    def require(self, capability: str, *, department: str | None = None) -> None:
        """Raises ``Forbidden`` unless the actor holds ``capability``, where it is to be used if
        that is a department."""
        held = self.can(capability) if department is None else self.can_in(department, capability)
        if not held:
            raise Forbidden(_("この操作を行う権限がありません。"), needs=capability)


ANONYMOUS = Actor(kind="anonymous")
SYSTEM = Actor(kind="system", name="Suigo", channel="system")
