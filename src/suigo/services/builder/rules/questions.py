"""Editing ``form.yaml`` as plain data: pages and fields are found by path, never by position alone.

A place is a page (``owner``) or a field below one, with the ids of the groups around it
(``owner/applicant.name``). Nothing here asks whether the result is right; the loader does.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

Data = dict[str, Any]


class NoSuchPlace(LookupError):
    """Somebody else removed or renamed what was to be changed."""


@dataclass(frozen=True, slots=True)
class Question:
    """A field in its place. ``path`` is what conditions call it; inside a repeat it has a ``*``."""

    place: str
    path: str
    page: str
    data: Data
    depth: int
    first: bool
    last: bool

    @property
    def kind(self) -> str:
        return str(self.data.get("kind", ""))

    @property
    def holds_fields(self) -> bool:
        return self.kind in {"group", "repeat"}


def pages(form: Data) -> list[Data]:
    """The pages, in order; what is no page is left out."""
    found = form.get("pages")
    return [p for p in found if isinstance(p, dict)] if isinstance(found, list) else []


def questions(form: Data) -> Iterator[Question]:
    """Every field, groups before what they hold, in the order of the form."""
    for page in pages(form):
        yield from questions_of(page)


def questions_of(page: Data) -> Iterator[Question]:
    """Every field of one page."""
    page_id = str(page.get("id", ""))

    def walk(holder: Data, ids: tuple[str, ...], path: str, depth: int) -> Iterator[Question]:
        inside = fields_in(holder)
        for index, data in enumerate(inside):
            name = str(data.get("id", ""))
            own = (*ids, name)
            yield Question(
                place=f"{page_id}/{'.'.join(own)}",
                path=f"{path}{name}",
                page=page_id,
                data=data,
                depth=depth,
                first=index == 0,
                last=index == len(inside) - 1,
            )
            below = f"{path}{name}.*." if data.get("kind") == "repeat" else f"{path}{name}."
            yield from walk(data, own, below, depth + 1)

    yield from walk(page, (), "", 0)


def fields_in(holder: Data) -> list[Data]:
    """The fields directly inside a page, group or repeat."""
    found = holder.get("fields")
    return [f for f in found if isinstance(f, dict)] if isinstance(found, list) else []


def found(form: Data, place: str) -> Data:
    """The page or field at ``place``, to be changed. Raises ``NoSuchPlace``."""
    page_id, _slash, ids = place.partition("/")
    here = _named(pages(form), page_id)
    for name in ids.split(".") if ids else ():
        here = _named(fields_in(here), name)
    return here


def _named(among: list[Data], name: str) -> Data:
    for one in among:
        if one.get("id") == name:
            return one
    raise NoSuchPlace(name)


def _siblings(form: Data, place: str) -> tuple[list[Any], int]:
    """The list that ``place`` stands in, and where. Raises ``NoSuchPlace``."""
    target = found(form, place)
    page_id, _slash, ids = place.partition("/")
    if not ids:
        among = form["pages"]
    else:
        above = ids.rpartition(".")[0]
        among = found(form, f"{page_id}/{above}" if above else page_id)["fields"]
    return among, next(index for index, one in enumerate(among) if one is target)


def moved(form: Data, place: str, by: int) -> Data:
    """With the page or field one place up (-1) or down (1); at the edge nothing changes."""
    changed = deepcopy(form)
    among, index = _siblings(changed, place)
    target = index + by
    if 0 <= target < len(among):
        among[index], among[target] = among[target], among[index]
    return changed


def removed(form: Data, place: str) -> Data:
    """Without the page or field."""
    changed = deepcopy(form)
    among, index = _siblings(changed, place)
    del among[index]
    return changed


def added(form: Data, holder: str, fields: list[Data]) -> tuple[Data, list[str]]:
    """With new fields at the end of the page, group or repeat ``holder``, and their places.

    An id that is taken there gets a number behind it.
    """
    changed = deepcopy(form)
    target = found(changed, holder)
    inside = target.setdefault("fields", [])
    among_all = inside if "/" in holder else [f for p in pages(changed) for f in fields_in(p)]
    places = []
    for field in deepcopy(fields):
        field["id"] = free_id(field["id"], {str(f.get("id")) for f in among_all})
        inside.append(field)
        if among_all is not inside:
            among_all.append(field)
        separator = "." if "/" in holder else "/"
        places.append(f"{holder}{separator}{field['id']}")
    return changed, places


def added_page(form: Data, page: Data) -> tuple[Data, str]:
    """With a new page at the end, and its place."""
    changed = deepcopy(form)
    fresh = deepcopy(page)
    fresh["id"] = free_id(fresh["id"], {str(p.get("id")) for p in pages(changed)}, joint="-")
    changed.setdefault("pages", []).append(fresh)
    return changed, fresh["id"]


def replaced(form: Data, place: str, data: Data) -> Data:
    """With the page or field at ``place`` written anew; what it holds stays."""
    changed = deepcopy(form)
    among, index = _siblings(changed, place)
    kept = {"fields": among[index]["fields"]} if "fields" in among[index] else {}
    among[index] = {**{key: value for key, value in data.items() if key != "fields"}, **kept}
    return changed


def free_id(wanted: str, taken: set[str], *, joint: str = "_") -> str:
    """``wanted``, or with the first number behind it that nobody has."""
    if wanted not in taken:
        return wanted
    number = 2
    while f"{wanted}{joint}{number}" in taken:
        number += 1
    return f"{wanted}{joint}{number}"


def valid_id(field_id: str) -> bool:
    """Whether expressions and answers may call a field so."""
    return re.fullmatch(r"[a-z][a-z0-9_]{0,59}", field_id) is not None
