"""The rules of forms: pure functions over a compiled form and plain JSON answers.

``compile_form`` checks a definition once; ``evaluate`` says what is shown and computed;
``check`` says what still has to be mended; ``final_answers`` is what reaches a case.
"""

from suigo.engines.forms.rules.answers import replace_at, value_at
from suigo.engines.forms.rules.checking import Findings, check, unknown_paths
from suigo.engines.forms.rules.compiling import CompiledForm, FormErrors, Node, compile_form
from suigo.engines.forms.rules.display import display
from suigo.engines.forms.rules.evaluation import Computed, Evaluation, evaluate, final_answers
from suigo.engines.forms.rules.normalising import normalised
from suigo.engines.forms.rules.paper import paper_pages
from suigo.engines.forms.rules.prefilling import Known, KnownFacts, name_fact, prefilled
from suigo.engines.forms.rules.review import ReviewPage, ReviewRow, review, whole_label
from suigo.engines.forms.rules.schema import json_schema

__all__ = [
    "CompiledForm",
    "Computed",
    "Evaluation",
    "Findings",
    "FormErrors",
    "Known",
    "KnownFacts",
    "Node",
    "ReviewPage",
    "ReviewRow",
    "check",
    "compile_form",
    "display",
    "evaluate",
    "final_answers",
    "json_schema",
    "name_fact",
    "normalised",
    "paper_pages",
    "prefilled",
    "replace_at",
    "review",
    "unknown_paths",
    "value_at",
    "whole_label",
]
