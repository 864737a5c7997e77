"""The questions that several forms have in common, asked on one page before any single form."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from suigo.engines.forms.rules import CompiledForm, compile_form
from suigo.engines.forms.rules.answers import Answers, is_empty
from suigo.engines.forms.rules.compiling import Node
from suigo.engines.forms.spec import FormSpec, GroupField, Page, RepeatField
from suigo.engines.forms.spec.fields import AnswerField
from suigo.kernel.content import Text
from suigo.services.counter.rules.meanings import meaning

COMMON = "common"


@dataclass(frozen=True, slots=True)
class Common:
    """The questions that several forms share, as one form; ``meanings`` by its field ids."""

    form: CompiledForm
    meanings: Mapping[str, str]


def common(forms: Sequence[CompiledForm], *, without: frozenset[str], title: Text) -> Common | None:
    """What can be asked once before any single form: every fact about the person that one of the
    forms asks of everybody, and every other question that two of them ask of everybody.

    ``without`` are meanings known already. None when nothing is left.
    """
    first: dict[str, AnswerField] = {}
    times: dict[str, int] = {}
    required: dict[str, bool] = {}
    for form in forms:
        for node in _of_everybody(form):
            key, field = meaning(node), node.field
            if (
                key is None
                or node.takes is not None
                or key in without
                or not isinstance(field, AnswerField)
            ):
                continue
            first.setdefault(key, field)
            times[key] = times.get(key, 0) + 1
            required[key] = required.get(key, False) or field.required
    fields: list[Any] = []
    meanings: dict[str, str] = {}
    for key, asking in first.items():
        same = key.startswith("same:")
        if same and times[key] < 2:
            continue
        name = f"q{len(fields)}" if same else key.replace(".", "_")
        meanings[name] = key
        plain: dict[str, Any] = {"id": name, "required": required[key], "locked": False}
        plain |= dict.fromkeys(("show_when", "require_when", "fact_when"))
        fields.append(asking.model_copy(update=plain))
    if not fields:
        return None
    page = Page(id=COMMON, title=title, fields=tuple(fields))
    return Common(compile_form(FormSpec(pages=(page,))), meanings)


def _of_everybody(form: CompiledForm) -> Iterator[Node]:
    """The questions that no condition hides."""

    def walk(nodes: Sequence[Node]) -> Iterator[Node]:
        for node in nodes:
            if node.show is None and not isinstance(node.field, RepeatField):
                if isinstance(node.field, GroupField):
                    yield from walk(node.children)
                else:
                    yield node

    for page in form.pages:
        if page.show is None:
            yield from walk(page.nodes)


def common_answers(shared: Common, known: Mapping[str, Any]) -> Answers:
    """What is known, as answers to the common questions."""
    return {name: known[key] for name, key in shared.meanings.items() if key in known}


def common_told(shared: Common, answers: Answers) -> dict[str, Any]:
    """The answers to the common questions by their meaning."""
    return {
        key: answers[name]
        for name, key in shared.meanings.items()
        if not is_empty(answers.get(name))
    }
