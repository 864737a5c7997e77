"""The clerk's list of people who may be somebody we know, and deciding one."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from suigo.engines.identity import actions, policy
from suigo.engines.identity.queries import matches
from suigo.kernel import clock
from suigo.kernel.access.web import actor_of, staff_required
from suigo.kernel.errors import Invalid, Message

ITEMS: dict[str, Message] = {
    "name": _("氏名"),
    "address": _("住所"),
    "birth_date": _("生年月日"),
    "gender": _("性別"),
    "several": _("同じ人が2人以上"),
}
HOW: dict[str, Message] = {
    "same": _("同じ"),
    "variant": _("字体だけちがう"),
    "different": _("ちがう"),
}
GENDERS: dict[str, Message] = {"1": _("男"), "2": _("女"), "3": _("その他"), "": _("記載なし")}
ANSWERS = {"same": True, "other": False}


@never_cache
@require_safe
@staff_required(policy.MATCH)
def questions(request: HttpRequest) -> HttpResponse:
    """``/staff/matches/``: what waits, the oldest first."""
    lines = [
        (line, [ITEMS[item] for item in line.differs_in])
        for line in matches.open_questions(actor_of(request))
    ]
    done = _("決めました。") if request.GET.get("done") else ""
    return render(request, "identity/matches.html", {"lines": lines, "done": done})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required(policy.MATCH)
def question(request: HttpRequest, question: UUID) -> HttpResponse:
    """``/staff/matches/<id>/``: both records beside each other, and the decision."""
    actor = actor_of(request)
    errors: dict[str, Message] = {}
    if request.method == "POST":
        try:
            actions.decide_match(
                actor,
                question,
                same=ANSWERS.get(request.POST.get("same", "")),
                reason=request.POST.get("reason", ""),
                now=clock.now(),
            )
        except Invalid as invalid:
            errors = invalid.field_errors
        else:
            return HttpResponseRedirect(reverse("matches") + "?done=1")
    found = matches.question(actor, question)
    rows = [
        {
            "title": ITEMS[row.item],
            "how": HOW[row.how],
            "same": row.how == "same",
            "came": _pieces(row.item, row.came),
            "known": _pieces(row.item, row.known),
        }
        for row in found.rows
    ]
    anchors = {"same": "same-yes", "reason": "reason"}
    context = {
        "question": found,
        "rows": rows,
        "errors": [(anchors[name], message) for name, message in errors.items()],
        "same_error": errors.get("same", ""),
        "reason_error": errors.get("reason", ""),
        "chosen": request.POST.get("same", ""),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "identity/match.html", context, status=422 if errors else 200)


def _pieces(item: str, pieces: matches.Pieces) -> list[tuple[Message, bool]]:
    """Genders are digits on the card; people read words."""
    if item != "gender":
        return list(pieces)
    text = "".join(text for text, _differs in pieces)
    return [(GENDERS.get(text, text), any(differs for _text, differs in pieces))]
