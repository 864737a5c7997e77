"""Addresses of this package; the gallery exists everywhere except in production."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, path

from suigo.kernel.ui import gallery, web

urlpatterns: list[URLPattern | URLResolver] = [
    path("city.css", web.city_css, name="city-css"),
    # asked for beside anything that is no page of ours, such as a PDF
    path("favicon.ico", web.favicon, name="favicon"),
    path(".well-known/security.txt", web.security_txt, name="security-txt"),
    path("display/", web.display, name="display"),
]

if settings.SUIGO_ENV != "production":
    urlpatterns += [
        path("gallery/", gallery.contents, name="gallery"),
        path("gallery/<slug:example>/", gallery.example, name="gallery-example"),
    ]
