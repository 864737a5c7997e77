"""A guide made ready: its expressions checked and compiled, its entries joined in."""

from collections.abc import Mapping
from dataclasses import dataclass

from suigo.engines.guidance.spec import Entry, GuideSpec, Listing, Question, Thing
from suigo.kernel.expressions import Environment, Expression, ValueType

Where = tuple[str | int, ...]


class GuideFaults(ValueError):
    """What is wrong in the guide's expressions: places in the file and messages."""

    def __init__(self, faults: list[tuple[Where, str]]) -> None:
        super().__init__("; ".join(message for _where, message in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the decision table, ready: ``when`` is None for everybody."""

    listing: Listing
    entry: Entry
    when: Expression | None


@dataclass(frozen=True)
class Guide:
    """A guide ready to use; shared by all threads."""

    id: str
    spec: GuideSpec
    rows: tuple[Row, ...]
    shows: Mapping[str, Expression]
    things: Mapping[str, Thing]

    def question(self, question_id: str) -> Question:
        """The question with this id. Raises ``KeyError``."""
        for question in self.spec.questions:
            if question.id == question_id:
                return question
        raise KeyError(question_id)


def names_of(question: Question) -> dict[str, ValueType]:
    """What conditions may call the answer to this question. Dates have no name: what is listed
    must follow from choices alone, so that it can be proved that each result can occur.
    """
    match question.kind:
        case "yes_no":
            return {question.id: ValueType.BOOLEAN}
        case "choice":
            return {question.id: ValueType.TEXT}
        case "several":
            return {f"{question.id}.{o.id}": ValueType.BOOLEAN for o in question.options}
        case _:
            return {}


def question_of(name: str) -> str:
    """The question that a name in a condition belongs to."""
    return name.split(".")[0]


def compile_guide(
    guide_id: str, spec: GuideSpec, *, entries: Mapping[str, Entry], things: Mapping[str, Thing]
) -> Guide:
    """Check every expression and reference inside the guide. Raises ``GuideFaults``."""
    faults: list[tuple[Where, str]] = []
    names: dict[str, ValueType] = {}
    shows: dict[str, Expression] = {}
    dates: set[str] = set()
    for index, question in enumerate(spec.questions):
        where: Where = ("questions", index)
        if question.show is not None:
            found = _compiled(question.show, names, (*where, "show"), faults)
            if found is not None:
                shows[question.id] = found
        if question.id in dates or any(question_of(name) == question.id for name in names):
            faults.append(((*where, "id"), f"the question {question.id!r} appears twice"))
        names |= names_of(question)
        if question.kind == "date":
            dates.add(question.id)
    environment = Environment(names)
    rows: list[Row] = []
    for index, listing in enumerate(spec.results):
        where = ("results", index)
        entry = entries.get(listing.id)
        if entry is None:
            faults.append(((*where, "id"), f"no entry {listing.id!r} in shared/entries.yaml"))
            continue
        faults += [
            ((*where, "bring", i), f"no thing {thing!r} in shared/things.yaml")
            for i, thing in enumerate(listing.bring)
            if thing not in things
        ]
        origin = listing.deadline.from_question if listing.deadline else None
        if origin is not None and origin not in dates:
            faults.append(((*where, "deadline", "from"), f"no date question {origin!r}"))
        when = None
        if listing.when is not None:
            when = _compiled(listing.when, environment, (*where, "when"), faults)
        rows.append(Row(listing, entry, when))
    if faults:
        raise GuideFaults(faults)
    return Guide(guide_id, spec, tuple(rows), shows, things)


def _compiled(
    source: str,
    names: Mapping[str, ValueType] | Environment,
    where: Where,
    faults: list[tuple[Where, str]],
) -> Expression | None:
    environment = names if isinstance(names, Environment) else Environment(names)
    try:
        return environment.compile(source, expects=ValueType.BOOLEAN)
    except ValueError as wrong:
        faults.append((where, str(wrong)))
        return None
