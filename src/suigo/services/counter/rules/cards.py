"""From what a card says to answers of a form."""

from datetime import date
from typing import Any

from suigo.kernel.japanese.addresses import split_address
from suigo.services.counter.providers import CardItems


def answers_of(card: CardItems) -> dict[str, Any]:
    """The card's items as answers to the four questions; what it does not say stays open.

    A card has no reading of the name and no postal code: the clerk asks for those.
    """
    found: dict[str, Any] = {"name": _name(card.name), "address": split_address(card.address)}
    day = _day(card.birth_date)
    if day is not None:
        found["birth_date"] = day.isoformat()
    if card.sex in {"1", "2"}:
        found["sex"] = card.sex
    return found


def _name(text: str) -> dict[str, str]:
    family, _space, given = text.replace("\u3000", " ").strip().partition(" ")
    return {"family": family, "given": given} if given else {"family": family}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
