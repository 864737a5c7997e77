"""``plan.yaml``: a city's DX plan with its policies, measures, departments and timetable; and
``pages/``: what the city says about this city hall.

What is *not* here is how far a measure has come: that follows from the services (``rules.py``).
"""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from suigo.kernel.content import Spec, Text

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
YearId = Annotated[str, Field(pattern=r"^[MTSHR]\d{1,2}$")]
MeasureId = Annotated[str, Field(pattern=r"^\d+-\d+-\d{2}$")]


class Year(Spec):
    """A fiscal year of the timetable."""

    id: YearId
    title: Text


class Phase(Spec):
    """Words that stand in the cells of the timetable. ``kind`` only chooses how they look."""

    id: Id
    title: Text
    kind: Literal["study", "trial", "review"]


class Cell(Spec):
    """One cell of the timetable: the years it spans, and the phases in it in their order.

    Where a phase begins inside a cell of several years the plan does not say.
    """

    years: tuple[YearId, ...] = Field(min_length=1)
    phases: tuple[Id, ...] = Field(min_length=1)


class Measure(Spec):
    """One concrete measure (具体的な取組事例)."""

    id: MeasureId
    title: Text = Field(description="exactly as the plan words it")
    short_title: Text | None = None
    departments: tuple[Id, ...]
    every_department: bool = Field(False, description="全課")
    across: bool = Field(False, description="庁内横断的: led by the department, done by all")
    engines: tuple[str, ...] = Field((), description="shared engines it stands on")
    packages: tuple[str, ...] = Field((), description="services of its own, if any")
    works_when: Text = Field(description="what a person can do, end to end, once it works")
    timetable: tuple[Cell, ...] = Field(min_length=1)
    verify: bool = Field(False, description="要確認: the timetable could not be read for certain")

    @property
    def name(self) -> Text:
        """The short title where there is one."""
        return self.short_title or self.title

    @model_validator(mode="after")
    def _someone_is_responsible(self) -> "Measure":
        if bool(self.departments) == self.every_department:
            raise ValueError(f"{self.id}: name departments or say every_department, not both")
        return self


class Section(Spec):
    """A field of action under a policy; ``page`` is where it begins in the printed plan."""

    id: Annotated[str, Field(pattern=r"^\d+-\d+$")]
    title: Text
    aim: Text
    page: str | None = None
    measures: tuple[Measure, ...] = Field(min_length=1)


class Policy(Spec):
    """基本方針."""

    id: Annotated[str, Field(pattern=r"^\d+$")]
    title: Text
    aim: Text
    sections: tuple[Section, ...] = Field(min_length=1)


class PlanSpec(Spec):
    """The whole plan."""

    title: Text
    published: str
    purpose: Text
    years: tuple[Year, ...] = Field(min_length=1)
    phases: tuple[Phase, ...] = Field(min_length=1)
    policies: tuple[Policy, ...] = Field(min_length=1)

    def measures(self) -> Iterator[Measure]:
        """Every measure, in the order of the plan."""
        for policy in self.policies:
            for section in policy.sections:
                yield from section.measures

    @model_validator(mode="after")
    def _fits_together(self) -> "PlanSpec":
        _unique("year", [year.id for year in self.years])
        _unique("phase", [phase.id for phase in self.phases])
        _unique("measure", [measure.id for measure in self.measures()])
        for policy in self.policies:
            for section in policy.sections:
                _inside(section.id, policy.id)
                for measure in section.measures:
                    _inside(measure.id, section.id)
                    self._check_timetable(measure)
        return self

    def _check_timetable(self, measure: Measure) -> None:
        order = [year.id for year in self.years]
        phases = {phase.id for phase in self.phases}
        following = 0
        for cell in measure.timetable:
            if unknown := [phase for phase in cell.phases if phase not in phases]:
                raise ValueError(f"{measure.id}: unknown phases {unknown}")
            if unknown := [year for year in cell.years if year not in order]:
                raise ValueError(f"{measure.id}: unknown years {unknown}")
            first = order.index(cell.years[0])
            if first < following or list(cell.years) != order[first : first + len(cell.years)]:
                raise ValueError(f"{measure.id}: years must run in order without overlap")
            following = first + len(cell.years)


def _unique(kind: str, ids: list[str]) -> None:
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise ValueError(f"{kind} ids appear twice: {twice}")


def _inside(inner: str, outer: str) -> None:
    if not inner.startswith(f"{outer}-"):
        raise ValueError(f"{inner} does not belong under {outer}")


class PageSection(Spec):
    """One heading of an information page and what stands below it."""

    title: Text
    text: Text
    basis: str = Field("", description="law and article, if any")


class InformationPage(Spec):
    """A page of the city about the city hall itself, such as how it uses personal data."""

    title: Text
    sample: bool = Field(False, description="サンプル: the city has not confirmed the wording")
    sections: tuple[PageSection, ...] = Field(min_length=1)
