"""Addresses of this package."""

from django.urls import URLPattern, URLResolver, path

from suigo.engines.guidance.web import guide

urlpatterns: list[URLPattern | URLResolver] = [
    path("guide/", guide.overview, name="guides"),
    path("guide/code/", guide.reopen, name="guide-code"),
    path("guide/<slug:guide_id>/", guide.questions, name="guide"),
    path("guide/<slug:guide_id>/result/", guide.result, name="guide-result"),
    path("guide/<slug:guide_id>/deadlines.ics", guide.calendar_file, name="guide-calendar"),
    path("guide/<slug:guide_id>/code.svg", guide.qr_code, name="guide-qr"),
]
