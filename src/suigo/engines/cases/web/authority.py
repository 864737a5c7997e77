"""``/staff/authority/procedures/``: who may do what with the applications of one procedure."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from suigo.engines.cases.queries.authority import authority_over
from suigo.engines.cases.queries.letters import department_name
from suigo.engines.cases.queries.procedures import procedures
from suigo.kernel.access.web import staff_required
from suigo.kernel.clock import local_date, now

WRONG_DAY = _("日付を「2026-11-24」のように入力してください。")


@never_cache
@require_safe
@staff_required()
def show(request: HttpRequest) -> HttpResponse:
    """Choose a procedure and a day; everything that may be done, by whom, and by what post."""
    language = get_language() or "ja"
    asked, wanted = request.GET.get("on", ""), request.GET.get("procedure", "")
    try:
        chosen = date.fromisoformat(asked)
    except ValueError:
        chosen = None
    day = chosen or local_date(now())
    offered: dict[str, list[tuple[str, str]]] = {}
    for one in procedures():
        place = department_name(one.spec.service.department, language=language)
        title = one.spec.service.title.in_language(language)
        offered.setdefault(place, []).append((one.id, title))
    context = {
        "day": day,
        "day_error": WRONG_DAY if asked and chosen is None else "",
        "offered": offered,
        "wanted": wanted,
        "found": authority_over(wanted, day=day, language=language) if wanted else None,
    }
    return render(request, "cases/staff/authority.html", context)
