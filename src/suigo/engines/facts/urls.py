"""Addresses of facts."""

from django.urls import URLPattern, path

from suigo.engines.facts import web

urlpatterns: list[URLPattern] = [
    path("my/facts/", web.facts, name="my-facts"),
    path("my/facts.json", web.download, name="facts-download"),
    path("my/facts/withdraw/", web.withdraw_all, name="withdraw-facts"),
    path("my/facts/<slug:fact>/", web.change, name="change-fact"),
    path("my/facts/<slug:fact>/choose/", web.choose, name="settle-fact"),
    path("my/facts/<slug:fact>/withdraw/", web.withdraw, name="withdraw-fact"),
]
