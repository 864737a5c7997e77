"""An address written in one line, in the parts that forms ask for."""

import re

PREFECTURE = re.compile(r"^(東京都|北海道|(?:京都|大阪)府|.{2,3}県)")
CITY = re.compile(r"^(.+?郡.+?[町村]|.+?市.+?区|.+?[市区町村])")
BLOCK = re.compile(
    r"[0-9０-９一二三四五六七八九十]+(?:番地|番|丁目|-|－|ー|の).*|[0-9０-９].*", re.DOTALL
)


def split_address(text: str) -> dict[str, str]:
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
