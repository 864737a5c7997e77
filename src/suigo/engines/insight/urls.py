"""Addresses of this package."""

from django.urls import URLPattern, URLResolver, path

from suigo.engines.insight import web

urlpatterns: list[URLPattern | URLResolver] = [
    path("privacy/", web.information, {"page_id": "privacy"}, name="privacy"),
    path("accessibility/", web.information, {"page_id": "accessibility"}, name="accessibility"),
    path("plan/", web.plan, name="plan"),
    path("plan/<str:measure_id>/", web.measure, name="plan-measure"),
]
