"""Forms as HTML: complete without script, compiled by hand-written functions because a form page
is the page people wait for most (docs/performance.md, G4). The markup is the contract of
``kernel/ui/README.md``; everything that came from people or content is escaped here."""

from suigo.engines.forms.rendering.choosing import about_anchor
from suigo.engines.forms.rendering.composites import file_html, file_refused_html
from suigo.engines.forms.rendering.markup import anchor
from suigo.engines.forms.rendering.page import (
    FileView,
    FormView,
    error_summary,
    fields_html,
    page_of_path,
    placed_errors,
)

__all__ = [
    "FileView",
    "FormView",
    "about_anchor",
    "anchor",
    "error_summary",
    "fields_html",
    "file_html",
    "file_refused_html",
    "page_of_path",
    "placed_errors",
]
