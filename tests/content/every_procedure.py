"""Every procedure of both cities, artificial answers to each, and every way through its workflow.

A folder that is added below ``cities/*/services`` is walked by the tests that use this, with no
line of test code of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from suigo.engines.cases.queries.procedures import Catalogue, as_procedure
from suigo.engines.cases.rules.loading import Procedure, load_specs
from suigo.engines.cases.spec import Action, OpenPeriod, WorkflowSpec
from suigo.engines.forms.rules import CompiledForm, evaluate, value_at
from suigo.engines.forms.rules.answers import Answers, is_empty
from suigo.engines.forms.rules.examples import Edge, Material, example_answers
from suigo.engines.forms.spec import (
    AddressField,
    BankAccountField,
    ChoicesField,
    ConsentField,
    DateField,
    FileField,
    MyNumberField,
    NameField,
    YesNoField,
)
from suigo.engines.forms.spec.fields import AnswerField

TODAY = date(2026, 11, 24)
CITIES = sorted(p.parent for p in Path(__file__).parents[2].glob("cities/*/city.yaml"))
PROCEDURES: dict[str, Procedure] = {
    f"{root.name}/{spec.id}": as_procedure(spec)
    for root in CITIES
    for spec in load_specs(root, known=None)
}
TOWNS = (
    ("3112424", "茨城県", "潮来市", "潮来"),
    ("9998531", "見本県", "みほん市", "川辺町"),
    ("1000001", "東京都", "千代田区", "千代田"),
)
# a 個人番号 stays as it is typed, so that it can be posted again
MATERIAL = Material(seal=str, towns=TOWNS)
Size = Literal["least", "most", "lowest", "highest"]
SIZES: tuple[Size, ...] = ("least", "most", "lowest", "highest")
EDGES: Mapping[Size, Edge] = {"lowest": "lowest", "highest": "highest"}


@cache
def _answers(name: str, size: Size) -> Answers:
    return answers_to(PROCEDURES[name].form, size)


def answers_of(name: str, size: Size) -> Answers:
    """Answers that pass: the fewest, the most, or every one at the edge of what it may be."""
    return dict(_answers(name, size))


def answers_to(form: CompiledForm, size: Size, material: Material = MATERIAL) -> Answers:
    """The same for any form, such as what a clerk decides."""
    return example_answers(
        form,
        today=TODAY,
        seed=3,
        maximal=size in ("most", "highest"),
        edge=EDGES.get(size),
        material=material,
    )


# --- ways through a workflow


@dataclass(frozen=True)
class Step:
    """An action, and the state it is taken in."""

    state: str
    action: Action


def ways(workflow: WorkflowSpec) -> Iterator[tuple[Step, ...]]:
    """From the start over every action in every state that allows it, on to every end that can be
    reached from there: each the shortest such way."""
    ends = sorted(s.id for s in workflow.states if s.phase == "done")
    for action in workflow.actions:
        for state in action.from_:
            before = shortest(workflow, workflow.start, state)
            for end in ends:
                after = shortest(workflow, action.to, end)
                if before is not None and after is not None:
                    yield (*before, Step(state, action), *after)


def one_way_over_everything(workflow: WorkflowSpec) -> tuple[Step, ...]:
    """One walk that takes as many actions of the workflow as a single case can, to an end."""
    way: list[Step] = []
    state, taken = workflow.start, set[str]()
    while True:
        nearest = None
        for action in workflow.actions:
            for origin in action.from_:
                between = shortest(workflow, state, origin)
                if action.id in taken or between is None:
                    continue
                if nearest is None or len(between) < len(nearest) - 1:
                    nearest = (*between, Step(origin, action))
        if nearest is None:
            break
        way += nearest
        taken |= {step.action.id for step in nearest}
        state = nearest[-1].action.to
    rests = [
        rest
        for s in workflow.states
        if s.phase == "done" and (rest := shortest(workflow, state, s.id)) is not None
    ]
    return (*way, *min(rests, key=len))


def shortest(workflow: WorkflowSpec, start: str, goal: str) -> tuple[Step, ...] | None:
    """The fewest steps between two states; None when there is no way."""
    found: dict[str, tuple[Step, ...]] = {start: ()}
    queue = [start]
    for state in queue:
        if state == goal:
            return found[state]
        for action in workflow.actions:
            if state in action.from_ and action.to not in found:
                found[action.to] = (*found[state], Step(state, action))
                queue.append(action.to)
    return None


# --- a browser's side


def posted(form: CompiledForm, answers: Answers, *, today: date = TODAY) -> dict[str, list[str]]:
    """What a browser sends for every question that these answers bring up."""
    values: dict[str, list[str]] = {}
    for path, node in evaluate(form, answers, today=today).shown.items():
        value = value_at(answers, path)
        if isinstance(node.field, AnswerField) and not is_empty(value):
            values |= controls(node.field, path, value)
    return values


def controls(spec: AnswerField, path: str, value: Any) -> dict[str, list[str]]:
    """What the controls of one question send for an answer."""
    match spec:
        case NameField() | AddressField():
            return {f"{path}.{part}": [text] for part, text in value.items()}
        case BankAccountField():
            parts = {f"{path}.{part}": [text] for part, text in value.items()}
            return {**parts, f"{path}.institution": ["bank"]}
        case DateField():
            year, month, day = value.split("-")
            boxes = {"era": "西暦", "year": year, "month": month, "day": day}
            return {f"{path}.{box}": [text] for box, text in boxes.items()}
        case YesNoField():
            return {path: ["yes" if value else "no"]}
        case ConsentField():
            return {path: ["yes"] if value else []}
        case ChoicesField() | FileField():
            return {path: list(value)}
        case MyNumberField():
            return {path: [value["sealed"]]}
        case _:
            return {path: [str(value)]}


def catalogue() -> Catalogue:
    """Both cities' procedures at once, open all the year round."""
    opened = [
        as_procedure(
            p.spec.model_copy(
                update={"service": p.spec.service.model_copy(update={"open": OpenPeriod()})}
            )
        )
        for p in PROCEDURES.values()
    ]
    return Catalogue({p.id: p for p in opened}, {p.hash: p for p in opened})
