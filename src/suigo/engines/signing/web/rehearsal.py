"""``/demo/card/``: the card of demonstrations and tests. Not in production."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from suigo.engines.signing.actions import rehearsing
from suigo.kernel.access.web import resident_required
from suigo.kernel.clock import now
from suigo.kernel.errors import NotFound

CARDS = {
    "own": _("申請した人のカード（申請書と同じ氏名・生年月日・住所）"),
    "other": _("別の人のカード"),
    "unknown": _("失効しているか確かめられないカード"),
    "revoked": _("失効したカード"),
    "expired": _("期限の切れたカード"),
    "authentication": _("ログイン用の証明書（署名には使えません）"),
}


@never_cache
@require_http_methods(["GET", "POST"])
@resident_required()
def card(request: HttpRequest) -> HttpResponse:
    """Choose a card and sign, or give up."""
    asked = rehearsing.asked(request.session)
    if asked is None:
        raise NotFound
    digest, return_to = asked
    chosen = request.POST.get("card", "")
    if request.method == "GET" or (chosen not in CARDS and "stop" not in request.POST):
        context = {"digest": digest.hex(), "cards": list(CARDS.items())}
        return render(request, "signing/rehearsal.html", context)
    if chosen in CARDS and "stop" not in request.POST:
        holder = rehearsing.rehearsal_card(digest, chosen, now=now())
        rehearsing.answer(request.session, digest, holder)
    return HttpResponseRedirect(return_to)
