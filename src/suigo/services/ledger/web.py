"""``/staff/ledger/``: every entry, the daily proofs, and whether anything was altered."""

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from suigo.engines.cases.rules.exporting import csv_lines
from suigo.kernel.access.fresh import fresh_required, sending
from suigo.kernel.access.web import actor_of, staff_required
from suigo.kernel.audit.queries import (
    ledger_line,
    ledger_lines,
    removal_lines,
    removal_rules,
    removals,
)
from suigo.kernel.clock import now
from suigo.kernel.errors import Invalid, NotFound
from suigo.services.ledger import actions, folder, policy, queries

TOKYO = ZoneInfo("Asia/Tokyo")
SHOWN = 50
LONGEST = 200  # characters of a filter
LARGEST_ID = 2**63 - 1

KINDS = {"statement": folder.STATEMENT, "files": folder.FILES, "stamp": folder.STAMP}
TYPES = {
    folder.STATEMENT: "application/json",
    folder.FILES: "text/plain; charset=utf-8",
    folder.STAMP: "application/timestamp-token",
}
REMOVED_COLUMNS = (_("日時"), _("操作記録の番号"), _("きまり"), _("したこと"), _("対象"))

# what a verification says, by the kind of thing and the words of the finding
FINDINGS = {
    "entry": _("操作記録の {where} 番が、書かれたときのままではありません。"),
    "proof": _("{where} の日次の証明が、作られたときのままではありません。"),
    "export": _("書き出した証明 {where} が、書き出したときのままではありません。"),
    "stamp": _("証明のタイムスタンプ {where} が、付けられたときのままではありません。"),
    "listed_file": _("保存したファイル {where} の台帳が、証明に載せたときと違います。"),
    "file": _("保存したファイル {where} の中身が、届いたときのままではありません。"),
}


@never_cache
@require_safe
@staff_required(policy.VIEW)
def entries(request: HttpRequest) -> HttpResponse:
    """The whole ledger, newest first, without what says who a resident is."""
    asked = {name: request.GET.get(name, "").strip()[:LONGEST] for name in _FILTERS}
    since, until = _day(asked["since"]), _day(asked["until"])
    lines = ledger_lines(
        limit=SHOWN + 1,
        below=_number(request.GET.get("below", "")),
        since=_midnight(since),
        until=_midnight(until + timedelta(days=1)) if until else None,
        action=asked["action"],
        actor=asked["actor"],
        subject_id=asked["subject"],
    )
    kept = {name: value for name, value in asked.items() if value}
    rows = lines[:SHOWN]
    more = rows[-1].id if len(lines) > SHOWN else None
    context = {
        "rows": [
            (line, f"?{urlencode(kept | {'action': line.action})}", _same(kept, line.subject_id))
            for line in rows
        ],
        "asked": asked,
        "wrong_day": bool((asked["since"] and not since) or (asked["until"] and not until)),
        "next": f"?{urlencode(kept | {'below': more})}" if more else "",
        "first": f"?{urlencode(kept)}" if "below" in request.GET else "",
    }
    return render(request, "ledger/entries.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@staff_required(policy.VIEW)
@fresh_required(does=_("個人の情報を見る"), labels={"reason": _("見る理由")}, when=sending)
def entry(request: HttpRequest, number: int) -> HttpResponse:
    """One entry. Its personal part is shown once a reason has been given, which is recorded."""
    line = ledger_line(number) if number <= LARGEST_ID else None
    if line is None:
        raise NotFound
    context: dict[str, Any] = {"line": line}
    status = 200
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        try:
            context["sentence"] = actions.read_personal(
                actor_of(request), number, reason=reason, now=now()
            )
        except Invalid as invalid:
            context |= {"error": invalid.field_errors["reason"], "reason": reason}
            status = 422
    return render(request, "ledger/entry.html", context, status=status)


@never_cache
@require_safe
@staff_required(policy.VIEW)
def proofs(request: HttpRequest) -> HttpResponse:
    """The daily proofs, and what the last verifications found."""
    looked = queries.verifications()
    newest = looked[0] if looked else None
    kept = queries.proofs()
    context = {
        "proofs": kept,
        "stamped": any(one.stamped_at for one in kept),
        "newest": newest,
        "running": newest is not None and newest.finished_at is None,
        "findings": [_sentence(finding) for finding in newest.findings] if newest else [],
        "earlier": looked[1:],
    }
    return render(request, "ledger/proofs.html", context)


@require_POST
@staff_required(policy.VIEW)
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a verification; the page tells how far it is."""
    actions.ask_for_verification(actor_of(request), now=now())
    return HttpResponseRedirect(reverse("ledger-proofs"))


@require_safe
@staff_required(policy.VIEW)
def proof(request: HttpRequest, day: str, kind: str) -> HttpResponse:
    """A day's statement, its list of files or its time stamp, to keep elsewhere."""
    wanted = _day(day)
    suffix = KINDS.get(kind)
    if wanted is None or suffix is None:
        raise NotFound
    answer = HttpResponse(queries.proof_content(wanted, suffix), content_type=TYPES[suffix])
    header = content_disposition_header(as_attachment=True, filename=f"{day}{suffix}")
    answer["Content-Disposition"] = header or "attachment"
    answer["Cache-Control"] = "private, no-store"
    return answer


@never_cache
@require_safe
@staff_required(policy.VIEW)
def removed(request: HttpRequest) -> HttpResponse:
    """What was removed on schedule in a month, when and by which rule, and the rules."""
    since, until = _month(request.GET.get("month", ""))
    found = removals(since=since, until=until)
    counts = {action: 0 for action, _rule in removal_rules()}
    for one in found:
        counts[one.action] += one.count
    context = {
        "rows": [
            (one, f"?{urlencode({'action': one.action, 'since': one.day, 'until': one.day})}")
            for one in found
        ],
        "rules": [(rule, counts[action]) for action, rule in removal_rules()],
        "month": since,
        "before": f"{since - timedelta(days=1):%Y-%m}",
        "after": f"{until:%Y-%m}" if until <= now() else "",
    }
    return render(request, "ledger/removed.html", context)


@require_safe
@staff_required(policy.VIEW)
def removed_csv(request: HttpRequest) -> HttpResponse:
    """Every entry of a month that tells of a removal; nothing in it is personal."""
    since, until = _month(request.GET.get("month", ""))
    header = [str(title) for title in REMOVED_COLUMNS]
    rows = (
        [
            f"{line.at.astimezone(TOKYO):%Y-%m-%d %H:%M:%S}",
            str(line.id),
            rule,
            line.sentence,
            f"{line.subject_kind} {line.subject_id}",
        ]
        for line, rule in removal_lines(since=since, until=until)
    )
    answer = HttpResponse(
        b"".join(csv_lines(header, rows, encoding="utf-8", lost_title="")),
        content_type="text/csv; charset=utf-8",
    )
    named = content_disposition_header(as_attachment=True, filename=f"removed-{since:%Y-%m}.csv")
    answer["Content-Disposition"] = named or "attachment"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _month(text: str) -> tuple[datetime, datetime]:
    """The month (``2026-11``) from its first midnight to the next month's; else this one."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        first = now().astimezone(TOKYO).date().replace(day=1)
    if not 1900 < first.year < 3000:
        raise NotFound
    following = (first + timedelta(days=31)).replace(day=1)
    return (
        datetime.combine(first, time(), tzinfo=TOKYO),
        datetime.combine(following, time(), tzinfo=TOKYO),
    )


_FILTERS = ("since", "until", "actor", "action", "subject")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), tzinfo=TOKYO) if day else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _same(kept: dict[str, str], subject_id: str) -> str:
    return f"?{urlencode(kept | {'subject': subject_id})}" if subject_id else ""


def _sentence(finding: queries.Finding) -> tuple[str, str]:
    return str(FINDINGS[finding.kind]).format(where=finding.where), finding.what


urlpatterns = [
    path("staff/ledger/", entries, name="ledger"),
    path("staff/ledger/<int:number>/", entry, name="ledger-entry"),
    path("staff/ledger/removed/", removed, name="ledger-removed"),
    path("staff/ledger/removed.csv", removed_csv, name="ledger-removed-csv"),
    path("staff/ledger/proofs/", proofs, name="ledger-proofs"),
    path("staff/ledger/proofs/verify/", verify, name="ledger-verify"),
    path("staff/ledger/proofs/<str:day>/<slug:kind>/", proof, name="ledger-proof"),
]
