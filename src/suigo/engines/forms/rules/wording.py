"""Conditions in words, for whoever reads a form on paper: who has to answer a question."""

import re
from dataclasses import dataclass

from suigo.engines.forms.rules.compiling import CompiledForm
from suigo.engines.forms.spec import ChoiceField, ChoicesField, Field, YesNoField
from suigo.kernel.language import _

_NAME = r"(?P<name>[A-Za-z_][\w.]*)"
_TEXT = r"(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)')"
_ALONE = re.compile(rf"^(?P<no>!?)\s*{_NAME}$")
_COMPARED = re.compile(rf"^{_NAME}\s*(?P<sign>==|!=)\s*(?:{_TEXT}|(?P<truth>true|false))$")
_CHOSEN = re.compile(rf"^{_TEXT}\s+in\s+{_NAME}$")
_OR = re.compile(r"\s*\|\|\s*")


@dataclass(frozen=True, slots=True)
class _Part:
    """One comparison: a question, an answer, and how they stand (``is``, ``not``, ``has``)."""

    question: str
    answer: str
    sort: str


def who_answers(form: CompiledForm, source: str, path: str, language: str) -> str:
    """「お仕事」が「会社員」の方のみ: whom a condition means, where it compares one yes or no, or
    one choice, with answers that can be named. '' for every other condition.

    ``path`` is the question that has the condition; ``row.`` names are its neighbours.
    """
    parts = [_part(form, one.strip(), path, language) for one in _OR.split(source.strip())]
    known = [part for part in parts if part is not None]
    if not known or len(known) < len(parts) or len({(p.question, p.sort) for p in known}) > 1:
        return ""
    if len(known) > 1 and known[0].sort == "not":
        return ""  # "not this or not that" leaves nobody out
    said = {
        "question": known[0].question,
        "answers": _("か").join(_("「%(answer)s」") % {"answer": part.answer} for part in known),
    }
    match known[0].sort:
        case "is":
            return _("「%(question)s」が%(answers)sの方のみ") % said
        case "not":
            return _("「%(question)s」が%(answers)s以外の方のみ") % said
        case _:
            return _("「%(question)s」で%(answers)sを選んだ方のみ") % said


def _part(form: CompiledForm, source: str, path: str, language: str) -> _Part | None:
    for pattern in (_ALONE, _COMPARED, _CHOSEN):
        found = pattern.match(source)
        if found is None:
            continue
        said = found.groupdict()
        name = said["name"]
        if name.startswith("row.") and ".*." in path:
            name = f"{path.partition('.*.')[0]}.*.{name.removeprefix('row.')}"
        node = form.nodes.get(name)
        if node is None:
            return None
        return _of(node.field, said, language)
    return None


def _of(field: Field, said: dict[str, str | None], language: str) -> _Part | None:
    question = field.label.in_language(language)
    text = said.get("double") if said.get("double") is not None else said.get("single")
    truth, sign = said.get("truth"), said.get("sign")
    if isinstance(field, YesNoField) and text is None:
        yes = said.get("no", "") == "" if truth is None else (truth == "true") == (sign == "==")
        return _Part(question, (field.yes if yes else field.no).in_language(language), "is")
    if not isinstance(field, ChoiceField | ChoicesField) or text is None:
        return None
    option = next((one for one in field.options if one.id == text), None)
    if option is None:
        return None
    if isinstance(field, ChoicesField) != (sign is None):
        return None
    sort = {"==": "is", "!=": "not", None: "has"}[sign]
    return _Part(question, option.label.in_language(language), sort)
