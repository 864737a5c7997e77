"""What a package declares about itself. ``project/installed.py`` lists every manifest."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from django.urls import URLPattern, URLResolver

from suigo.kernel.errors import Message
from suigo.kernel.personal import PersonalData
from suigo.kernel.sealed import SealedRows


@dataclass(frozen=True, slots=True)
class Capability:
    """Something a role may be allowed to do. Roles get capabilities in the city's org.yaml."""

    id: str
    title: Message


@dataclass(frozen=True, slots=True)
class AuditType:
    """A kind of ledger entry: its sentence, and how personal data in it is erased.

    ``sentence`` is a format string over the entry's facts and personal values plus ``actor``. An
    entry that tells of a removal on schedule says by which ``rule``; its fact ``count`` is how many
    were removed, one without it.
    """

    id: str
    sentence: Message
    erasure: Message
    rule: Message | None = None


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """An entry of the staff or public navigation. ``count`` is asked once per page if given.

    Of several capabilities any one shows it.
    """

    title: Message
    url_name: str
    face: Literal["public", "staff"]
    capability: str | tuple[str, ...] | None = None
    count: Callable[[Any], int | None] | None = None
    order: int = 100


@dataclass(frozen=True, slots=True)
class Subscription:
    """A reaction to another package's event; it runs as a durable job after the commit.

    ``when`` looks at the event and says whether it matters; without it every one does.
    """

    event: type
    job: str
    when: Callable[[Any], bool] | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """One value per package: what it is, whom it serves, and what it adds to the whole.

    ``measures`` of the plan that it serves; ``works`` are those of them that a person can use
    end to end.
    """

    id: str
    title: Message
    audience: Message
    measures: tuple[str, ...] = ()
    works: tuple[str, ...] = ()
    urls: tuple[URLPattern | URLResolver, ...] = ()
    api_routers: tuple[tuple[str, Any], ...] = ()
    capabilities: tuple[Capability, ...] = ()
    audit_types: tuple[AuditType, ...] = ()
    navigation: tuple[NavigationItem, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    content_kinds: tuple[str, ...] = ()
    django_app: str | None = None
    sealed: tuple[SealedRows, ...] = ()
    personal: tuple[PersonalData, ...] = ()
    checks: tuple[Callable[[], list[str]], ...] = field(default=())
