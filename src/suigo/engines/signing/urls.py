"""Addresses of signing; the card of the demonstration exists everywhere except in production."""

from django.conf import settings
from django.urls import URLPattern, path

from suigo.engines.signing.web import rehearsal, review

_ONE = "staff/signatures/<uuid:signature_id>"

urlpatterns: list[URLPattern] = [
    path("staff/signatures/", review.signatures, name="signatures"),
    path(f"{_ONE}/", review.signature, name="signature"),
    path(f"{_ONE}/decide/", review.decide, name="signature-decide"),
    path(f"{_ONE}/try-again/", review.try_again, name="signature-try-again"),
    path(f"{_ONE}/person/", review.person, name="signature-person"),
    path(f"{_ONE}/evidence/<slug:part>/", review.export, name="signature-export"),
]

if not settings.PRODUCTION:
    urlpatterns.append(path("demo/card/", rehearsal.card, name="demo-card"))
