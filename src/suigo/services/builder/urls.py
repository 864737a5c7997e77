"""Addresses of the builder."""

from django.urls import path

from suigo.services.builder.web import (
    about,
    checks,
    lists,
    parts,
    preview,
    procedure,
    questions,
    review,
    trial,
)

_DESIGN = "staff/builder/d/<uuid:design_id>/"
_PROCEDURE = "staff/builder/p/<slug:procedure_id>/"

urlpatterns = [
    path("staff/builder/", lists.builder, name="builder"),
    path("staff/builder/new/", lists.new, name="builder-new"),
    path(_DESIGN, questions.questions, name="builder-questions"),
    path(f"{_DESIGN}rules/", checks.checks, name="builder-checks"),
    path(f"{_DESIGN}about/", about.about, name="builder-about"),
    path(f"{_DESIGN}checklist/", parts.checklist, name="builder-checklist"),
    path(f"{_DESIGN}letters/", parts.letters, name="builder-letters"),
    path(f"{_DESIGN}preview/", preview.preview, name="builder-preview"),
    path(f"{_DESIGN}frame/<slug:page_id>/", preview.frame, name="builder-frame"),
    path(f"{_DESIGN}paper.pdf", preview.paper, name="builder-paper"),
    path(f"{_DESIGN}trial/", trial.trial_page, name="builder-trial"),
    path(f"{_DESIGN}review/", review.review, name="builder-review"),
    path(f"{_DESIGN}package.zip", review.package, name="builder-package"),
    path(_PROCEDURE, procedure.procedure_page, name="builder-procedure"),
    path(f"{_PROCEDURE}package.zip", procedure.package, name="builder-procedure-package"),
]
