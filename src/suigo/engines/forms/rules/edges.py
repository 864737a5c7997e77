"""The lowest and the highest answer that a field takes: what tests of boundaries are made of."""

from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from suigo.engines.forms.spec import (
    ChoiceField,
    ChoicesField,
    DateField,
    Field,
    FileField,
    MoneyField,
    MultilineField,
    NumberField,
    TextField,
    YesNoField,
)

Edge = Literal["lowest", "highest"]
FILLER = "見"


def edge_answer(
    spec: Field, edge: Edge, *, today: date, files: Callable[[FileField], list[str]]
) -> Any:
    """The answer at that edge; None where the field has no such edge."""
    lowest = edge == "lowest"
    match spec:
        case MoneyField() | NumberField():
            return spec.minimum if lowest else spec.maximum
        case DateField():
            day = (spec.first_day if lowest else spec.last_day)(today=today)
            return None if day is None else day.isoformat()
        case YesNoField():
            return not lowest
        case ChoiceField():
            return spec.options[0 if lowest else -1].id
        case ChoicesField():
            most = len(spec.options) if spec.at_most is None else spec.at_most
            return [o.id for o in spec.options[: max(spec.at_least, 1) if lowest else most]]
        case TextField() if spec.pattern is None and spec.input_mode != "numeric":
            return FILLER * (max(spec.min_length, 1) if lowest else spec.max_length)
        case MultilineField():
            return FILLER * (1 if lowest else spec.max_length)
        case FileField():
            return (files(spec) * spec.at_most)[: 1 if lowest else spec.at_most]
        case _:
            return None
