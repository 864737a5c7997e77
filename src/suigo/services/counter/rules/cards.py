"""From what a card says to answers of a form."""

import re
from datetime import date
from typing import Any

from suigo.services.counter.providers import CardItems

PREFECTURE = re.compile(r"^(東京都|北海道|(?:京都|大阪)府|.{2,3}県)")
CITY = re.compile(r"^(.+?郡.+?[町村]|.+?市.+?区|.+?[市区町村])")
BLOCK = re.compile(
    r"[0-9０-９一二三四五六七八九十]+(?:番地|番|丁目|-|－|ー|の).*|[0-9０-９].*", re.DOTALL
)


def answers_of(card: CardItems) -> dict[str, Any]:
    """The card's items as answers to the four questions; what it does not say stays open.

    A card has no reading of the name and no postal code: the clerk asks for those.
    """
    found: dict[str, Any] = {"name": _name(card.name), "address": _address(card.address)}
    day = _day(card.birth_date)
    if day is not None:
        found["birth_date"] = day.isoformat()
    if card.sex in {"1", "2"}:
        found["sex"] = card.sex
    return found


def _name(text: str) -> dict[str, str]:
    family, _space, given = text.replace("\u3000", " ").strip().partition(" ")
    return {"family": family, "given": given} if given else {"family": family}


def _address(text: str) -> dict[str, str]:
    """Prefecture, city and the rest, exactly as on the card."""
    whole, _space, building = text.strip().partition("\u3000")
    parts: dict[str, str] = {}
    prefecture = PREFECTURE.match(whole)
    if prefecture is not None:
        parts["prefecture"], whole = prefecture.group(), whole[prefecture.end() :]
    municipality = CITY.match(whole)
    if municipality is not None:
        parts["city"], whole = municipality.group(), whole[municipality.end() :]
    block = BLOCK.search(whole)
    parts["town"] = whole[: block.start()] if block is not None else whole
    if block is not None:
        parts["block"] = block.group()
    if building:
        parts["building"] = building
    return {key: value for key, value in parts.items() if value}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
