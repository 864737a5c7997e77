"""Marks for translation, for modules that know nothing of Django (rules, spec).

``_`` translates into the language of the current request; ``said`` turns a ``Problem`` of
``kernel.japanese`` into the sentence a person reads.
"""

from django.utils.translation import gettext as _

from suigo.kernel.japanese.problems import Problem

__all__ = ["_", "said"]


def said(problem: Problem) -> str:
    """The sentence of ``problem`` in the language of the current request."""
    return _(problem.msgid) % problem.parameters
