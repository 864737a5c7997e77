"""The files that answers name."""

from collections.abc import Iterator
from datetime import date

from suigo.engines.forms.rules import CompiledForm, Evaluation, evaluate, value_at
from suigo.engines.forms.rules.answers import Answers
from suigo.engines.forms.spec import FileField


def files_shown(evaluation: Evaluation, answers: Answers) -> Iterator[tuple[str, str]]:
    """Path and file id of every file that reached a case, in the order of the form."""
    for path, node in evaluation.shown.items():
        if isinstance(node.field, FileField):
            answer = value_at(answers, path)
            for file_id in answer if isinstance(answer, list) else []:
                yield path, str(file_id)


def files_of(form: CompiledForm, answers: Answers, today: date) -> Iterator[tuple[str, str]]:
    """The same, from the answers alone."""
    return files_shown(evaluate(form, answers, today=today), answers)
