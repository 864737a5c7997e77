"""My grants: whom I let act for me, for whom I act, and what was done."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from suigo.engines.delegation import actions, providers, queries
from suigo.engines.delegation.actions.confirming import Ward
from suigo.engines.delegation.actions.granting import Wish
from suigo.engines.delegation.queries import GrantView
from suigo.engines.delegation.web.words import DEEDS, KINDS, PERIODS, REACHES, STANDINGS
from suigo.kernel.access.fresh import fresh_required, sending
from suigo.kernel.access.web import actor_of, resident_required
from suigo.kernel.clock import local_date, now
from suigo.kernel.errors import Invalid, Message
from suigo.kernel.japanese.eras import parse_date
from suigo.kernel.japanese.problems import Problem

DONE: dict[str, Message] = {
    "invited": _("招待のメールを送りました。相手が引き受けると、代理が始まります。"),
    "accepted": _("代理を引き受けました。"),
    "waits": _("引き受けました。市が登録番号を確かめるまで、お待ちください。"),
    "declined": _("ことわりました。相手にメールで知らせました。"),
    "ended": _("代理をやめました。いまから、代わりの手続はできません。"),
    "handed": _("入力した内容を本人に渡しました。本人が確かめて送ります。"),
    "claimed": _("届出を受け付けました。市が証明書を確かめるまで、お待ちください。"),
}


def _language() -> str:
    return get_language() or "ja"


def described(grant: GrantView) -> dict[str, Any]:
    """A grant with the words that its page needs."""
    word, tone = STANDINGS[grant.standing]
    return {
        "grant": grant,
        "kind": KINDS[grant.kind],
        "reach": REACHES[grant.reach],
        "standing": word,
        "tone": tone,
        "deeds": [(DEEDS[deed.what], deed) for deed in grant.deeds],
    }


@never_cache
@require_safe
@resident_required()
def proxies(request: HttpRequest) -> HttpResponse:
    """``/my/proxies/``: both directions."""
    today = local_date(now())
    found = queries.grants_of(actor_of(request), language=_language(), today=today)
    context = {
        "given": [described(g) for g in found if g.mine],
        "held": [described(g) for g in found if not g.mine],
        "done": DONE.get(request.GET.get("done", "")),
    }
    return render(request, "delegation/proxies.html", context)


@never_cache
@require_safe
@resident_required()
def proxy(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """One grant: what it allows, and what was done with it."""
    today = local_date(now())
    grant = queries.grant_of(actor_of(request), grant_id, language=_language(), today=today)
    context = {**described(grant), "done": DONE.get(request.GET.get("done", ""))}
    return render(request, "delegation/proxy.html", context)


@require_POST
@resident_required()
def end(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """One press and it is over."""
    actions.end(actor_of(request), grant_id, now=now())
    return HttpResponseRedirect(reverse("proxies") + "?done=ended")


LABELS: dict[str, Message] = {
    "name": _("頼む人の名前"),
    "address": _("頼む人のメールアドレス"),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@resident_required()
@fresh_required(does=_("招待を送る"), labels=LABELS, when=sending)
def new(request: HttpRequest) -> HttpResponse:
    """Whom, for what, how far, until when."""
    if request.method != "POST":
        return _show_new(request, {}, Wish("", "", "family", True, (), "submit", "quarter"))
    text = request.POST.get
    wish = Wish(
        name=text("name", "").replace("\x00", ""),
        address=text("address", "").replace("\x00", ""),
        kind=text("kind", ""),
        every_procedure=text("which", "") == "every",
        procedures=frozenset(request.POST.getlist("procedures")),
        reach=text("reach", ""),
        period=text("period", ""),
        shares_facts="shares_facts" in request.POST,
    )
    try:
        actions.invite(actor_of(request), wish, now=now())
    except Invalid as invalid:
        return _show_new(request, invalid.field_errors, wish)
    return HttpResponseRedirect(reverse("proxies") + "?done=invited")


ANCHORS = {"kind": "kind-family", "procedures": "which", "reach": "reach", "period": "period"}


def _show_new(request: HttpRequest, errors: dict[str, Message], wish: Wish) -> HttpResponse:
    language = _language()
    context = {
        "errors": [(ANCHORS.get(name, name), message) for name, message in errors.items()],
        "error": errors,
        "wish": wish,
        "kinds": [(k, KINDS[k], k == wish.kind) for k in queries.may_ask(actor_of(request))],
        "reaches": [(r, word, r == wish.reach) for r, word in REACHES.items()],
        "periods": [(p, word, p == wish.period) for p, word in PERIODS.items()],
        "offered": [
            (p.id, p.title.in_language(language), p.id in wish.procedures)
            for p in providers.offered()
            if p.agents == "allowed"
        ],
    }
    return render(request, "delegation/new.html", context, status=422 if errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@resident_required()
def guardian(request: HttpRequest) -> HttpResponse:
    """A guardian says for whom a court appointed them, and shows the certificate at the city."""
    if request.method != "POST":
        return _show_guardian(request, {})

    def text(name: str) -> str:
        return request.POST.get(name, "").replace("\x00", "").strip()

    ward = Ward(
        name=text("name"),
        kana=text("kana"),
        birth_date=_day(text("birth_date")),
        address=text("address"),
        certificate=text("certificate"),
        certificate_date=_day(text("certificate_date")),
    )
    try:
        actions.claim_guardianship(actor_of(request), ward, now=now())
    except Invalid as invalid:
        return _show_guardian(request, invalid.field_errors)
    return HttpResponseRedirect(reverse("proxies") + "?done=claimed")


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except Problem:
        return None


def _show_guardian(request: HttpRequest, errors: dict[str, Message]) -> HttpResponse:
    context = {"errors": list(errors.items()), "error": errors, "said": request.POST}
    return render(request, "delegation/guardian.html", context, status=422 if errors else 200)
