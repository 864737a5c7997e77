"""``/staff/bridge/``: what crosses between the zones, and what does not."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from suigo.kernel.access.web import actor_of, staff_required
from suigo.kernel.clock import now
from suigo.services.bridge import actions, configuration, policy, queries

# what the rules call it, and what people read
REASONS = {
    "unreadable": _("パケットとして読めません（途中で切れている、大きすぎる、別のファイル）。"),
    "unknown_key": _("知らない鍵で署名されています。"),
    "forged": _("署名と中身が合いません。途中で変えられています。"),
    "not_for_us": _("このノードあてではありません。"),
    "no_key": _("このノードにない鍵で暗号化されています。"),
    "altered": _("暗号が開けません。"),
    "other_stream": _("約束していない流れのパケットです。"),
    "other_content": _("この番号のパケットは、別の中身ですでに受け取っています。"),
    "broken_chain": _("前のパケットに続いていません。"),
}
KINDS = {
    "case": _("申請"),
    "step": _("申請者の操作"),
    "standing": _("審査の状態"),
    "refused": _("受け付けられなかった操作の知らせ"),
    "message": _("住民への連絡"),
}
ZONES = {
    "outer": _("外側（インターネット、住民向け）"),
    "inner": _("内側（職員向け）"),
    None: _("一つのノード（橋渡しは使いません）"),
}


@never_cache
@require_safe
@staff_required(policy.VIEW)
def bridge(request: HttpRequest) -> HttpResponse:
    """How far both streams are, what is held back, and what was set aside."""
    context = {
        "zone": configuration.zone(),
        "zone_title": ZONES[configuration.zone()],
        "problems": configuration.problems(),
        "here": queries.condition(),
        "streams": queries.streams(),
        "held": [(KINDS.get(h.kind, h.kind), h) for h in queries.held_items()],
        "set_aside": [(REASONS.get(s.reason, s.reason), s) for s in queries.set_aside()],
        "items": [(KINDS.get(i.kind, i.kind), i) for i in queries.newest_items()],
    }
    return render(request, "bridge/bridge.html", context)


@require_POST
@staff_required(policy.VIEW)
def retry(request: HttpRequest) -> HttpResponse:
    """Try again what is held back, such as after the procedures were updated."""
    actions.retry_held(actor_of(request), now=now())
    return HttpResponseRedirect(reverse("bridge"))


@require_POST
@staff_required(policy.VIEW)
def seen(request: HttpRequest) -> HttpResponse:
    """Note that the packets that were set aside have been looked into."""
    given = request.POST.getlist("packet")
    ids = [int(text) for text in given if text.isascii() and text.isdecimal() and len(text) < 19]
    actions.note_seen(actor_of(request), ids, now=now())
    return HttpResponseRedirect(reverse("bridge"))


urlpatterns = [
    path("staff/bridge/", bridge, name="bridge"),
    path("staff/bridge/retry/", retry, name="bridge-retry"),
    path("staff/bridge/seen/", seen, name="bridge-seen"),
]
