"""Addresses of the resident's screens."""

from django.urls import path

from suigo.engines.cases.web import apply, catalog, looks, my, signing

urlpatterns = [
    path("", catalog.home, name="home"),
    path("procedures/", catalog.procedure_list, name="procedures"),
    path("procedures/<slug:procedure_id>/", catalog.procedure_page, name="procedure"),
    path("procedures/<slug:procedure_id>/start/", apply.start, name="start-application"),
    path("procedures/<slug:procedure_id>/paper.pdf", my.paper_form, name="paper-form"),
    path("p/<str:code>/<int:page>/", my.sheet, name="paper-sheet"),
    path("apply/<uuid:draft_id>/", apply.resume, name="apply"),
    path("apply/<uuid:draft_id>/check/", apply.check_answers, name="apply-check"),
    path("apply/<uuid:draft_id>/sign/", signing.sign, name="apply-sign"),
    path("apply/<uuid:draft_id>/signed/", signing.signed, name="apply-signed"),
    path("apply/<uuid:draft_id>/saved/", apply.saved, name="draft-saved"),
    path("apply/<uuid:draft_id>/discard/", apply.discard, name="discard-draft"),
    path("apply/<uuid:draft_id>/page/<slug:page_id>/", apply.page, name="apply-page"),
    path("apply/<uuid:draft_id>/page/<slug:page_id>/refresh/", apply.refresh, name="apply-refresh"),
    path(
        "apply/<uuid:draft_id>/page/<slug:page_id>/upload/<str:path>/",
        apply.upload,
        name="apply-upload",
    ),
    path("my/", my.home, name="my-page"),
    path("my/looks/", looks.mine, name="my-looks"),
    path("my/files/<uuid:file_id>/", my.file, name="my-file"),
    path("my/applications/<uuid:case_id>/", my.application, name="my-application"),
    path("my/applications/<uuid:case_id>/done/", apply.done, name="application-done"),
    path("my/applications/<uuid:case_id>/correct/", my.correct, name="correct-application"),
    path("my/applications/<uuid:case_id>/add/<slug:action_id>/", my.add, name="add-to-application"),
    path("my/applications/<uuid:case_id>/withdraw/", my.withdraw, name="withdraw-application"),
    path("my/applications/<uuid:case_id>/receipt.pdf", my.receipt, name="application-receipt"),
    path("my/applications/<uuid:case_id>/due.ics", my.calendar, name="application-calendar"),
]
