"""Which face a node shows: residents' on the outer one, staff's on the inner one, both on one."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from suigo.kernel.access.web import actor_of
from suigo.kernel.errors import NotFound
from suigo.project.middleware import GetResponse, error_page

STAFF = "/staff/"
# What the inner node shows to devices that nobody signs in on: screens of the counter, and what
# every page is made of. Programs have a token. The rest is there for whoever signed in as staff:
# entering an application for somebody uses the residents' form.
INNER = (STAFF, "/api/", "/counter/", "/static/", "/city.css", "/favicon.ico", "/display/")


class Faces:
    """Hides the face that is not this node's, as if it did not exist."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        zone = settings.SUIGO_ZONE
        if zone == "outer" and f"{request.path}/".startswith(STAFF):
            return error_page(request, NotFound())
        if zone == "inner" and request.path == "/":
            return HttpResponseRedirect(reverse("staff"))
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Once it is known who asks."""
        if settings.SUIGO_ZONE != "inner" or request.path.startswith(INNER):
            return None
        return None if actor_of(request).is_staff else error_page(request, NotFound())


faces = Faces
