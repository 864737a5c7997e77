"""Addresses of this package."""

from django.urls import URLPattern, URLResolver, path

from suigo.engines.insight.web import figures, plan

urlpatterns: list[URLPattern | URLResolver] = [
    path("privacy/", plan.information, {"page_id": "privacy"}, name="privacy"),
    path("accessibility/", plan.information, {"page_id": "accessibility"}, name="accessibility"),
    path("plan/figures.csv", figures.open_data, name="figures-open-data"),
    path("staff/figures/", figures.overview, name="figures"),
    path("staff/figures.csv", figures.export, name="figures-export"),
    path("staff/figures/<slug:procedure_id>/", figures.procedure, name="procedure-figures"),
    path("plan/", plan.plan, name="plan"),
    path("plan/<str:measure_id>/", plan.measure, name="plan-measure"),
]
