"""Marks for translation, for modules that know nothing of Django (rules, spec).

``_`` translates into the language of the current request; ``said`` turns a ``Problem`` of
``kernel.japanese`` into the sentence a person reads; ``listed`` and ``bracketed`` use the
punctuation of the reader's language.
"""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from suigo.kernel.japanese.problems import Problem

__all__ = ["_", "bracketed", "listed", "said"]


def said(problem: Problem) -> str:
    """The sentence of ``problem`` in the language of the current request."""
    return _(problem.msgid) % problem.parameters


def listed(names: Iterable[object]) -> str:
    """One after the other: 写真、PDF; in English: Photo, PDF."""
    return _("、").join(str(name) for name in names)


def bracketed(text: object) -> str:
    """What follows another text in brackets: （R8-K01-0012）; in English with a space before."""
    return _("（%(text)s）") % {"text": text}
