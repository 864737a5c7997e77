"""What every screen of one draft shares: its head, its tabs, and what to do about a conflict."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suigo.kernel import clock
from suigo.kernel.access.web import View, actor_of, staff_required
from suigo.kernel.errors import Invalid, Message, Refused, SuigoError
from suigo.kernel.ui.navigation import Tab
from suigo.services.builder import actions, policy
from suigo.services.builder.queries import designs as queries
from suigo.services.builder.queries.designs import DesignView
from suigo.services.builder.rules.package import Files
from suigo.services.builder.rules.questions import NoSuchPlace
from suigo.services.builder.rules.renaming import IdTaken
from suigo.services.builder.web.words import DONE, STATES

TABS: tuple[tuple[str, Message], ...] = (
    ("builder-questions", gettext_lazy("質問")),
    ("builder-checks", gettext_lazy("答えの決まり")),
    ("builder-about", gettext_lazy("手続の説明")),
    ("builder-checklist", gettext_lazy("職員の確認")),
    ("builder-letters", gettext_lazy("通知文")),
    ("builder-preview", gettext_lazy("見た目")),
    ("builder-trial", gettext_lazy("試す")),
    ("builder-review", gettext_lazy("点検と公開")),
)


def builder_required(view: View) -> View:
    """Only staff who make or approve procedures. Raises ``Forbidden``."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        policy.require_builder(actor_of(request))
        return view(request, *args, **kwargs)

    return staff_required()(guarded)


def design_page(
    request: HttpRequest,
    design: DesignView,
    template: str,
    context: Mapping[str, Any],
    *,
    current: str,
    status: int = 200,
) -> HttpResponse:
    """A screen of one draft."""
    title, tone = STATES[design.state]
    tabs = [
        Tab(
            title=str(words),
            url=reverse(name, args=[design.public_id]),
            current=name == current,
            count=None,
        )
        for name, words in TABS
    ]
    head = {
        "design": design,
        "state_title": title,
        "state_tone": tone,
        "parts": tabs,
        "may_edit": actor_of(request).can(policy.EDIT),
        "done": DONE.get(request.GET.get("done", "")) if request.method != "POST" else None,
        "on_review": current == "builder-review",
        "done_at": request.GET.get("at", ""),
    }
    return render(request, template, {**head, **context}, status=status)


def seen_version(request: HttpRequest) -> int:
    """The version that was on the person's screen."""
    try:
        return int(request.POST.get("version", ""))
    except ValueError as missing:
        raise Refused(_("この画面は古くなっています。読み込み直してください。")) from missing


def save(
    request: HttpRequest, design_id: UUID, change: Callable[[Files], Files], *, note: str
) -> int:
    """Save a change by the person of this request, made from the version on their screen.

    Raises what ``save_design`` does, and ``Refused`` when what was to be changed is gone.
    """
    try:
        return actions.save_design(
            design_id,
            change,
            version=seen_version(request),
            note=note,
            actor=actor_of(request),
            now=clock.now(),
        )
    except NoSuchPlace as gone:
        raise Refused(_("変えようとしたものは、もうありません。")) from gone
    except IdTaken as taken:
        message = _("この番号は、ほかの質問が使っています。")
        raise Invalid(field_errors={"id": message}) from taken


def back(
    name: str,
    design_id: UUID,
    *,
    edit: str = "",
    done: str = "",
    at: str = "",
    fragment: str = "",
) -> HttpResponse:
    """To a screen of the draft, and there to one place: opened to ``edit``, or with what was
    ``done`` (a word of ``DONE``) beside the place ``at``."""
    address = reverse(name, args=[design_id])
    said = {key: value for key, value in {"edit": edit, "done": done, "at": at}.items() if value}
    query = f"?{urlencode(said)}" if said else ""
    return HttpResponseRedirect(f"{address}{query}{f'#{fragment}' if fragment else ''}")


def current(request: HttpRequest, design_id: UUID) -> DesignView:
    """The draft as it is now. Raises ``NotFound``, ``Forbidden``."""
    return queries.design(actor_of(request), design_id)


def failed(failure: SuigoError | None) -> dict[str, Any]:
    """What the head of a page says about a failure."""
    return {"failure": failure.message if failure is not None else ""}
