"""The city this deployment serves: who it is, when it is open, how it looks. Data only."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field

from suigo.kernel.content.loader import load
from suigo.kernel.content.reload import Reloadable
from suigo.kernel.content.spec import Spec
from suigo.kernel.content.text import Text

MonthDay = Annotated[str, Field(pattern=r"^\d{2}-\d{2}$")]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]


class Source(Spec):
    """Where a fact comes from, when it was looked at, and whether the city confirmed it."""

    title: str
    url: str | None = None
    seen_on: str | None = None
    verified: bool = False
    note: str | None = None


class Accent(Spec):
    """The city's own colour: header line, illustrations, charts. Checked for contrast."""

    main: Colour
    on_main: Colour = "#ffffff"
    soft: Colour


class Closure(Spec):
    """Days in every year on which the offices are closed, as ``MM-DD`` from and to."""

    from_day: MonthDay
    to_day: MonthDay
    title: Text


class Recipient(Spec):
    """提供先: somebody outside the city who is given personal information, and why."""

    who: Text
    why: Text
    verify: bool = Field(False, description="要確認: not yet confirmed by the city")


class Handling(Spec):
    """利用目的 and 提供先, told whoever is asked (個人情報保護法62条).

    In ``purpose`` ``{title}`` is the procedure's title. No ``recipients`` says that nobody outside
    the city is given it, except as a law provides.
    """

    purpose: Text
    recipients: tuple[Recipient, ...] = ()
    verify: bool = Field(False, description="要確認: not yet confirmed by the city")


class Wait(Spec):
    """How long somebody is told to wait, counted in the days on which the city works."""

    working_days: Annotated[int, Field(ge=1, le=60)]
    from_date: date | None = Field(None, description="whoever asks from this day on")
    verify: bool = Field(False, description="要確認: not yet confirmed by the city")


class CitySpec(Spec):
    """``city.yaml``."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    code: Annotated[str, Field(pattern=r"^\d{6}$", description="全国地方公共団体コード")]
    name: Text
    reading: str
    prefecture: Text
    corporate_number: Annotated[str, Field(pattern=r"^\d{13}$")] | None = None
    postal_code: Annotated[str, Field(pattern=r"^\d{7}$")]
    address: Text
    phone: str | None = None
    phone_verify: bool = Field(False, description="要確認: not yet confirmed by the city")
    hours: Text
    closure: tuple[Closure, ...] = ()
    accent: Accent
    languages: tuple[str, ...] = ("ja", "ja-easy", "en")
    handling: Handling | None = Field(
        None, description="利用目的・提供先 of every procedure that says none of its own"
    )
    card_match: tuple[Wait, ...] = Field(
        (),
        description="until a clerk has compared a card with who it may be; empty: not said",
    )
    mayor_title: Text
    mayor_name: str | None = None
    website: str | None = None
    sample: bool = False
    sources: tuple[Source, ...] = ()

    def card_match_on(self, asked: date) -> Wait | None:
        """What somebody is told who comes with a card on this day."""
        begun = [w for w in self.card_match if w.from_date is None or w.from_date <= asked]
        return max(begun, key=lambda w: w.from_date or date.min, default=None)


@dataclass(frozen=True, slots=True)
class City:
    """A city's folder and its identity."""

    root: Path
    spec: CitySpec

    @property
    def id(self) -> str:
        return self.spec.id

    @property
    def name(self) -> Text:
        return self.spec.name


def load_city(root: Path) -> City:
    """Read the city in ``root``. Raises ``ContentErrors``."""
    return City(root=root, spec=load(root / "city.yaml", CitySpec))


_city = Reloadable(load_city)


def city() -> City:
    """The city of this deployment (``SUIGO_CITY``). Raises ``ContentErrors``."""
    return _city.get()
