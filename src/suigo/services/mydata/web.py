"""``/my/data/``: take along everything the city holds about me."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from suigo.engines.documents.web import file_response
from suigo.kernel import personal
from suigo.kernel.access.fresh import fresh_required, sending
from suigo.kernel.access.web import actor_of, resident_required
from suigo.kernel.clock import now
from suigo.services.mydata import actions, queries


@never_cache
@require_http_methods(["GET", "POST"])
@resident_required()
@fresh_required(does=_("わたしの情報をまとめる"), when=sending)
def my_data(request: HttpRequest) -> HttpResponse:
    """What an archive holds, and those that were asked for; sending it asks for one."""
    actor = actor_of(request)
    if request.method == "POST":
        actions.ask(actor, language=get_language() or "ja", now=now())
        return HttpResponseRedirect(reverse("my-data"))
    exports = queries.exports_of(actor, now=now())
    context = {
        "exports": exports,
        "running": any(one.state == "under_way" for one in exports),
        "parts": personal.sources(),
        "hours": int(actions.GOOD_FOR.total_seconds() // 3600),
    }
    return render(request, "mydata/my_data.html", context)


@require_GET
@resident_required()
@fresh_required(does=_("わたしの情報を受け取る"))
def archive(request: HttpRequest, export: UUID) -> HttpResponseBase:
    """The archive itself."""
    return file_response(actions.give(actor_of(request), export, now=now()))


urlpatterns = [
    path("my/data/", my_data, name="my-data"),
    path("my/data/<uuid:export>/", archive, name="my-data-archive"),
]
