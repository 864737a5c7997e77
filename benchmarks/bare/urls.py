"""Addresses of the bare application."""

from django.urls import path

from bare import views

urlpatterns = [
    path("", views.no_operation),
    path("insert/", views.insert),
    path("form/", views.form),
    path("flow/", views.start),
    path("flow/<uuid:draft_id>/<int:number>/", views.step),
    path("flow/<uuid:draft_id>/complete/", views.complete),
    path("inbox/", views.inbox),
]
