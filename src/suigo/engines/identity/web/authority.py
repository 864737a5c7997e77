"""``/staff/authority/``: who may do what, today or on another day, made from ``org.yaml`` and the
posts that people hold."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from suigo.engines.identity import providers
from suigo.engines.identity.organisation import Organisation, organisation
from suigo.engines.identity.queries.authority import Holder, holders_on
from suigo.kernel import clock
from suigo.kernel.access import capabilities
from suigo.kernel.access.web import staff_required

WRONG_DAY = gettext_lazy("日付を「2026-11-24」のように入力してください。")
Holders = Mapping[str, tuple[Holder, ...]]


@never_cache
@require_safe
@staff_required()
def show(request: HttpRequest) -> HttpResponse:
    """The matrix of roles, and for a day who holds which post and so may do what."""
    org, known = organisation(), capabilities.known()
    asked = request.GET.get("on", "")
    chosen = _day(asked)
    day = chosen or clock.local_date(clock.now())
    holders = holders_on(day)
    context = {
        "day": day,
        "day_error": WRONG_DAY if asked and chosen is None else "",
        "others": providers.authority_pages(),
        "roles": org.spec.roles,
        "capabilities": [
            {
                "id": capability,
                "title": known[capability].title if capability in known else capability,
                "cells": [capability in role.capabilities for role in org.spec.roles],
                "people": list(_people(org, holders, capability)),
            }
            for capability in _held(org)
        ],
        "posts": [
            {
                "title": post.title,
                "department": org.departments[post.department].name,
                "roles": [org.roles[role].name for role in post.roles],
                "verify": post.verify,
                "holders": holders.get(post.id, ()),
            }
            for post in org.spec.posts
        ],
    }
    return render(request, "identity/authority.html", context)


@never_cache
@require_safe
@staff_required()
def export(request: HttpRequest) -> HttpResponse:
    """The same as CSV: one line for each capability, post and person."""
    org, known = organisation(), capabilities.known()
    day = _day(request.GET.get("on", "")) or clock.local_date(clock.now())
    holders = holders_on(day)
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(
        [
            _("日"),
            _("できること"),
            "id",
            _("課と職"),
            _("氏名"),
            _("職の持ち方"),
            _("代理される人"),
            _("から"),
            _("まで"),
        ]
    )
    for capability in _held(org):
        title = str(known[capability].title) if capability in known else capability
        for place, holder in _people(org, holders, capability):
            cells = [
                title,
                capability,
                place,
                holder.name,
                holder.kind_title,
                holder.substitute_for,
            ]
            until = holder.last_day.isoformat() if holder.last_day else ""
            span = [holder.valid_from.isoformat(), until]
            lines.writerow([day.isoformat(), *(_harmless(cell) for cell in cells), *span])
    answer = HttpResponse(f"\ufeff{out.getvalue()}", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="authority-{day.isoformat()}.csv"'
    return answer


def _held(org: Organisation) -> list[str]:
    """Capabilities that some role has: those of the packages first, in their order."""
    held = {c for role in org.spec.roles for c in role.capabilities}
    known = capabilities.known()
    return [*(c for c in known if c in held), *sorted(held - set(known))]


def _people(org: Organisation, holders: Holders, capability: str) -> Iterator[tuple[str, Holder]]:
    for post in org.spec.posts:
        if capability in org.capabilities_of(post.id):
            for holder in holders.get(post.id, ()):
                yield org.title_of(post.id), holder


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet doesn't take for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
