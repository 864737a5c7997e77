"""Inputs of the builder's forms: what is asked, what stands there, and what was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _

from suigo.kernel.errors import Invalid, Message, SuigoError
from suigo.services.builder.rules.words import LANGUAGES, text_of

Kind = Literal["text", "number", "date", "area", "select", "check", "checks", "words", "heading"]


@dataclass(frozen=True, slots=True)
class Input:
    """One question of a form. ``words`` asks for a text in Japanese, plain Japanese and English;
    its ``value`` is the text as a package has it. ``folded`` ones stand behind 「くわしい設定」."""

    name: str
    label: Message = ""
    kind: Kind = "text"
    value: Any = ""
    hint: Message = ""
    error: Message = ""
    required: bool = False
    options: tuple[tuple[str, Message], ...] = ()
    groups: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    width: int = 0
    rows: int = 3
    folded: bool = False

    @property
    def parts(self) -> list[tuple[str, str, str]]:
        """For ``words``: (language, name of the input, text)."""
        return [(key, f"{self.name}.{key}", text_of(self.value, key)) for key in LANGUAGES]


def shown(request: HttpRequest, inputs: Sequence[Input], failure: SuigoError | None) -> list[Input]:
    """The inputs as the page shows them: after a failure with what was typed, and what to mend
    in sight."""
    if failure is None:
        return list(inputs)
    wrong = failure.field_errors if isinstance(failure, Invalid) else {}
    return [
        replace(
            one,
            value=typed(request, one),
            error=wrong.get(one.name, ""),
            folded=one.folded and one.name not in wrong,
        )
        for one in inputs
    ]


def typed(request: HttpRequest, one: Input) -> Any:
    """What was typed into an input."""
    post = request.POST
    match one.kind:
        case "words":
            texts = {key: clean(post.get(f"{one.name}.{key}", "")) for key in LANGUAGES}
            return {key: text for key, text in texts.items() if text}
        case "check":
            return post.get(one.name) == "1"
        case "checks":
            return tuple(post.getlist(one.name))
        case _:
            return clean(post.get(one.name, ""))


def values(request: HttpRequest, inputs: Sequence[Input]) -> dict[str, Any]:
    """Everything that was typed, by name. Raises ``Invalid`` for what must not be empty."""
    found = {one.name: typed(request, one) for one in inputs if one.kind != "heading"}
    require(found, inputs)
    return found


def require(found: Mapping[str, Any], inputs: Sequence[Input]) -> None:
    """Raises ``Invalid`` for inputs that must not be empty and are."""
    missing: dict[str, Message] = {}
    for one in inputs:
        value = found.get(one.name)
        if one.kind == "words":
            if (value and not value.get("ja")) or (one.required and not value):
                missing[one.name] = _("%(label)sを日本語で書いてください。") % {"label": one.label}
        elif one.required and not value:
            missing[one.name] = _("%(label)sを入れてください。") % {"label": one.label}
    if missing:
        raise Invalid(field_errors=missing)


def clean(text: str) -> str:
    """What was typed, with plain line ends and without characters a database refuses."""
    return text.replace("\r\n", "\n").replace("\x00", "").strip()


def error_targets(inputs: Sequence[Input]) -> list[tuple[str, Message]]:
    """For the summary of errors: where each leads."""
    return [
        (f"{one.name}.ja" if one.kind == "words" else one.name, one.error)
        for one in inputs
        if one.error
    ]
