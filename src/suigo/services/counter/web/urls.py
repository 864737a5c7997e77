"""Addresses of the counter."""

from django.urls import URLPattern, path

from suigo.services.counter.web import (
    check,
    desk,
    entry,
    guiding,
    manage,
    prepare,
    public,
    screen,
    visit,
)

urlpatterns: list[URLPattern] = [
    path("counter/prepare/", prepare.prepare, name="counter-prepare"),
    path("counter/tickets/", public.tickets, name="counter-tickets"),
    path("counter/tickets/<uuid:ticket_id>/", public.ticket, name="counter-ticket"),
    path("counter/tickets/<uuid:ticket_id>/code.svg", public.ticket_qr, name="counter-ticket-qr"),
    path("counter/display/", public.display, name="counter-display"),
    path("counter/screen/", screen.enter, name="counter-screen-enter"),
    path("counter/screen/<slug:pairing>/", screen.screen, name="counter-screen"),
    path("staff/counter/", desk.home, name="counter"),
    path("staff/counter/window/", desk.choose_window, name="counter-window"),
    path("staff/counter/next/", desk.call, name="counter-next"),
    path("staff/counter/numbers/", desk.give_ticket, name="counter-give"),
    path(
        "staff/counter/numbers/<uuid:ticket_id>/<slug:verb>/",
        desk.ticket_action,
        name="counter-number",
    ),
    path("staff/counter/figures/", manage.figures, name="counter-figures"),
    path("staff/counter/figures.csv", manage.figures_csv, name="counter-figures-csv"),
    path("staff/counter/machines/", manage.kiosks, name="counter-kiosks"),
    path(
        "staff/counter/machines/<uuid:kiosk_id>/remove/",
        manage.remove_kiosk,
        name="counter-kiosk-remove",
    ),
    path("staff/counter/visits/", desk.begin, name="counter-begin"),
    path("staff/counter/visits/<uuid:visit_id>/", visit.visit, name="counter-visit"),
    path("staff/counter/visits/<uuid:visit_id>/mine/", visit.take_over, name="counter-take-over"),
    path("staff/counter/visits/<uuid:visit_id>/person/", visit.person, name="counter-person"),
    path("staff/counter/visits/<uuid:visit_id>/events/", visit.events, name="counter-events"),
    path(
        "staff/counter/visits/<uuid:visit_id>/events/<slug:guide_id>/",
        guiding.guide_questions,
        name="counter-guide",
    ),
    path("staff/counter/visits/<uuid:visit_id>/items/", visit.items, name="counter-items"),
    path("staff/counter/visits/<uuid:visit_id>/common/", entry.common, name="counter-common"),
    path(
        "staff/counter/visits/<uuid:visit_id>/forms/<slug:procedure_id>/",
        entry.entry,
        name="counter-entry",
    ),
    path(
        "staff/counter/visits/<uuid:visit_id>/forms/<slug:procedure_id>/refresh/",
        entry.refresh,
        name="counter-refresh",
    ),
    path("staff/counter/visits/<uuid:visit_id>/check/", check.check, name="counter-check"),
    path("staff/counter/visits/<uuid:visit_id>/screen/", screen.pair, name="counter-pair"),
    path(
        "staff/counter/visits/<uuid:visit_id>/screen.svg", screen.qr_code, name="counter-screen-qr"
    ),
    path("staff/counter/visits/<uuid:visit_id>/paper/", check.on_paper, name="counter-paper"),
    path("staff/counter/visits/<uuid:visit_id>/receive/", check.receive, name="counter-receive"),
    path("staff/counter/visits/<uuid:visit_id>/done/", check.done, name="counter-done"),
    path("staff/counter/visits/<uuid:visit_id>/set.pdf", check.printed_set, name="counter-set"),
    path(
        "staff/counter/visits/<uuid:visit_id>/hand-over/", check.hand_over, name="counter-hand-over"
    ),
    path("staff/counter/visits/<uuid:visit_id>/end/", check.end, name="counter-end"),
]
