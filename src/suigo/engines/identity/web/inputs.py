"""Inputs of the small forms of this package, with what was typed and what was wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from suigo.kernel.errors import Invalid, Message, SuigoError

Kind = Literal["text", "email", "password", "date", "select", "hidden"]


@dataclass(frozen=True, slots=True)
class Input:
    """One input: how it is asked for, and how it came back. ``width`` counts half-width
    characters (4, 8, 12 or 20; 0 is the whole line)."""

    name: str
    label: Message
    kind: Kind = "text"
    value: str = ""
    hint: Message = ""
    error: Message = ""
    autocomplete: str = "off"
    inputmode: str = ""
    width: int = 20
    required: bool = True
    options: tuple[tuple[str, Message], ...] = ()


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    inputs: Sequence[Input] = (),
    failure: SuigoError | None = None,
) -> HttpResponse:
    """The page with its form. After a failure everything typed is there again, except secrets,
    with a summary at the top; the answer has the failure's status."""
    fields = failure.field_errors if isinstance(failure, Invalid) else {}
    shown = [
        replace(
            one,
            value=request.POST.get(one.name, one.value) if one.kind != "password" else "",
            error=fields.get(one.name, ""),
        )
        for one in inputs
    ]
    known = {one.name for one in inputs}
    errors = [(name, message) for name, message in fields.items() if name in known]
    data = {
        "inputs": shown,
        "errors": errors,
        "failure": failure.message if failure and not errors else "",
        **context,
    }
    return render(request, template, data, status=failure.status if failure else 200)
