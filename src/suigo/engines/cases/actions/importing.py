"""Applications that were made elsewhere: one case each, however often they are brought in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.cases.actions.locking import locked_case
from suigo.engines.cases.actions.signing import examine_later
from suigo.engines.cases.actions.submission import (
    Receipt,
    checked_application,
    receive_application,
    same_request,
    sealed_numbers,
)
from suigo.engines.cases.models import CaseFile
from suigo.engines.cases.queries.procedures import procedure
from suigo.engines.cases.rules.arrival import Arrival, import_key
from suigo.engines.documents.actions import hold_files, set_retention
from suigo.engines.forms.rules import normalised
from suigo.engines.forms.rules.answers import Answers
from suigo.kernel.access import Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.clock import local_date
from suigo.kernel.content.definitions import freeze
from suigo.kernel.errors import Conflict, Forbidden, Refused


@dataclass(frozen=True, slots=True)
class Imported:
    """Where an application comes from. ``key`` is unique within everything that is imported:
    the source and the number there. ``digest`` says whether its content is still the same.
    ``waived`` are questions that the source does not ask: they may be missing, and a clerk asks
    for them."""

    key: str
    digest: str
    arrived_at: datetime
    arrival: Arrival
    waived: frozenset[str] = frozenset()


def receive_import(
    procedure_id: str,
    answers: Answers,
    *,
    imported: Imported,
    actor: Actor,
    now: datetime,
    language: str = "ja",
) -> Receipt:
    """Make a case of an application that another service received.

    The same key with the same digest gives the same receipt, also after a killed import and when
    two run at once. It is judged as of the day it arrived there. Files among the answers must be
    ones that the caller stored itself.

    Raises ``Conflict`` for a key that came with other content before, ``Invalid`` with messages
    by path, ``NotFound``, ``Refused`` when the procedure was closed that day.
    """
    if actor.kind != "system":
        raise Forbidden(_("この操作を行う権限がありません。"))
    key = import_key(imported.key)
    earlier = _earlier(key, imported.digest)
    if earlier is not None:
        return earlier
    try:
        return _receive(procedure_id, answers, imported, key, actor, now, language)
    except IntegrityError:
        # a twin of this import was faster
        earlier = _earlier(key, imported.digest)
        if earlier is None:
            raise
        return earlier


def try_import(
    procedure_id: str,
    answers: Answers,
    *,
    arrived_at: datetime,
    waived: frozenset[str] = frozenset(),
) -> None:
    """Judge an application as ``receive_import`` would, without keeping anything.

    Raises ``Invalid``, ``NotFound``, ``Refused``.
    """
    chosen = procedure(procedure_id)
    checked_application(
        chosen,
        normalised(chosen.form, sealed_numbers(chosen, answers)),
        today=local_date(arrived_at),
        channel="import",
        applicant_id=None,
        owner_token="",
        submit_key="",
        submit_digest="",
        known={},
        waived=waived,
    )


def _earlier(key: str, digest: str) -> Receipt | None:
    try:
        return same_request(key, digest)
    except Conflict as conflict:
        raise Conflict(_("同じ番号の申請が、別の内容ですでに取り込まれています。")) from conflict


@transaction.atomic
def _receive(
    procedure_id: str,
    answers: Answers,
    imported: Imported,
    key: str,
    actor: Actor,
    now: datetime,
    language: str,
) -> Receipt:
    chosen = procedure(procedure_id)
    application = checked_application(
        chosen,
        normalised(chosen.form, sealed_numbers(chosen, answers)),
        today=local_date(imported.arrived_at),
        channel="import",
        applicant_id=None,
        owner_token="",
        submit_key=key,
        submit_digest=imported.digest,
        known={},
        arrival=imported.arrival,
        waived=imported.waived,
    )
    freeze(
        kind="procedure",
        name=procedure_id,
        document=chosen.document,
        now=now,
        digest=chosen.hash,
    )
    return receive_application(
        application, actor=actor, language=language, now=now, arrived_at=imported.arrived_at
    )


@transaction.atomic
def enclose_files(case_id: UUID, file_ids: Sequence[UUID], *, actor: Actor, now: datetime) -> str:
    """Put papers that came later, such as a scanned reply, into a case; returns its number.

    Files that are in it already are passed over. Raises ``NotFound``, ``Refused`` for a case whose
    personal content was erased.
    """
    case = locked_case(case_id, actor=actor, version=None)
    if case.erased_at is not None:
        raise Refused(_("保存期間が終わった申請には、書類を加えられません。"))
    present = set(CaseFile.objects.filter(case=case).values_list("file_id", flat=True))
    fresh = [file_id for file_id in dict.fromkeys(file_ids) if file_id not in present]
    CaseFile.objects.bulk_create(CaseFile(case=case, file_id=file_id) for file_id in fresh)
    examine_later(case_id, fresh)
    if case.keep_until_date is None:
        hold_files(fresh)
    else:
        set_retention(actor, fresh, date=case.keep_until_date, now=now)
    if fresh:
        record(
            "case.enclosed",
            actor=actor,
            subject_kind="case",
            subject_id=str(case.public_id),
            facts={"number": case.number, "count": len(fresh)},
            now=now,
        )
    return case.number
