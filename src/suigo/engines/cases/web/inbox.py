"""The clerk's inbox: narrowing, searching, paging, assigning many, taking lists out."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from suigo.engines.cases import actions, policy
from suigo.engines.cases.queries.export import CHANNELS, export_count, export_rows, header
from suigo.engines.cases.queries.inbox import COUNTED, found_by_name, inbox, saved_views
from suigo.engines.cases.queries.letters import department_name
from suigo.engines.cases.queries.procedures import procedures
from suigo.engines.cases.rules.exporting import Encoding, csv_lines
from suigo.engines.cases.rules.filtering import VIEWS, InboxFilters, cursor_of, filters_of
from suigo.engines.cases.web.rows import rows_html
from suigo.engines.identity.queries import organisation, staff_of_department
from suigo.kernel.access import Actor
from suigo.kernel.access.web import actor_of, staff_required
from suigo.kernel.clock import local_date, now
from suigo.kernel.errors import Invalid
from suigo.kernel.language import _

TOLD = "cases.inbox-told"
TOLD_FOR_SECONDS = 600
VIEW_NAMES: dict[str, Promise] = {
    "open": gettext_lazy("処理中"),
    "mine": gettext_lazy("自分の担当"),
    "deciding": gettext_lazy("決定待ち"),
    "unassigned": gettext_lazy("担当なし"),
    "overdue": gettext_lazy("期限切れ"),
    "done": gettext_lazy("終わったもの"),
    "shared": gettext_lazy("ほかの課から"),
    "all": gettext_lazy("すべて"),
}


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the filter panel."""

    title: object
    url: str
    current: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A select of the filter panel: ``options`` are (value, title, chosen)."""

    name: str
    label: str
    options: tuple[tuple[str, str, bool], ...]


@require_GET
@staff_required(policy.VIEW)
def show(request: HttpRequest) -> HttpResponse:
    """One page of the inbox."""
    actor, filters = actor_of(request), filters_of(_parameters(request))
    page = inbox(
        actor,
        filters,
        cursor=cursor_of(request.GET.get("at", "")),
        today=local_date(now()),
    )
    actions.note_found(page.found, way="search", actor=actor, now=now())
    total = f"{COUNTED:,}{_('件以上')}" if page.more_than_counted else _count(page.total)
    views = saved_views(actor)
    context = {
        "page_of_cases": page,
        "rows": page.rows,
        "rows_html": rows_html(page.rows, selectable=_assigns(actor)),
        "total": total,
        "filters": filters,
        "search_text": filters.q,
        "here": _address(filters),
        "groups": _groups(filters, [(view.name, view.query) for view in views]),
        "choices": _choices(actor, filters),
        "saved": next((view for view in views if view.query == filters.query), None),
        "previous": _at(filters, page.previous),
        "next": _at(filters, page.next),
        "sort_due": _address(filters.but(sort="due")),
        "sort_received": _address(filters.but(sort="received")),
        "may_assign": _assigns(actor),
        "people": _people(actor) if page.rows else (),
        "may_export": actor.can(policy.EXPORT),
        "done": _told(request),
    }
    return render(request, "cases/staff/inbox.html", context)


def _assigns(actor: Actor) -> bool:
    return actor.can(policy.ASSIGN) or actor.can(policy.CHECK)


def _language() -> str:
    return get_language() or "ja"


def _parameters(request: HttpRequest) -> dict[str, str]:
    return {key: str(value) for key, value in request.GET.items()}


def _address(filters: InboxFilters) -> str:
    return f"{reverse('inbox')}?{filters.query}" if filters.query else reverse("inbox")


def _at(filters: InboxFilters, cursor: str | None) -> str:
    if cursor is None:
        return ""
    address = _address(filters)
    return f"{address}{'&' if '?' in address else '?'}at={cursor.replace('+', '%2B')}"


def _count(number: int) -> str:
    return ngettext("%(count)s件", "%(count)s件", number) % {"count": f"{number:,}"}


def _groups(filters: InboxFilters, saved: list[tuple[str, str]]) -> list[Group]:
    views = tuple(
        Link(VIEW_NAMES[view], _address(filters.but(view=view)), filters.view == view)
        for view in VIEWS
    )
    groups = [Group(_("表示"), views)]
    if saved:
        links = tuple(
            Link(name, f"{reverse('inbox')}?{query}", query == filters.query)
            for name, query in saved
        )
        groups.append(Group(_("保存した見え方"), links))
    return groups


def _choices(actor: Actor, filters: InboxFilters) -> list[Choice]:
    """What else narrows the list, as far as it makes a difference to this actor."""
    everywhere, seen = actor.can(policy.VIEW_ALL), actor.where(policy.VIEW)
    offered = [p for p in procedures() if everywhere or p.spec.service.department in seen]
    states = {
        state.id: state.title.in_language(_language())
        for p in offered
        for state in p.spec.workflow.states
    }
    departments = [*organisation().departments] if everywhere else sorted(seen)
    choices = [
        _choice(
            "procedure",
            _("手続"),
            [(p.id, p.spec.service.title.in_language(_language())) for p in offered],
            filters.procedure,
        ),
        _choice("state", _("状態"), list(states.items()), filters.state),
        _choice("channel", _("経路"), [(k, str(v)) for k, v in CHANNELS.items()], filters.channel),
    ]
    if len(departments) > 1:
        names = [(d, department_name(d, language=_language())) for d in departments]
        choices.append(_choice("department", _("課"), names, filters.department))
    return choices


def _choice(name: str, label: str, options: list[tuple[str, str]], chosen: str) -> Choice:
    return Choice(name, label, tuple((v, title, v == chosen) for v, title in options))


def _people(actor: Actor) -> list[tuple[int, str]]:
    """Those a case can be given to: oneself, and with the capability everybody of the office."""
    if not actor.can(policy.ASSIGN):
        return [(actor.account_id, actor.name)] if actor.account_id is not None else []
    today = local_date(now())
    found = {
        person.id: person.name
        for department in sorted(actor.where(policy.ASSIGN))
        for person in staff_of_department(department, today=today)
    }
    return list(found.items())


@require_POST
@staff_required(policy.VIEW)
def assign(request: HttpRequest) -> HttpResponse:
    """Give the chosen cases to somebody."""
    chosen = [UUID(v) for v in request.POST.getlist("case") if _is_uuid(v)]
    to = request.POST.get("to", "")
    if not chosen:
        raise Invalid(_("割り当てる申請を選んでください。"))
    done = actions.bulk_assign(
        chosen,
        to_account_id=int(to) if to.isascii() and to.isdecimal() and len(to) < 19 else None,
        actor=actor_of(request),
        now=now(),
    )
    told = _("%(count)d件の担当を決めました。") % {"count": len(done.numbers)}
    if done.left:
        left = "、".join(f"{number}（{why}）" for number, why in done.left[:10])
        told = f"{told} {_('そのままのもの')}: {left}"
    return _back(request, told)


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _back(request: HttpRequest, told: str) -> HttpResponse:
    """Back to the list, which then says ``told``."""
    filters = filters_of({k: str(v) for k, v in _query_of(request).items()})
    address = _address(filters)
    return HttpResponseRedirect(f"{address}{'&' if '?' in address else '?'}{_done(request, told)}")


def _done(request: HttpRequest, told: str) -> str:
    """A sentence to be said on the next page: signed for this person, so that nobody can make
    the system say something by sending round a link."""
    said = [actor_of(request).account_id, told]
    return urlencode({"done": signing.dumps(said, salt=TOLD, compress=True)})


def _told(request: HttpRequest) -> str:
    """What the page before wanted to be said; nothing for others' and old links."""
    try:
        account, told = signing.loads(
            request.GET.get("done", ""), salt=TOLD, max_age=TOLD_FOR_SECONDS
        )
    except signing.BadSignature:
        return ""
    return str(told) if account == actor_of(request).account_id else ""


def _query_of(request: HttpRequest) -> dict[str, str]:
    """The filters of the page a form was on, which it posts along."""
    return dict(parse_qsl(request.POST.get("filters", "")[:2000]))


@require_POST
@staff_required(policy.VIEW)
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the filters of this page under a name."""
    actions.save_view(
        name=request.POST.get("name", ""),
        filters=filters_of(_query_of(request)),
        actor=actor_of(request),
        now=now(),
    )
    return _back(request, _("この条件を保存しました。"))


@require_POST
@staff_required(policy.VIEW)
def delete_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Forget a saved view."""
    actions.delete_view(view_id, actor=actor_of(request))
    return _back(request, _("保存した見え方を削除しました。"))


@require_GET
@staff_required(policy.EXPORT)
def export(request: HttpRequest) -> HttpResponseBase:
    """The list as CSV; the ledger says that it was taken out."""
    actor, filters = actor_of(request), filters_of(_parameters(request))
    encoding: Encoding = "cp932" if request.GET.get("encoding") == "cp932" else "utf-8"
    today = local_date(now())
    actions.note_export(
        count=export_count(actor, filters, today=today),
        encoding=encoding,
        filters=filters,
        actor=actor,
        now=now(),
    )
    found = found_by_name(actor, filters, today=today)
    actions.note_found(found, way="export", actor=actor, now=now())
    lines = csv_lines(
        header(),
        export_rows(actor, filters, today=today),
        encoding=encoding,
        lost_title=_("書き出せなかった文字"),
    )
    charset = "shift_jis" if encoding == "cp932" else "utf-8"
    response = StreamingHttpResponse(lines, content_type=f"text/csv; charset={charset}")
    response["Content-Disposition"] = f'attachment; filename="cases-{today.isoformat()}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response
