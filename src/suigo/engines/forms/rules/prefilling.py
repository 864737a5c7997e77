"""Starting a form from what is already known, so that it is not asked again."""

from collections.abc import Mapping
from typing import Any

from suigo.engines.forms.rules.answers import Answers, replace_at
from suigo.engines.forms.rules.compiling import CompiledForm
from suigo.engines.forms.spec.fields import AnswerField


def prefilled(compiled: CompiledForm, facts: Mapping[str, Any]) -> Answers:
    """Answers for the fields whose ``prefill`` names a known fact, such as ``profile.name``.

    They are a start, not a decision: the person sees them and may change them. Rows of a
    repeating group are never prefilled.
    """
    answers: Answers = {}
    for path, node in compiled.nodes.items():
        field = node.field
        if "*" in path or not isinstance(field, AnswerField) or field.prefill is None:
            continue
        if field.prefill in facts:
            answers = replace_at(answers, path, facts[field.prefill])
    return answers


def name_fact(name: str, kana: str) -> dict[str, str] | None:
    """A name kept as one text, as the answer to a name field; None unless it has two parts."""
    parts, readings = name.split(), kana.split()
    if len(parts) != 2:
        return None
    fact = {"family": parts[0], "given": parts[1]}
    if len(readings) == 2:
        fact |= {"family_kana": readings[0], "given_kana": readings[1]}
    return fact
