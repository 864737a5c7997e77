"""The rows of the inbox as HTML. Written by hand because fifty rows through the template language
cost more than the two queries that find them (docs/performance.md, G5)."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString

from suigo.engines.cases.queries.export import CHANNELS
from suigo.engines.cases.queries.inbox import InboxRow
from suigo.kernel.clock import local_date
from suigo.kernel.language import _

TONES = {
    "waiting": "waiting",
    "checking": "active",
    "with_applicant": "attention",
    "done": "done",
}

_NOBODY = "00000000-0000-0000-0000-000000000000"


def rows_html(rows: Iterable[InboxRow], *, selectable: bool) -> SafeString:
    """One ``<tr>`` per case. Everything that came from people is escaped."""
    address = reverse("case", args=[_NOBODY])
    words = {
        "select": _("%(number)s を選択"),
        "over": _("%(days)d日超過"),
        "today": _("今日"),
        "left": _("あと%(days)d日"),
        "none": _("未定"),
        "assignee": escape(_("担当")),
        # how it came, where it did not come by the web like most
        **{key: escape(title) for key, title in CHANNELS.items() if key != "web"},
        "veiled": escape(_("非表示")),
    }
    return SafeString("".join(_row(row, address, words, selectable) for row in rows))


def _row(row: InboxRow, address: str, words: dict[str, str], selectable: bool) -> str:
    number, name = escape(row.number), escape(row.applicant_name)
    who = f'<div class="one-line" title="{name}">{name}</div>'
    if row.veiled:
        who = f'<span class="muted">{words["veiled"]}</span>'
    check = ""
    if selectable:
        label = escape(words["select"] % {"number": row.number})
        check = (
            f'<td class="check"><label><input type="checkbox" name="case" value="{row.public_id}">'
            f'<span class="visually-hidden">{label}</span></label></td>'
        )
    late = ' class="late"' if row.urgency == "over" else ""
    assignee = escape(row.assignee) or f'<span class="muted">{words["none"]}</span>'
    received = local_date(row.received_at)
    way = words.get(row.channel, "")
    channel = f' <span class="soft">{way}</span>' if way else ""
    return (
        f"<tr data-row>{check}"
        f'<th scope="row"><a href="{address.replace(_NOBODY, str(row.public_id))}" data-open>'
        f"{number}</a></th>"
        f"<td>{escape(row.title)}</td><td>{who}</td>"
        f'<td><span class="chip chip--{TONES[row.phase]}">{escape(row.state)}</span></td>'
        f"<td{late}>{_due(row, words)}</td>"
        f'<td data-label="{words["assignee"]}">{assignee}</td>'
        f"<td>{received.month}/{received.day}{channel}</td></tr>"
    )


def _due(row: InboxRow, words: dict[str, str]) -> str:
    day = f"{row.due_date.month}/{row.due_date.day}"
    if row.urgency == "idle":
        return day
    if row.days_left < 0:
        return words["over"] % {"days": -row.days_left}
    if row.days_left == 0:
        return words["today"]
    return words["left"] % {"days": row.days_left}
