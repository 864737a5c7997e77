"""From a document to its signature, once: begun for one content, completed once, used once."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.identity.providers import SignedDigest
from suigo.engines.signing import heavy, vault
from suigo.engines.signing.actions.verifying import report_on, verified, write_down
from suigo.engines.signing.models import Signature
from suigo.engines.signing.rules.canonical import digest_of
from suigo.engines.signing.spec import Claimed
from suigo.engines.signing.wording import found_in_words
from suigo.kernel.access import SYSTEM, Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.errors import Conflict, Message, NotFound, Refused

# what the resident reads whose application was not sent
REFUSALS: dict[str, Message] = {
    "CERT_UNSUPPORTED": _(
        "署名用電子証明書での署名ではありませんでした。"
        "英数字6〜16文字の暗証番号を使う「署名用」で、もう一度署名してください。"
    ),
    "UNTRUSTED": _("電子証明書の発行元を確かめられませんでした。申請は送信されていません。"),
    "EXPIRED": _(
        "電子証明書の有効期限が切れているか、まだ始まっていません。"
        "市の窓口で更新すると、署名できるようになります。"
    ),
    "SIGNATURE_MISMATCH": _(
        "署名を確かめられませんでした。申請は送信されていません。もう一度署名してください。"
    ),
    "REVOKED": _(
        "この電子証明書は失効しています。引っ越しや氏名の変更のあとは、"
        "市の窓口で新しい証明書を受け取ってください。"
    ),
}

GOOD_FOR = timedelta(hours=24)
"""How long a signature may wait to be sent: a certificate can be revoked meanwhile."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A document that waits to be signed."""

    signature_id: UUID
    digest: bytes


@dataclass(frozen=True, slots=True)
class Completed:
    """What was found. ``usable`` says that the application may be sent with it; ``why_not`` is a
    sentence for the resident."""

    result: str
    verdict: str
    usable: bool
    why_not: str


@transaction.atomic
def begin(subject: UUID, document: bytes, *, title: str, now: datetime) -> Begun:
    """Keep ``document`` to be signed for ``subject`` (a draft). The same content again is the same
    signature; another content takes the place of one that nobody signed."""
    digest = digest_of(document)
    mine = Signature.objects.select_for_update().filter(subject=subject, origin="web")
    for other in mine:
        if other.digest == digest.hex():
            if other.verdict == "rejected":
                _forget_try(other)
            return Begun(other.public_id, digest)
        if other.signed_at is None:
            other.delete()
    fresh = Signature(
        origin="web", subject=subject, digest=digest.hex(), title=title[:200], begun_at=now
    )
    vault.keep(fresh, document=document)
    fresh.save(force_insert=True)
    return Begun(fresh.public_id, digest)


def _forget_try(row: Signature) -> None:
    """Let a document be signed again after a signature that did not count: what was found then
    stays in its reports and in the ledger."""
    row.signed_at = row.proof = row.revocation_checked_at = row.certificate_until = None
    row.result = row.revocation = row.agreement = row.verdict = ""
    row.agreements = {}
    row.save()


def complete(signature_id: UUID, signed: SignedDigest, *, actor: Actor, now: datetime) -> Completed:
    """Verify what came back from the card and keep it, whatever was found. Who signed is compared
    with whom the document names as the applicant.

    Running it again changes nothing and gives the first answer. Raises ``NotFound``, and
    ``Refused`` when another document was signed.
    """
    row = Signature.objects.filter(public_id=signature_id).first()
    if row is None:
        raise NotFound
    if row.signed_at is not None:
        return _completed(row)
    if signed.digest.hex() != row.digest:
        raise Refused(_("別の書類の署名が届きました。もう一度署名してください。"))
    # outside the transaction: a responder may take its time
    found = verified(
        heavy.verifying.Signed(
            digest=bytes.fromhex(row.digest),
            certificate=signed.certificate_der,
            signature=signed.signature,
        ),
        believed_at=now,
        now=now,
    )
    with transaction.atomic():
        row = Signature.objects.select_for_update().filter(public_id=signature_id).first()
        if row is None:
            raise NotFound
        if row.signed_at is not None:
            return _completed(row)
        write_down(
            row,
            found,
            signed=signed.signature,
            certificate=signed.certificate_der,
            claimed=Claimed(**json.loads(vault.document_of(row))["applicant"]),
        )
        row.save()
        report_on(row, found, by="", now=now)
        record(
            "signing.verified" if row.verdict != "rejected" else "signing.refused",
            actor=actor,
            subject_kind="signature",
            subject_id=str(row.public_id),
            facts={
                "title": row.title,
                "result": row.result,
                "found": found_in_words(row.result),
                "digest": row.digest,
            },
            now=now,
        )
    return _completed(row)


def _completed(row: Signature) -> Completed:
    usable = row.verdict in ("accepted", "waiting")
    why_not = "" if usable else str(REFUSALS[row.result])
    return Completed(row.result, row.verdict, usable, why_not)


def take(
    signature_id: UUID,
    digest: bytes,
    *,
    case_id: UUID,
    number: str,
    title: str,
    department: str,
    now: datetime,
) -> str:
    """Use a signature for the case that its draft becomes, inside the caller's transaction;
    returns the verdict. A signature is used once and for the content that was signed.

    Raises ``Refused`` when it is not for this content, too old or not good, and ``Conflict`` when
    it was used already.
    """
    row = Signature.objects.select_for_update().filter(public_id=signature_id).first()
    if row is None or row.signed_at is None or row.digest != digest.hex():
        raise Refused(_("署名したあとに内容が変わりました。もう一度署名してください。"))
    if row.case_id is not None:
        raise Conflict(_("この署名は、すでに申請に使われています。"))
    if row.verdict not in ("accepted", "waiting"):
        raise Refused(REFUSALS[row.result])
    if row.signed_at + GOOD_FOR < now:
        raise Refused(_("署名から24時間がたちました。もう一度署名してください。"))
    row.case_id, row.number, row.department = case_id, number, department
    row.title = title[:200]
    row.save(update_fields=["case_id", "number", "department", "title"])
    record_state(row, now=now)
    return row.verdict


def record_state(row: Signature, *, now: datetime) -> None:
    """The case's own history says what was found about its signature."""
    kind = "signing.attached" if row.verdict == "accepted" else "signing.attached-waiting"
    record(
        "signing.attached-rejected" if row.verdict == "rejected" else kind,
        actor=SYSTEM,
        subject_kind="case",
        subject_id=str(row.case_id),
        facts={
            "number": row.number,
            "signature": str(row.public_id),
            "result": row.result,
            "found": found_in_words(row.result),
            "agreement": row.agreement,
            "digest": row.digest,
        },
        now=now,
    )
