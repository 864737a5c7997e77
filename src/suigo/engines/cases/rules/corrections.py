"""What an applicant may change when the city asks for a correction (補正): the flagged answers,
and the questions that appear only because of them. Nothing else."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from suigo.engines.forms.rules import CompiledForm, evaluate, value_at
from suigo.engines.forms.rules.answers import Answers, is_empty
from suigo.engines.forms.spec.fields import AnswerField


def flaggable(form: CompiledForm, answers: Answers, *, today: date) -> frozenset[str]:
    """The paths a clerk can ask to correct: every question that was asked."""
    return frozenset(_asked(form, answers, today))


def open_paths(
    form: CompiledForm,
    *,
    before: Answers,
    after: Answers,
    flagged: Collection[str],
    today: date,
) -> frozenset[str]:
    """The paths that may differ between ``before`` and ``after``."""
    asked_before = set(_asked(form, before, today))
    new = {path for path in _asked(form, after, today) if path not in asked_before}
    return frozenset(flagged) | frozenset(new)


def changed_elsewhere(
    form: CompiledForm,
    *,
    before: Answers,
    after: Answers,
    allowed: Collection[str],
    today: date,
) -> tuple[str, ...]:
    """Answers that differ although they were not to be touched.

    An answer that a correction hides is not a change; it only no longer reaches the case.
    """
    return tuple(
        path
        for path in _asked(form, after, today)
        if path not in allowed and not _same(value_at(before, path), value_at(after, path))
    )


def _asked(form: CompiledForm, answers: Answers, today: date) -> Iterator[str]:
    for path, node in evaluate(form, answers, today=today).shown.items():
        if isinstance(node.field, AnswerField):
            yield path


def _same(one: Any, other: Any) -> bool:
    return one == other or (is_empty(one) and is_empty(other))
