"""What nobody has confirmed yet in a procedure: every ``verify``, ``sample`` and ``to_confirm``."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from suigo.engines.cases.spec import (
    CountedDeadline,
    Fee,
    LegalBasis,
    LetterSpec,
    ProcedureSpec,
    Retention,
    StandardPeriod,
)
from suigo.engines.forms.spec.fields import BaseField

Mark = Literal["verify", "sample", "to_confirm"]
Topic = Literal[
    "name",
    "law",
    "deadline",
    "fee",
    "period",
    "working_period",
    "retention",
    "form",
    "letter",
    "procedure",
    "open",
]


@dataclass(frozen=True, slots=True)
class Doubt:
    """One fact to confirm.

    ``what`` says it as the content does, or is the bare number of a topic that is one (yen of the
    fee, days of the period, years of the retention). ``source`` is where it was read.
    """

    mark: Mark
    topic: Topic
    what: str
    note: str = ""
    source: str = ""


def doubts_of(spec: ProcedureSpec) -> Iterator[Doubt]:
    """Every fact that is marked, in the order of the package; what is listed in words last."""
    service = spec.service
    if service.official_title_verify:
        yield Doubt("verify", "name", service.official_title or service.title.ja)
    yield from _marked(spec)
    for item in service.to_confirm:
        yield Doubt("to_confirm", "open", item.what, item.note or "", item.source or "")


def _marked(part: object) -> Iterator[Doubt]:
    if isinstance(part, BaseModel):
        for mark in ("verify", "sample"):
            # on a file field, ``sample`` is an example to look at and no mark
            if getattr(part, mark, False) is True:
                yield _doubt(part, mark)
        for name in type(part).model_fields:
            yield from _marked(getattr(part, name))
    elif isinstance(part, tuple):
        for item in part:
            yield from _marked(item)


def _doubt(part: BaseModel, mark: Literal["verify", "sample"]) -> Doubt:
    match part:
        case LegalBasis():
            return Doubt(mark, "law", f"{part.title} {part.article or ''}".strip())
        case CountedDeadline():
            return Doubt(mark, "deadline", str(part.days), note=part.article or "")
        case Fee():
            return Doubt(mark, "fee", str(part.amount), note=part.note.ja if part.note else "")
        case StandardPeriod():
            working = part.unit == "business_days"
            topic: Topic = "working_period" if working else "period"
            return Doubt(mark, topic, str(part.days), source=part.source or "")
        case Retention():
            return Doubt(mark, "retention", str(part.years), source=part.source or "")
        case LetterSpec():
            return Doubt(mark, "letter", part.title)
        case BaseField():
            return Doubt(mark, "form", part.label.ja)
        case _:
            title = getattr(part, "title", None)
            return Doubt(mark, "procedure", title.ja if title is not None else type(part).__name__)
