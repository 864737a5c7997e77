"""Addresses of notices; the caught mail exists everywhere except in production."""

from django.conf import settings
from django.urls import URLPattern, path

from suigo.engines.notices.web import demo_mail, staff

urlpatterns: list[URLPattern] = [
    path("staff/notices/", staff.messages, name="notices"),
    path("staff/notices/<uuid:message>/", staff.message, name="notice"),
    path("staff/notices/<uuid:message>/send-again/", staff.send_again, name="notice-send-again"),
]

if not settings.PRODUCTION:
    urlpatterns += [
        path("demo/mail/", demo_mail.mails, name="demo-mails"),
        path("demo/mail/<str:name>/", demo_mail.mail, name="demo-mail"),
    ]
