"""The applicant's electronic signature: what is signed, and that it belongs to what is sent."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.cases import policy
from suigo.engines.cases.actions.locking import locked_case
from suigo.engines.cases.models import Case, CaseFile
from suigo.engines.cases.queries.procedures import defined
from suigo.engines.cases.queries.signing import signature_level
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.cases.rules.searching import applicant_of
from suigo.engines.documents.queries import briefs, open_file
from suigo.engines.forms.rules import Evaluation, evaluate, review, value_at
from suigo.engines.forms.rules.answers import Answers
from suigo.engines.forms.rules.prefilling import facts_in
from suigo.engines.signing import actions as signing
from suigo.engines.signing.queries import SignedDraft, signed_draft, verdict_of
from suigo.engines.signing.rules.canonical import (
    Shown,
    SignedApplication,
    SignedFile,
    canonical_bytes,
    digest_of,
)
from suigo.engines.signing.spec import Claimed
from suigo.kernel.access import SYSTEM, Actor
from suigo.kernel.clock import local_date
from suigo.kernel.content import city
from suigo.kernel.errors import NotFound, Refused
from suigo.kernel.jobs import enqueue

if TYPE_CHECKING:
    from suigo.engines.cases.actions.submission import Application
    from suigo.engines.documents.spec import FileBrief

logger = logging.getLogger(__name__)

Unreadable = signing.Unreadable
APPROVING = ("approved", "partly_approved", "issued")
BYTE_RANGE = b"/ByteRange"
ADDRESS = ("prefecture", "city", "town", "block", "building")


class NotSigned(Refused):
    """The procedure needs a signature, and there is none for exactly this content."""


def document_of(
    application: Application, *, draft_id: UUID, language: str, prepared_at: datetime
) -> bytes:
    """The application as it is signed. The same answers give the same bytes; one query for files.

    It holds what the applicant reads before they sign, question by question, and the answers that
    the case is made of.
    """
    spec, form = application.procedure.spec, application.procedure.form
    day = local_date(prepared_at)
    pages = review(form, application.answers, language=language, today=day)
    rows = [(page, row) for page in pages for row in page.rows]
    wanted = [(row.path, UUID(i)) for _page, row in rows for i in row.file_ids]
    files = briefs([file_id for _path, file_id in wanted])
    return canonical_bytes(
        SignedApplication(
            city=city().spec.code,
            procedure=spec.id,
            title=spec.service.title.in_language(language),
            definition=application.procedure.hash,
            applicant=claimed_in(
                application.procedure, application.answers, application.evaluation
            ),
            answers=application.answers,
            shown=tuple(
                Shown(
                    page.title,
                    row.label if row.heading in ("", page.title) else f"{row.heading} {row.label}",
                    "\n".join(row.lines) or "、".join(_names(row.file_ids, files)),
                )
                for page, row in rows
            ),
            files=tuple(
                SignedFile(path, files[i].name, files[i].size, files[i].sha256)
                for path, i in wanted
                if i in files
            ),
            language=language,
            prepared_at=prepared_at,
            subject=str(draft_id),
        )
    )


def _names(ids: tuple[str, ...], files: dict[UUID, FileBrief]) -> list[str]:
    return [files[UUID(i)].name for i in ids if UUID(i) in files]


def claimed_in(chosen: Procedure, answers: Answers, evaluation: Evaluation) -> Claimed:
    """Who the applicant says they are, as far as the form asks."""
    told = {key: one.value for key, one in facts_in(chosen.form, answers, evaluation).items()}
    name = applicant_of(
        told.get("person.name") or value_at(answers, chosen.spec.service.applicant_name)
    )
    address = told.get("person.address")
    born = told.get("person.birth_date")
    return Claimed(
        name=name.name,
        birth_date=born if isinstance(born, str) else "",
        address="".join(str(address.get(part) or "") for part in ADDRESS)
        if isinstance(address, dict)
        else "",
    )


def own_signature(draft_id: UUID, application: Application, *, actor: Actor) -> SignedDraft | None:
    """The signature to be used for an application that is being sent, None where it may go without.

    Raises ``NotSigned`` when it must not, also when the answers were changed after signing.
    """
    if application.acting is not None:
        return None  # by right of the grant, where the procedure takes agents at all
    level = signature_level(
        application.procedure.spec.service, actor=actor, channel=application.channel
    )
    if level == "none":
        return None
    signed = signed_draft(draft_id)
    if signed is None or not signed.usable:
        if level == "optional":
            return None
        raise NotSigned(_("この手続を送信するには、電子署名が必要です。入力は残っています。"))
    document = document_of(
        application,
        draft_id=draft_id,
        language=signed.language,
        prepared_at=signed.prepared_at,
    )
    if digest_of(document) != signed.digest:
        raise NotSigned(_("署名したあとに内容が変わりました。もう一度署名してください。"))
    return signed


def use_signature(signed: SignedDraft, case: Case, *, title: str, now: datetime) -> None:
    """Put the signature to the case, last in the transaction. Raises what ``signing.take``
    raises."""
    signing.take(
        signed.signature_id,
        signed.digest,
        case_id=case.public_id,
        number=case.number,
        title=title,
        department=case.department,
        now=now,
    )


def require_decidable(case_id: UUID, outcome: str | None) -> None:
    """Raises ``Refused`` for a decision that has to wait for the signature, or can't be taken
    without it; one query."""
    verdict = verdict_of(case_id)
    if verdict == "waiting":
        raise Refused(
            _(
                "電子署名の確認が終わっていないため、まだ決定できません。「署名の確認」を先に行ってください。"
            )
        )
    if verdict == "rejected" and outcome in APPROVING:
        raise Refused(_("電子署名を認めていないため、承認の決定はできません。"))


@transaction.atomic
def attach_signatures(
    case_id: UUID,
    arrived: Sequence[signing.Arrived],
    *,
    actor: Actor,
    now: datetime,
    file_id: UUID | None = None,
) -> int:
    """Put signatures that were found in files to a case; returns how many are new.

    Without ``file_id`` they are the applicant's own, of an application that came signed. Raises
    ``NotFound``.
    """
    case = locked_case(case_id, actor=actor, version=None)
    chosen = defined(case.definition_id)
    received = local_date(case.received_at)
    evaluation = evaluate(chosen.form, case.answers, today=received)
    return signing.keep_arrived(
        arrived,
        subject=file_id or case.public_id,
        origin="file" if file_id else "import",
        claimed=claimed_in(chosen, case.answers, evaluation),
        case_id=case.public_id,
        number=case.number,
        title=chosen.spec.service.title.ja,
        department=case.department,
        actor=actor,
        now=now,
    )


def examine_later(case_id: UUID, file_ids: Iterable[UUID]) -> None:
    """Have the signatures in files that came into a case verified, once this is committed. On the
    residents' node nobody would see it: the inner one does it."""
    ids = [str(file_id) for file_id in file_ids]
    if ids and settings.SUIGO_ZONE != "outer":
        enqueue("cases.examine_files", case_id=str(case_id), file_ids=ids)


def examine_files(case_id: UUID, file_ids: Sequence[UUID], *, now: datetime) -> int:
    """Verify the signatures in some files of a case: those of signed PDFs, and .p7s files with what
    they sign. Returns how many are new; what can't be read is left to a clerk's own look."""
    case = Case.objects.filter(public_id=case_id, erased_at=None).first()
    if case is None:
        return 0
    every = CaseFile.objects.filter(case=case).values_list("file_id", flat=True)
    files = briefs(every)
    new = 0
    for file in (files[i] for i in file_ids if i in files):
        try:
            arrived = _signatures_in(file, files.values(), now=now)
        except Unreadable:
            logger.info("a signature in file %s can't be read", file.public_id)
            continue
        if arrived:
            new += attach_signatures(
                case_id, arrived, actor=SYSTEM, now=now, file_id=file.public_id
            )
    return new


def _signatures_in(
    file: FileBrief, beside: Iterable[FileBrief], *, now: datetime
) -> tuple[signing.Arrived, ...]:
    if file.kind == "pdf" and _seems_signed(file):
        return signing.verify_pdf(
            open_file(file), sha256=file.sha256, believed_at=file.created_at, now=now
        )
    if file.kind == "signature":
        others = (one for one in beside if one.kind != "signature")
        return signing.verify_p7s(
            b"".join(open_file(file)),
            {str(one.public_id): b"".join(open_file(one)) for one in others},
            believed_at=file.created_at,
            now=now,
        )
    return ()


def _seems_signed(file: FileBrief) -> bool:
    """Whether a PDF speaks of the bytes that a signature covers, which always stands in clear: most
    have none, and are not read again by the confined program."""
    before = b""
    for piece in open_file(file):
        if BYTE_RANGE in before + piece:
            return True
        before = piece[-len(BYTE_RANGE) :]
    return False


def examine_file(case_id: UUID, file_id: UUID, *, actor: Actor, now: datetime) -> int:
    """Verify the signatures of a PDF in a case, for a clerk who asks; returns how many it has.

    Raises ``NotFound`` for a file of no case that the actor works on, ``Unreadable``, and
    ``Refused`` for what is no PDF.
    """
    case = policy.handled_cases(actor).filter(public_id=case_id).first()
    attached = CaseFile.objects.filter(case=case, file_id=file_id).exists()
    file = briefs([file_id]).get(file_id)
    if case is None or not attached or file is None:
        raise NotFound
    if file.kind != "pdf":
        raise Refused(_("署名を検証できるのは、PDFファイルだけです。"))
    arrived = signing.verify_pdf(
        open_file(file), sha256=file.sha256, believed_at=case.received_at, now=now
    )
    attach_signatures(case_id, arrived, actor=actor, now=now, file_id=file_id)
    return len(arrived)
