"""``counters.yaml``: the desks of a city hall, and what people take a number for."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, model_validator

from suigo.kernel.content import Spec, Text

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]


class Desk(Spec):
    """A place where people are served. ``letter`` begins its numbers: A12."""

    id: Id
    title: Text
    department: str
    letter: Annotated[str, Field(pattern=r"^[A-Z]$")]
    windows: tuple[Annotated[int, Field(ge=1, le=99)], ...] = Field(min_length=1)
    place: Text | None = Field(None, description="where in the building")
    hours: Text
    languages: tuple[str, ...] = Field((), description="beside Japanese, spoken or by interpreter")
    serves: bool = Field(False, description="this desk takes whole visits (書かない窓口)")


class Purpose(Spec):
    """What somebody comes for: a big button of the ticket machine."""

    id: Id
    title: Text
    hint: Text | None = None
    desk: Id
    icon: str
    guides: tuple[Id, ...] = Field((), description="guides that open with such a number")


class CountersSpec(Spec):
    """``counters.yaml``. ``keep_days``: so many days after a visit what it says about people is
    erased. ``usual_minutes``: how long somebody takes, until the day has figures of its own.
    """

    desks: tuple[Desk, ...] = Field(min_length=1)
    purposes: tuple[Purpose, ...] = Field(min_length=1)
    keep_days: Annotated[int, Field(ge=0, le=30)] = 1
    usual_minutes: Annotated[int, Field(ge=1, le=120)] = 15
    sample: bool = False

    @model_validator(mode="after")
    def _names_and_places_are_unique(self) -> "CountersSpec":
        for what, values in (
            ("desk", [desk.id for desk in self.desks]),
            ("letter", [desk.letter for desk in self.desks]),
            ("window", [window for desk in self.desks for window in desk.windows]),
            ("purpose", [purpose.id for purpose in self.purposes]),
        ):
            if len(set(values)) != len(values):
                raise ValueError(f"two have the same {what}")
        known = {desk.id for desk in self.desks}
        for purpose in self.purposes:
            if purpose.desk not in known:
                raise ValueError(f"purpose {purpose.id}: no desk is called {purpose.desk!r}")
        if not any(desk.serves for desk in self.desks):
            raise ValueError("no desk serves: say serves: true at one")
        return self

    def desk(self, desk_id: str) -> Desk | None:
        """The desk with this id, None when the city has none."""
        return next((desk for desk in self.desks if desk.id == desk_id), None)

    def desk_at(self, window: int) -> Desk | None:
        """The desk that a window belongs to."""
        return next((desk for desk in self.desks if window in desk.windows), None)

    def purpose(self, purpose_id: str) -> Purpose | None:
        """The purpose with this id."""
        return next((one for one in self.purposes if one.id == purpose_id), None)

    def windows(self) -> Iterator[tuple[int, Desk]]:
        """Every window with its desk, by number."""
        yield from sorted(
            ((window, desk) for desk in self.desks for window in desk.windows),
            key=lambda pair: pair[0],
        )
