"""Having an application signed, between "check your answers" and sending."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from suigo.engines.cases.actions.signing import document_of
from suigo.engines.cases.actions.submission import Application, Receipt, take_draft
from suigo.engines.identity.providers import SignedDigest
from suigo.engines.signing import actions as signing
from suigo.engines.signing.queries import SignedDraft, signed_draft
from suigo.engines.signing.rules.canonical import digest_of
from suigo.kernel.access import Actor
from suigo.kernel.errors import Conflict, Refused
from suigo.kernel.language import _


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that waits to be signed, or was."""

    signature_id: UUID
    digest: bytes


def prepare_signature(
    draft_id: UUID, *, actor: Actor, now: datetime, language: str, owner_token: str = ""
) -> Prepared:
    """Make the document of a draft that would be sent as it is now, to be shown and signed.

    The draft is judged exactly as when it is sent, and stays. A signature that was made for
    another content is left behind. Raises what ``submit_application`` raises, ``Conflict`` when it
    was sent already.
    """
    with transaction.atomic():
        taken = take_draft(draft_id, actor=actor, now=now, owner_token=owner_token)
        if isinstance(taken, Receipt):
            raise Conflict(_("この申請は、すでに送信されています。"))
        current = signed_draft(draft_id)
        if current is not None and not _still_good(current, taken, draft_id):
            current = None
        content = document_of(taken, draft_id=draft_id, language=language, prepared_at=now)
        transaction.set_rollback(True)
    if current is not None:
        return Prepared(current.signature_id, current.digest)
    begun = signing.begin(draft_id, content, title=taken.procedure.spec.service.title.ja, now=now)
    return Prepared(begun.signature_id, begun.digest)


def _still_good(current: SignedDraft, taken: Application, draft_id: UUID) -> bool:
    """Whether a document was made of exactly these answers and may still be used."""
    if current.is_signed and not current.usable:
        return False
    document = document_of(
        taken, draft_id=draft_id, language=current.language, prepared_at=current.prepared_at
    )
    return digest_of(document) == current.digest


def complete_signature(
    draft_id: UUID, signed: SignedDigest, *, actor: Actor, now: datetime
) -> signing.Completed:
    """Keep what came back from the card for a draft that the caller has found to be the actor's.

    Raises ``Refused`` when nothing was prepared, or something else was signed.
    """
    prepared = signed_draft(draft_id)
    if prepared is None:
        raise Refused(_("署名する書類が見つかりません。確認の画面からやり直してください。"))
    return signing.complete(prepared.signature_id, signed, actor=actor, now=now)
