"""``/staff/signatures/``: what could not be accepted by itself, and all about one signature."""

import json
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from suigo.engines.signing import actions, policy, queries
from suigo.engines.signing.spec import FourItems
from suigo.engines.signing.web.words import line_of, steps_of
from suigo.engines.signing.wording import AGREEMENTS, ITEMS, RESULTS, REVOCATIONS, SEXES, VERDICTS
from suigo.kernel.access.web import actor_of, staff_required
from suigo.kernel.clock import now
from suigo.kernel.errors import Forbidden, Invalid, NotFound
from suigo.kernel.japanese.eras import to_wareki
from suigo.kernel.ui.navigation import Tab

TYPES = {"document": "application/json", "p7s": "application/pkcs7-signature"}


@never_cache
@require_safe
@staff_required()
def signatures(request: HttpRequest) -> HttpResponse:
    """What waits, or what was decided."""
    actor = actor_of(request)
    if not policy.may_review(actor):
        raise Forbidden(_("この画面を見る権限がありません。"))
    state = "decided" if request.GET.get("state") == "decided" else "waiting"
    wanted = request.GET.get("page", "1")
    page = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 6 else 1
    found, more = queries.queue(actor, state=state, page=max(page, 1))
    context = {
        "rows": [line_of(brief) for brief in found],
        "state": state,
        "tabs": [
            Tab(title=_("確認待ち"), url="?", current=state == "waiting", count=None),
            Tab(
                title=_("確認を終えたもの"),
                url="?state=decided",
                current=state == "decided",
                count=None,
            ),
        ],
        "next": f"?state={state}&page={page + 1}" if more else "",
        "previous": f"?state={state}&page={page - 1}" if page > 1 else "",
    }
    return render(request, "signing/signatures.html", context)


@never_cache
@require_safe
@staff_required()
def signature(request: HttpRequest, signature_id: UUID) -> HttpResponse:
    """One signature: what was found, when, and what was decided."""
    return _page(request, signature_id)


def _page(
    request: HttpRequest,
    signature_id: UUID,
    *,
    errors: dict[str, str] | None = None,
    person: FourItems | None = None,
) -> HttpResponse:
    detail = queries.signature_detail(actor_of(request), signature_id)
    brief = detail.brief
    title, tone = VERDICTS[brief.verdict]
    latest = detail.reports[0].body if detail.reports else {}
    context: dict[str, Any] = {
        "signature": brief,
        "detail": detail,
        "state": title,
        "tone": tone,
        "result": RESULTS[brief.result],
        "revocation": REVOCATIONS[brief.revocation],
        "agreements": [
            (title, AGREEMENTS[how], how)
            for item, title in ITEMS.items()
            if (how := brief.agreements.get(item))
        ],
        "steps": steps_of(latest),
        "certificate": latest.get("certificate", {}),
        "answer": latest.get("revocation_answer") or {},
        "reports": [
            (report, RESULTS.get(report.body.get("result", ""), "")) for report in detail.reports
        ],
        "errors": errors or {},
        "summary": [(name, message) for name, message in (errors or {}).items()],
        "typed": request.POST.get("reason", ""),
        "typed_why": request.POST.get("why", ""),
        "person": _person_lines(person) if person else [],
        "tried": request.GET.get("tried") == "1",
    }
    return render(request, "signing/signature.html", context, status=422 if errors else 200)


def _person_lines(person: FourItems) -> list[tuple[Any, str]]:
    born = to_wareki(person.birth_date) if person.birth_date else str(_("わからない日がある"))
    substituted = str(_("（代替文字を含む）"))
    return [
        (ITEMS["name"], person.name + (substituted if "name" in person.substituted else "")),
        (ITEMS["birth_date"], born),
        (_("性別"), str(SEXES.get(person.sex, person.sex))),
        (
            ITEMS["address"],
            person.address + (substituted if "address" in person.substituted else ""),
        ),
    ]


@require_POST
@staff_required()
def decide(request: HttpRequest, signature_id: UUID) -> HttpResponse:
    """Accept or reject, with a reason."""
    if not queries.signature_detail(actor_of(request), signature_id).may_review:
        raise Forbidden(_("この操作を行う権限がありません。"))
    verdict = request.POST.get("verdict", "")
    if verdict not in ("accepted", "rejected"):
        return _page(
            request, signature_id, errors={"verdict": str(_("どちらかを選んでください。"))}
        )
    chosen: Literal["accepted", "rejected"] = "accepted" if verdict == "accepted" else "rejected"
    try:
        actions.decide(
            signature_id,
            chosen,
            reason=request.POST.get("reason", ""),
            expected=request.POST.get("expected", ""),
            actor=actor_of(request),
            now=now(),
        )
    except Invalid as invalid:
        errors = {name: str(message) for name, message in invalid.field_errors.items()}
        return _page(request, signature_id, errors=errors)
    return HttpResponseRedirect(reverse("signature", args=[signature_id]))


@require_POST
@staff_required()
def try_again(request: HttpRequest, signature_id: UUID) -> HttpResponse:
    """Verify again, with today's answer about revocation."""
    actions.try_again(signature_id, actor=actor_of(request), now=now())
    return HttpResponseRedirect(f"{reverse('signature', args=[signature_id])}?tried=1")


@require_POST
@staff_required(policy.PERSON)
def person(request: HttpRequest, signature_id: UUID) -> HttpResponse:
    """Show who signed; the ledger keeps who looked and why."""
    try:
        found = actions.see_person(
            signature_id, reason=request.POST.get("why", ""), actor=actor_of(request), now=now()
        )
    except Invalid as invalid:
        message = str(invalid.field_errors.get("reason", invalid))
        return _page(request, signature_id, errors={"why": message})
    response = _page(request, signature_id, person=found)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@staff_required(policy.PERSON)
def export(request: HttpRequest, signature_id: UUID, part: str) -> HttpResponse:
    """The signed document, its .p7s, or the reports, to keep or to show elsewhere."""
    actor = actor_of(request)
    if part == "report":
        detail = queries.signature_detail(actor, signature_id)
        content = json.dumps([r.body for r in detail.reports], ensure_ascii=False, indent=2)
        return _attachment(content.encode(), f"{signature_id}.report.json", "application/json")
    if part == "document":
        content_bytes = actions.note_export(signature_id, "document", actor=actor, now=now())
        return _attachment(content_bytes, f"{signature_id}.json", TYPES[part])
    if part == "p7s":
        content_bytes = actions.note_export(signature_id, "p7s", actor=actor, now=now())
        return _attachment(content_bytes, f"{signature_id}.json.p7s", TYPES[part])
    raise NotFound


def _attachment(content: bytes, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
