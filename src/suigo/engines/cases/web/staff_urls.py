"""Addresses of the clerk's screens."""

from django.urls import path
from django.views.generic import RedirectView

from suigo.engines.cases.web import authority, case, confirming, inbox, looks, sharing, signatures

urlpatterns = [
    path("staff/", RedirectView.as_view(pattern_name="inbox"), name="staff"),
    path("staff/inbox/", inbox.show, name="inbox"),
    path("staff/inbox/assign/", inbox.assign, name="inbox-assign"),
    path("staff/inbox/export.csv", inbox.export, name="inbox-export"),
    path("staff/inbox/views/", inbox.save_view, name="inbox-save-view"),
    path("staff/inbox/views/<int:view_id>/delete/", inbox.delete_view, name="inbox-delete-view"),
    path("staff/authority/procedures/", authority.show, name="procedure-authority"),
    path("staff/procedures/to-confirm/", confirming.show, name="to-confirm"),
    path("staff/procedures/to-confirm.csv", confirming.export, name="to-confirm-export"),
    path("staff/cases/<uuid:case_id>/", case.show, name="case"),
    path("staff/cases/<uuid:case_id>/reason/", looks.reason, name="case-reason"),
    path("staff/cases/<uuid:case_id>/sharing/", sharing.show, name="case-sharing"),
    path(
        "staff/cases/<uuid:case_id>/sharing/<uuid:disclosure>/withdraw/",
        sharing.withdraw,
        name="case-sharing-withdraw",
    ),
    path("staff/cases/<uuid:case_id>/assign/", case.assign, name="case-assign"),
    path("staff/cases/<uuid:case_id>/notes/", case.note, name="case-note"),
    path("staff/cases/<uuid:case_id>/checklist/", case.checklist, name="case-checklist"),
    path("staff/cases/<uuid:case_id>/my-number/", case.my_number, name="case-my-number"),
    path(
        "staff/cases/<uuid:case_id>/files/<uuid:file_id>/signatures/",
        signatures.examine,
        name="case-file-signatures",
    ),
    path("staff/cases/<uuid:case_id>/application.pdf", case.application, name="case-application"),
    path(
        "staff/cases/<uuid:case_id>/letters/<uuid:letter_id>.pdf", case.letter, name="case-letter"
    ),
    path("staff/cases/<uuid:case_id>/actions/<slug:action_id>/", case.take, name="case-action"),
    path(
        "staff/cases/<uuid:case_id>/actions/<slug:action_id>/preview.pdf",
        case.preview,
        name="case-letter-preview",
    ),
]
