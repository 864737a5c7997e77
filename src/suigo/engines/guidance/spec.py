"""``guides/<event>.yaml``: the decision table of one life event; ``guides/shared/``: what several
guides list (``entries.yaml``) and what people bring (``things.yaml``).
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from suigo.kernel.content import Spec, Text

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
OptionId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
UNKNOWN = "unknown"  # the answer わからない, which every yes-no question and every choice offers


class Basis(Spec):
    """Law and article. ``verify`` marks what still has to be looked up (要確認)."""

    law: str
    article: str | None = None
    verify: bool = False


class Thing(Spec):
    """Something to bring. One that several entries name is listed once."""

    title: Text
    note: Text | None = None


class ThingsSpec(Spec):
    """``guides/shared/things.yaml``."""

    things: dict[Id, Thing]


class Entry(Spec):
    """Something that a guide can list: a procedure of the catalogue, a visit, a document.

    ``kind``: duty (the law asks for it), right (people may ask for it), useful (good to know).
    Where it is done is ``department``, or ``elsewhere`` when it is not the city's.
    """

    title: Text
    kind: Literal["duty", "right", "useful"]
    summary: Text | None = None
    procedure: str | None = Field(None, description="id of the procedure to apply online")
    department: str | None = None
    elsewhere: Text | None = Field(None, description="a place that is not of this city hall")
    desk: Text | None = None
    online: Text | None = Field(None, description="what can be done online somewhere else")
    bring: tuple[Id, ...] = ()
    basis: tuple[Basis, ...] = ()
    verify: bool = Field(False, description="要確認: the city has not confirmed this entry")

    @model_validator(mode="after")
    def _has_a_place_and_a_basis(self) -> "Entry":
        if (self.department is None) == (self.elsewhere is None):
            raise ValueError("say either department or elsewhere")
        if self.kind != "useful" and not self.basis:
            raise ValueError("a duty or a right needs its basis (law and article)")
        return self


class EntriesSpec(Spec):
    """``guides/shared/entries.yaml``."""

    entries: dict[Id, Entry]


class Option(Spec):
    """One of the answers to a choice; of a question of kind several, one that may apply."""

    id: OptionId
    title: Text
    help: Text | None = None


class Question(Spec):
    """One question. In conditions its id is true or false (yes_no), the id of the chosen option
    as text (choice), or ``id.option`` is true or false (several). Dates only count deadlines.
    """

    id: Name
    kind: Literal["yes_no", "choice", "several", "date"]
    title: Text
    help: Text | None = None
    options: tuple[Option, ...] = ()
    show: str | None = Field(None, description="ask only when this holds; about earlier questions")

    @model_validator(mode="after")
    def _options_fit_the_kind(self) -> "Question":
        if (self.kind in ("choice", "several")) != bool(self.options):
            raise ValueError(f"{self.id}: choice and several have options, the others none")
        ids = [option.id for option in self.options]
        if len(set(ids)) != len(ids) or UNKNOWN in ids:
            raise ValueError(f"{self.id}: options need ids of their own, and not {UNKNOWN!r}")
        return self


class Deadline(Spec):
    """Until when. With ``from`` it is counted from an asked date and becomes a real date.

    One of ``days``, ``business_days``, ``months``, ``years``. ``first_day: counted`` where the
    law counts the day of the event itself (戸籍法43条); otherwise it is not counted (民法140条).
    ``before`` counts backwards. ``extended``: a last day on which the city is closed moves to the
    next working day (地方自治法4条の2第4項); only for periods after the event.
    """

    text: Text
    from_question: Name | None = Field(None, alias="from")
    days: Annotated[int, Field(ge=0, le=3660)] | None = None
    business_days: Annotated[int, Field(ge=0, le=366)] | None = None
    months: Annotated[int, Field(ge=1, le=120)] | None = None
    years: Annotated[int, Field(ge=1, le=100)] | None = None
    first_day: Literal["counted", "not_counted"] = "not_counted"
    before: bool = False
    extended: bool = True
    basis: str | None = Field(None, description="law and article of the period")
    verify: bool = False

    @model_validator(mode="after")
    def _counts_in_one_way(self) -> "Deadline":
        given = [
            v for v in (self.days, self.business_days, self.months, self.years) if v is not None
        ]
        if len(given) != (self.from_question is not None):
            raise ValueError("from goes with exactly one of days, business_days, months, years")
        if self.before and (self.months or self.years or self.first_day == "counted"):
            raise ValueError("before counts days or business_days, without the first day")
        return self


class Listing(Spec):
    """A row of the decision table: which entry, when, why, until when."""

    id: Id = Field(description="an entry of shared/entries.yaml")
    when: str | None = Field(None, description="absent: for everybody")
    because: Text
    deadline: Deadline | None = None
    bring: tuple[Id, ...] = Field((), description="beside what the entry names")
    basis: tuple[Basis, ...] = Field((), description="beside that of the entry")


class GuideSpec(Spec):
    """``guides/<event>.yaml``. ``letter`` begins the codes that open a result again."""

    letter: Annotated[str, Field(pattern=r"^[A-Z]$")]
    order: Annotated[int, Field(ge=0, le=999)]
    icon: str
    title: Text
    summary: Text
    life_events: tuple[str, ...] = Field((), description="the catalogue's events it belongs to")
    questions: tuple[Question, ...] = Field(min_length=1)
    results: tuple[Listing, ...] = Field(min_length=1)
    sample: bool = False
