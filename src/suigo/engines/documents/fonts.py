"""Which characters the fonts can draw. Asked before a document is issued, never after.

Fonts are those of the package and those an operator puts into ``SUIGO_DATA/fonts`` (such as
IPAmj Mincho for rare names). BIZ UD covers JIS X 0208 and 0213's common part with about 9,700
ideographic variation sequences.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont

BUNDLED = Path(__file__).parent / "fonts"
GETA = "〓"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What one font draws: characters, and pairs of a character and a variation selector."""

    characters: frozenset[int]
    variants: frozenset[tuple[int, int]]


def unprintable(text: str, *, folders: tuple[Path, ...] = (BUNDLED,)) -> list[str]:
    """The characters of ``text`` that can't be drawn as meant, each once, in order.

    A character that no font has, or a character with a variation selector whose form the font
    that has the character doesn't know (then both code points are one entry).
    """
    found: dict[str, None] = {}
    for character, selector in _clusters(text):
        if not drawable(character, selector, folders=folders):
            found[character + selector] = None
    return list(found)


def drawable(character: str, selector: str = "", *, folders: tuple[Path, ...] = (BUNDLED,)) -> bool:
    """Whether the fonts draw the character, in the form that the variation selector asks for."""
    if _invisible(character):
        return True
    fonts = [c for c in coverages(folders) if ord(character) in c.characters]
    if not fonts:
        return False
    if not selector:
        return True
    wanted = (ord(character), ord(selector))
    # the first font with the character is used, whichever style the text is in: all must agree
    return all(wanted in font.variants for font in fonts)


def printable(text: str, *, folders: tuple[Path, ...] = (BUNDLED,)) -> str:
    """``text`` with 〓 where no font has the character, and without control characters."""
    if text.isascii() and text.isprintable():
        return text
    out = []
    for character, selector in _clusters(text):
        if character == "\n" or (character.isprintable() and _drawn(character, folders)):
            out.append(character + selector)
        elif not _invisible(character):
            out.append(GETA)
        elif character in "\t\u2028\u2029\u0085\u00a0\u3000 ":
            out.append("\n" if character in "\u2028\u2029\u0085" else " ")
    return "".join(out)


@lru_cache(maxsize=4)
def coverages(folders: tuple[Path, ...]) -> tuple[Coverage, ...]:
    """What each regular font in the folders draws."""
    return tuple(c for folder in folders for path in _files(folder) for c in _read(path))


def _drawn(character: str, folders: tuple[Path, ...]) -> bool:
    return _invisible(character) or drawable(character, folders=folders)


def _files(folder: Path) -> list[Path]:
    found = sorted(p for p in folder.glob("*") if p.suffix.lower() in (".ttf", ".otf", ".ttc"))
    return [p for p in found if "bold" not in p.stem.lower()]


def _read(path: Path) -> Iterator[Coverage]:
    if path.suffix.lower() == ".ttc":
        with TTCollection(path, lazy=True) as collection:
            yield from (_coverage(font) for font in collection.fonts)
    else:
        with TTFont(path, lazy=True) as font:
            yield _coverage(font)


def _coverage(font: TTFont) -> Coverage:
    variants = {
        (base, selector)
        for table in font["cmap"].tables
        if table.format == 14
        for selector, entries in table.uvsDict.items()
        for base, _glyph in entries
    }
    return Coverage(frozenset(font.getBestCmap()), frozenset(variants))


def _clusters(text: str) -> Iterator[tuple[str, str]]:
    """Characters with the variation selector that follows, if any."""
    previous = ""
    for character in text:
        if _is_selector(character):
            if previous:
                yield previous, character
            previous = ""
        else:
            if previous:
                yield previous, ""
            previous = character
    if previous:
        yield previous, ""


def _is_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _invisible(character: str) -> bool:
    """White space, and characters that only steer how others are drawn."""
    return character.isspace() or unicodedata.category(character) in ("Cc", "Cf", "Zs", "Zl", "Zp")
