"""An invitation, opened from a mail by whoever it was sent to."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from suigo.engines.delegation import actions, queries
from suigo.engines.delegation.actions.accepting import WrongAccount
from suigo.engines.delegation.web.residents import described
from suigo.kernel.access import refusals
from suigo.kernel.access.web import actor_of, resident_required
from suigo.kernel.clock import local_date, now
from suigo.kernel.errors import Invalid, Message


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@resident_required()
def invitation(request: HttpRequest, grant_id: UUID, code: str) -> HttpResponse:
    """Who asks, for what, until when; and yes or no."""
    actor, errors = actor_of(request), dict[str, Message]()
    try:
        if request.method == "POST" and request.POST.get("answer") == "no":
            actions.decline(actor, grant_id, code, now=now())
            return HttpResponseRedirect(reverse("proxies") + "?done=declined")
        grant = actions.invitation_seen(actor, grant_id, code, now=now())
        if request.method == "POST" and request.POST.get("answer") == "yes":
            try:
                number = request.POST.get("evidence", "").replace("\x00", "")
                actions.accept(actor, grant_id, code, evidence=number, now=now())
            except Invalid as invalid:
                errors = invalid.field_errors
            else:
                done = "waits" if grant.kind == "gyoseishoshi" else "accepted"
                return HttpResponseRedirect(reverse("proxies") + f"?done={done}")
    except WrongAccount as wrong:
        refusals.note_error(request, wrong)
        said = {"message": str(wrong), "address": actor.email}
        return render(request, "delegation/wrong_account.html", said, status=403)
    view = queries.invitation_view(
        grant, actor, language=get_language() or "ja", today=local_date(now())
    )
    context = {
        **described(view),
        "errors": list(errors.items()),
        "error": errors,
        "said": request.POST.get("evidence", ""),
    }
    return render(request, "delegation/invitation.html", context, status=422 if errors else 200)
