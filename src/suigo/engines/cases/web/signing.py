"""Signing an application with a card: what is signed is shown, the card signs, and it is sent.

Between the pages stands a service of somebody else, where people give up, wait, come back twice or
never. Whatever is clicked, a signed application is sent once.
"""

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from suigo.engines.cases import actions
from suigo.engines.cases.queries.drafts import DraftView
from suigo.engines.cases.queries.signing import signature_level
from suigo.engines.cases.web.brakes import count
from suigo.engines.cases.web.keeping import chosen as chosen_to_keep
from suigo.engines.cases.web.own_draft import already_sent_leads_on, own_draft
from suigo.engines.cases.web.visitor import owner_token_of
from suigo.engines.signing import providers
from suigo.engines.signing.queries import SignedDraft, document_to_sign, signed_draft
from suigo.kernel.access.web import actor_of, sign_in_redirect
from suigo.kernel.clock import now
from suigo.kernel.errors import Conflict, Invalid, NotFound, Refused

KEEPING = "cases.keeping"


def wants_signature(request: HttpRequest, draft_id: UUID) -> bool:
    """Whether sending leads to the signature first: it is needed, or was chosen."""
    if providers.signer() is None:
        return False
    draft = own_draft(request, draft_id)
    if draft.acting is not None:
        return False
    level = signature_level(
        draft.procedure.spec.service, actor=actor_of(request), channel=draft.channel
    )
    return level == "required" or (level == "optional" and "sign" in request.POST)


def begin_signature(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Make the document and lead to the page that shows it. Raises ``Invalid``."""
    keeping = chosen_to_keep(request)
    request.session[KEEPING] = {
        "draft": str(draft_id),
        "keep": sorted(keeping.keep),
        "replace": sorted(keeping.replace),
    }
    _prepare(request, draft_id)
    return HttpResponseRedirect(reverse("apply-sign", args=[draft_id]))


def _prepare(request: HttpRequest, draft_id: UUID) -> actions.Prepared:
    return actions.prepare_signature(
        draft_id,
        actor=actor_of(request),
        now=now(),
        language=get_language() or "ja",
        owner_token=owner_token_of(request),
    )


@never_cache
@require_http_methods(["GET", "POST"])
@already_sent_leads_on
def sign(request: HttpRequest, draft_id: UUID) -> HttpResponseBase:
    """Read what will be signed, then sign. Whoever has signed already only sends."""
    draft = own_draft(request, draft_id)
    if draft.acting is not None:
        raise NotFound
    if not actor_of(request).is_resident:
        return sign_in_redirect(request, settings.SUIGO_RESIDENT_SIGN_IN_URL)
    signed = signed_draft(draft_id)
    signer = providers.signer()
    if signed is None or signer is None:
        return HttpResponseRedirect(reverse("apply-check", args=[draft_id]))
    if request.method == "GET":
        return _show(request, draft, signed)
    count(request, "send")
    if signed.usable and "again" not in request.POST:
        return _send(request, draft, signed)
    try:
        prepared = _prepare(request, draft_id)
        return_to = reverse("apply-signed", args=[draft_id])
        return HttpResponseRedirect(signer.begin(request, prepared.digest, return_to=return_to))
    except Invalid:
        return HttpResponseRedirect(reverse("apply-check", args=[draft_id]))
    except Refused as refused:
        return _show(request, draft, signed, refused=str(refused))


@never_cache
@require_GET
@already_sent_leads_on
def signed(request: HttpRequest, draft_id: UUID) -> HttpResponseBase:
    """Back from the card. Coming back again, or after a crash, goes on where it stood."""
    draft = own_draft(request, draft_id)
    if not actor_of(request).is_resident:
        return sign_in_redirect(request, settings.SUIGO_RESIDENT_SIGN_IN_URL)
    prepared = signed_draft(draft_id)
    signer = providers.signer()
    if prepared is None or signer is None:
        return HttpResponseRedirect(reverse("apply-check", args=[draft_id]))
    if not prepared.usable:
        try:
            completed = actions.complete_signature(
                draft_id,
                signer.finish(request, prepared.digest),
                actor=actor_of(request),
                now=now(),
            )
        except Refused as refused:
            return _show(request, draft, prepared, refused=str(refused))
        if not completed.usable:
            return _show(request, draft, prepared, refused=completed.why_not)
    return _send(request, draft, prepared)


def _send(request: HttpRequest, draft: DraftView, prepared: SignedDraft) -> HttpResponseBase:
    kept = request.session.get(KEEPING) or {}
    mine = kept if kept.get("draft") == str(draft.public_id) else {}
    keeping = actions.Keeping(
        keep=frozenset(mine.get("keep", ())), replace=frozenset(mine.get("replace", ()))
    )
    try:
        receipt = actions.submit_application(
            draft.public_id,
            actor=actor_of(request),
            now=now(),
            language=get_language() or "ja",
            owner_token=owner_token_of(request),
            keeping=keeping if mine else actions.NOTHING_KEPT,
        )
    except Invalid:
        return HttpResponseRedirect(reverse("apply-check", args=[draft.public_id]))
    except (actions.NotSigned, Conflict, Refused) as refused:
        return _show(request, draft, prepared, refused=str(refused), stale=True)
    request.session.pop(KEEPING, None)
    return HttpResponseRedirect(reverse("application-done", args=[receipt.case_id]))


def _show(
    request: HttpRequest,
    draft: DraftView,
    signed: SignedDraft,
    *,
    refused: str = "",
    stale: bool = False,
) -> HttpResponse:
    """The document in words, and the button. ``stale`` is a signature that can't be used."""
    document: dict[str, Any] = json.loads(document_to_sign(signed.signature_id))
    pages: list[tuple[str, list[tuple[str, str]]]] = []
    for page, label, text in document["shown"]:
        if not pages or pages[-1][0] != page:
            pages.append((page, []))
        pages[-1][1].append((label, text))
    context = {
        "draft": draft,
        "service": draft.procedure.spec.service,
        "document": document,
        "pages": pages,
        "digest": signed.digest.hex(),
        "ready": signed.usable and not stale,
        "again": signed.usable and stale,
        "refused": refused,
        "refused_title": _("署名できませんでした。申請は、まだ送信されていません"),
    }
    return render(request, "cases/apply/sign.html", context, status=422 if refused else 200)
