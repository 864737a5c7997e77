"""Properties of every procedure's form: what a condition hides never reaches a case, and nobody
but the rules decides what is computed or fixed."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content.every_procedure import MATERIAL, PROCEDURES, TODAY, controls, posted
from suigo.engines.forms.rules import (
    CompiledForm,
    Node,
    evaluate,
    final_answers,
    replace_at,
    value_at,
)
from suigo.engines.forms.rules.answers import Answers, is_empty
from suigo.engines.forms.rules.examples import example_answers
from suigo.engines.forms.rules.reading import read_page
from suigo.engines.forms.spec import (
    ChoiceField,
    ComputedField,
    GroupField,
    NoticeField,
    RepeatField,
    YesNoField,
)
from suigo.engines.forms.spec.fields import AnswerField

every_procedure = pytest.mark.parametrize("name", sorted(PROCEDURES))
few = settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow], deadline=None)


@cache
def _base(name: str, seed: int) -> Answers:
    return example_answers(
        PROCEDURES[name].form, today=TODAY, seed=seed, maximal=True, material=MATERIAL
    )


def turned(name: str, seed: int, turns: list[tuple[int, int]]) -> Answers:
    """Complete answers of which some were changed afterwards, as somebody does who goes back: what
    the earlier answers brought up is still there."""
    form, answers = PROCEDURES[name].form, _base(name, seed)
    deciding = [
        path
        for path, node in evaluate(form, answers, today=TODAY).shown.items()
        if isinstance(node.field, ChoiceField | YesNoField)
    ]
    for where, what in turns if deciding else []:
        path = deciding[where % len(deciding)]
        node = form.node_at(path)
        assert node is not None
        other: Any = what % 2 == 0
        if isinstance(node.field, ChoiceField):
            other = node.field.options[what % len(node.field.options)].id
        answers = replace_at(answers, path, other)
    return answers


seeds = st.integers(min_value=0, max_value=3)
several = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 40)), max_size=6)


def leaves(form: CompiledForm, value: Any, path: str = "") -> Iterator[str]:
    """The concrete paths of the answers that ``value`` holds."""
    node = form.node_at(path) if path else None
    if node is not None and not isinstance(node.field, GroupField | RepeatField):
        yield path
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(form, inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(form, inner, f"{path}.{index}")


def hiding(form: CompiledForm, path: str) -> Iterator[tuple[Node, str]]:
    """The field at ``path`` and all around it, each with its own concrete path."""
    parts = path.split(".")
    for length in range(1, len(parts) + 1):
        here = ".".join(parts[:length])
        node = form.node_at(here)
        if node is not None:
            yield node, here


@every_procedure
@few
@given(seed=seeds, turns=several)
def test_what_is_hidden_never_reaches_a_case(
    name: str, seed: int, turns: list[tuple[int, int]]
) -> None:
    form = PROCEDURES[name].form
    final = final_answers(form, turned(name, seed, turns), today=TODAY)
    # judged by the case alone, as a clerk sees it
    values = evaluate(form, final, today=TODAY).values
    pages = {page.id: page for page in form.pages}
    for path in leaves(form, final):
        for node, here in hiding(form, path):
            page = pages[node.page]
            assert page.show is None or page.show.evaluate(values).holds, path
            own = dict(values)
            if "*" in node.path:
                own |= _row_values(form, node, here, final, values)
            assert node.show is None or node.show.evaluate(own).holds, (path, here)
    assert final_answers(form, final, today=TODAY) == final


def _row_values(
    form: CompiledForm, node: Node, here: str, final: Answers, values: dict[str, Any]
) -> dict[str, Any]:
    repeat = node.path.split(".*.")[0]
    index = int(here[len(repeat) + 1 :].split(".")[0])

    def flat(tree: dict[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
        for key, inner in tree.items():
            if isinstance(inner, dict):
                yield from flat(inner, f"{prefix}{key}.")
            else:
                yield f"{prefix}{key}", inner

    return dict(flat(values[repeat][index], "row."))


@every_procedure
@few
@given(seed=seeds, turns=several, claimed=st.sampled_from([0, -1, 10**9, "改ざん", True, None]))
def test_what_is_computed_is_computed(
    name: str, seed: int, turns: list[tuple[int, int]], claimed: Any
) -> None:
    form = PROCEDURES[name].form
    honest = turned(name, seed, turns)
    forged = honest
    for path, node in evaluate(form, honest, today=TODAY).shown.items():
        if isinstance(node.field, ComputedField):
            forged = replace_at(forged, path, claimed)
    assert final_answers(form, forged, today=TODAY) == final_answers(form, honest, today=TODAY)


@every_procedure
@few
@given(seed=seeds, turns=several, other=seeds)
def test_what_is_fixed_stays_whatever_is_posted(
    name: str, seed: int, turns: list[tuple[int, int]], other: int
) -> None:
    form = PROCEDURES[name].form
    kept = turned(name, seed, turns)
    asked = [
        path
        for path, node in evaluate(form, kept, today=TODAY).shown.items()
        if isinstance(node.field, AnswerField) and not is_empty(value_at(kept, path))
    ]
    fixed = frozenset(asked[::2])
    values = posted(form, _base(name, other))
    for path, node in form.nodes.items():
        if isinstance(node.field, ComputedField):
            values |= {path: ["999999"]}
    read = dict(kept)
    for page in form.pages:
        read = read_page(form, page.id, values, read, seal=str, fixed=fixed).answers
    assert {p: value_at(read, p) for p in fixed} == {p: value_at(kept, p) for p in fixed}
    computed = [
        p for p, n in form.nodes.items() if isinstance(n.field, ComputedField | NoticeField)
    ]
    assert [p for p in computed if "*" not in p and value_at(read, p) is not None] == []


@every_procedure
def test_a_correction_reads_only_what_was_asked_for(name: str) -> None:
    form = PROCEDURES[name].form
    before, other = _base(name, 0), _base(name, 1)
    asked = evaluate(form, before, today=TODAY).shown
    paths = [path for path, node in asked.items() if isinstance(node.field, AnswerField)]
    for only in (paths[:1], paths[-1:], paths[::5]):
        read = dict(before)
        values = posted(form, other)
        for path in paths:
            spec, value = asked[path].field, value_at(other, path)
            if isinstance(spec, AnswerField) and not is_empty(value):
                values |= controls(spec, path, value)
        for page in form.pages:
            read = read_page(form, page.id, values, read, seal=str, only=only).answers
        untouched = [path for path in paths if path not in only]
        assert {p: value_at(read, p) for p in untouched} == {
            p: value_at(before, p) for p in untouched
        }
