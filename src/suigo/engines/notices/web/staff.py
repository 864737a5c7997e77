"""``/staff/notices/``: what was sent, what waits, and what could not be delivered."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from suigo.engines.notices import actions, policy, queries
from suigo.kernel import clock
from suigo.kernel.access.web import actor_of, staff_required
from suigo.kernel.ui.navigation import Tab

STATES = {
    "queued": (_("送信待ち"), "waiting"),
    "sending": (_("送信中"), "active"),
    "sent": (_("送信済み"), "done"),
    "failed": (_("やり直し待ち"), "attention"),
    "given_up": (_("届けられなかった"), "refused"),
}
OUTCOMES = {
    "started": _("送信中"),
    "sent": _("メールサーバーが受け取りました"),
    "failed": _("うまくいかず、あとでやり直します"),
    "refused": _("受け取りを断られました"),
    "unknown": _("途中で止まり、結果がわかりません"),
}


@never_cache
@require_safe
@staff_required(policy.VIEW)
def messages(request: HttpRequest) -> HttpResponse:
    """The list, by state, found by case number or address."""
    actor = actor_of(request)
    state, search = request.GET.get("state", ""), request.GET.get("q", "")
    found, more = queries.messages(
        actor, state=state, search=search, after=request.GET.get("after", "")
    )
    counts = queries.counts_by_state(actor)
    links = [
        Tab(title=_("すべて"), url="?", current=state not in STATES, count=sum(counts.values())),
        *(
            Tab(title=title, url=f"?state={key}", current=key == state, count=counts[key])
            for key, (title, _tone) in STATES.items()
        ),
    ]
    context = {
        "rows": [(line, *STATES[line.state]) for line in found],
        "filters": [{"title": _("状態"), "links": links}],
        "state": state,
        "search_text": search,
        "next": f"?{urlencode({'state': state, 'q': search, 'after': more})}" if more else "",
    }
    return render(request, "notices/messages.html", context)


@never_cache
@require_safe
@staff_required(policy.VIEW)
def message(request: HttpRequest, message: UUID) -> HttpResponse:
    """One message: its tries, and what personal data it holds. The text is not shown."""
    line, tries = queries.message(actor_of(request), message)
    title, tone = STATES[line.state]
    context = {
        "line": line,
        "state": title,
        "tone": tone,
        "purpose": queries.purpose_of(line.template),
        "tries": [(one, OUTCOMES[one.outcome]) for one in tries],
        "done": "again" in request.GET,
    }
    return render(request, "notices/message.html", context)


@require_POST
@staff_required(policy.VIEW)
def send_again(request: HttpRequest, message: UUID) -> HttpResponse:
    """Tries a message once more."""
    actions.send_again(actor_of(request), message, now=clock.now())
    return HttpResponseRedirect(reverse("notice", args=[message]) + "?again")
