"""Where the catalogue learns of guides that lead to its procedures.

Cases does not know the guide, which stands above it. ``project/installed.py`` gives a function;
until then there is nothing to link to.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from suigo.kernel.content import Text


@dataclass(frozen=True, slots=True)
class GuideLink:
    """A guide for one event of life, and where it begins."""

    title: Text
    url: str


Guides = Callable[[tuple[str, ...] | None], Sequence[GuideLink]]


def _none(life_events: tuple[str, ...] | None) -> Sequence[GuideLink]:
    return ()


_provider: Guides = _none


def use_guides(provider: Guides) -> None:
    """Take ``provider`` as the source from now on. Pages ask it, so it must be quick."""
    global _provider
    _provider = provider


def guide_links(life_events: tuple[str, ...] | None = None) -> Sequence[GuideLink]:
    """The guides for any of these events of the catalogue; for None every guide."""
    return _provider(life_events)
