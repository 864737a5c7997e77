"""Addresses of delegation."""

from django.urls import URLPattern, path

from suigo.engines.delegation.web import invitations, residents, staff

urlpatterns: list[URLPattern] = [
    path("my/proxies/", residents.proxies, name="proxies"),
    path("my/proxies/new/", residents.new, name="new-proxy"),
    path("my/proxies/guardian/", residents.guardian, name="new-guardian"),
    path("my/proxies/<uuid:grant_id>/", residents.proxy, name="proxy"),
    path("my/proxies/<uuid:grant_id>/end/", residents.end, name="end-proxy"),
    path("my/proxies/<uuid:grant_id>/<str:code>/", invitations.invitation, name="proxy-invitation"),
    path("staff/proxies/", staff.waiting, name="staff-proxies"),
    path("staff/proxies/<uuid:grant_id>/", staff.one, name="staff-proxy"),
]
