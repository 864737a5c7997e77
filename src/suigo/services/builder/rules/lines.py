"""Several questions at once, one a line, as a clerk would copy them from the paper form."""

import re
from collections.abc import Mapping

from suigo.services.builder.rules.fields import new_field, options_of
from suigo.services.builder.rules.questions import Data, valid_id

_LINE = re.compile(
    r"^(?P<label>.+?)"
    r"(?:\s*[\[［](?P<id>[^\]］]*)[\]］])?"
    r"(?:\s*[:：]\s*(?P<answer>.*))?$"
)
_BETWEEN = re.compile(r"\s*[、,，]\s*")


class BadLine(Exception):
    """A line that says nothing known. ``number`` counts from 1; ``words`` is what is not known."""

    def __init__(self, number: int, words: str) -> None:
        super().__init__(number, words)
        self.number = number
        self.words = words


def fields_of(text: str, kinds: Mapping[str, str]) -> list[Data]:
    """A field for each line that says something. ``kinds`` leads from words to kinds of fields.

    ``犬の名前`` asks for a short text, ``飼い始めた日: 日付`` for what the word says,
    ``性別: オス、メス`` for one of these. ``犬の名前 [dog_name]`` gives the field its id.
    Raises ``BadLine``.
    """
    fields = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        found = _LINE.match(line.strip())
        if found is None:
            raise BadLine(number, line.strip())
        field_id, answer = (found["id"] or "").strip(), (found["answer"] or "").strip()
        if field_id and not valid_id(field_id):
            raise BadLine(number, field_id)
        options = _BETWEEN.split(answer)
        kind = kinds.get(answer, "text" if not answer else "choice" if len(options) > 1 else "")
        if not kind:
            raise BadLine(number, answer)
        field = new_field(kind, label=found["label"].strip(), field_id=field_id)
        if answer and answer not in kinds:
            field["options"] = options_of("\n".join(options), before=None)
        fields.append(field)
    return fields
