"""What a new question begins with, and nobody has written yet.

A new field is valid at once, so that it can be moved and tried; residents must never see the words
that only hold its place.
"""

from collections.abc import Iterator

from suigo.services.builder.rules.fields import (
    NOTICE_TO_WRITE,
    OPTION_TO_WRITE,
    QUESTION_TO_WRITE,
    REASON_TO_WRITE,
)
from suigo.services.builder.rules.questions import Data, fields_in, pages

NEVER_WRITTEN = "of a new question was never written"  # ends the fault, after what it is


def unfinished(form: Data) -> Iterator[tuple[str, str]]:
    """For each text still to be written: where its field is (``pages.0.fields.2``), and what it is
    (``because``, ``text``, ``options`` or ``label``)."""
    for index, page in enumerate(pages(form)):
        yield from _inside(page, f"pages.{index}")


def _inside(holder: Data, where: str) -> Iterator[tuple[str, str]]:
    for index, field in enumerate(fields_in(holder)):
        here = f"{where}.fields.{index}"
        missing = _missing(field)
        if missing:
            yield here, missing
        yield from _inside(field, here)


def _missing(field: Data) -> str:
    options = field.get("options")
    if field.get("kind") == "computed" and field.get("because") == REASON_TO_WRITE:
        return "because"
    if field.get("kind") == "notice" and field.get("text") == NOTICE_TO_WRITE:
        return "text"
    if isinstance(options, list) and any(one.get("label") == OPTION_TO_WRITE for one in options):
        return "options"
    return "label" if field.get("label") == QUESTION_TO_WRITE else ""
