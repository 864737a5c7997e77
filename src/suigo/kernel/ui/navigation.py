"""What leads from page to page. ``project/installed.py`` fills it once; pages only read it.

The base templates live on floor 0 and may not know who signs people in or lists cases, so the
project hands them the names of those pages.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from typing import Literal

from django.urls import NoReverseMatch, reverse

from suigo.kernel.access import Actor
from suigo.kernel.errors import Message
from suigo.kernel.manifest import NavigationItem

Face = Literal["public", "staff"]


@dataclass(frozen=True, slots=True)
class Places:
    """URL names of the pages that every page links to. What is None is not shown."""

    home: str | None = None
    search: str | None = None
    sign_in: str | None = None
    sign_out: str | None = None
    my_page: str | None = None
    staff_home: str | None = None
    staff_search: str | None = None
    staff_account: str | None = None
    staff_sign_out: str | None = None
    accessibility: str | None = None
    privacy: str | None = None
    plan: str | None = None
    waiting: str | None = None
    prepare_visit: str | None = None


@dataclass(frozen=True, slots=True)
class Tab:
    """A navigation item as a page shows it to one actor."""

    title: Message
    url: str
    current: bool
    count: int | None


_items: tuple[NavigationItem, ...] = ()
_places: dict[str, str] = {}


def install(items: Iterable[NavigationItem], places: Places) -> None:
    """Take over the navigation of all packages. Called once, when the project is put together."""
    global _items, _places
    _items = tuple(sorted(items, key=lambda item: (item.order, item.url_name)))
    named = {field.name: getattr(places, field.name) for field in fields(places)}
    _places = {name: url_name for name, url_name in named.items() if url_name is not None}
    _url.cache_clear()


def installed() -> tuple[tuple[NavigationItem, ...], Places]:
    """What was installed last."""
    return _items, Places(**_places)


def unreachable() -> list[str]:
    """URL names that were installed but lead nowhere, for the project's start-up check."""
    names = [item.url_name for item in _items] + list(_places.values())
    return [name for name in names if _url(name) == ""]


def places() -> dict[str, str]:
    """The installed places as addresses; a place whose page does not exist is left out."""
    return {place: url for place, name in _places.items() if (url := _url(name))}


def _shows(item: NavigationItem, actor: Actor) -> bool:
    wanted = item.capability
    if wanted is None:
        return True
    return any(actor.can(one) for one in ((wanted,) if isinstance(wanted, str) else wanted))


def tabs(*, face: Face, actor: Actor, path: str) -> list[Tab]:
    """The entries of one face that ``actor`` may open, in order.

    The entry whose address is the longest beginning of ``path`` is the current one.
    """
    allowed = [
        (item, _url(item.url_name)) for item in _items if item.face == face and _shows(item, actor)
    ]
    around = [url for _, url in allowed if url and path.startswith(url)]
    here = max(around, key=len, default="")
    return [
        Tab(
            title=item.title,
            url=url,
            current=url == here,
            count=item.count(actor) if item.count else None,
        )
        for item, url in allowed
        if url
    ]


@cache
def _url(name: str) -> str:
    """The address of a page without arguments, or an empty text if there is no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
