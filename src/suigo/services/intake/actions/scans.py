"""Paper that was scanned or photographed: sorted by its codes, typed in, or put into its case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from suigo.engines.cases.actions import enclose_files, start_draft
from suigo.engines.cases.queries.detail import case_detail
from suigo.engines.cases.queries.drafts import living_drafts
from suigo.engines.cases.queries.procedures import printed_definition, procedure
from suigo.engines.cases.rules.arrival import Arrival
from suigo.engines.cases.rules.sheets import sheet_of
from suigo.engines.documents import previews
from suigo.engines.documents.actions import keep_until, store_file
from suigo.engines.documents.actions.uploads import ByteStream
from suigo.engines.documents.failures import NoPreview
from suigo.engines.documents.spec import FileBrief
from suigo.kernel.access import SYSTEM, Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.clock import local_date
from suigo.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused, SuigoError
from suigo.services.intake import policy
from suigo.services.intake.actions.deliveries import LONGEST_REASON
from suigo.services.intake.models import PaperEntry, PaperFile
from suigo.services.intake.rules.grouping import BLANK_INK, Group, ReadFile, grouped

MOST_FILES = 40
WAITING_YEARS = 1


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody chose."""

    name: str
    content_type: str
    stream: ByteStream


@dataclass(frozen=True, slots=True)
class Scanned:
    """What became of an upload: the entries, and the files that were refused, with reasons."""

    entries: tuple[UUID, ...]
    refused: tuple[tuple[str, str], ...]


def bring_scans(actor: Actor, uploads: Sequence[Upload], *, now: datetime) -> Scanned:
    """Keep scanned files and sort them: each application becomes an entry to type from, what
    belongs to a case goes into it. Call it outside a transaction, like ``store_file``.

    Raises ``Forbidden``, ``Invalid``.
    """
    actor.require(policy.SCAN)
    if not uploads or len(uploads) > MOST_FILES:
        message = _("ファイルを1つ以上%(most)d個以内で選んでください。") % {"most": MOST_FILES}
        raise Invalid(field_errors={"scans": message})
    kept: dict[UUID, FileBrief] = {}
    read: list[ReadFile] = []
    digests: dict[UUID, list[str]] = {}
    refused: list[tuple[str, str]] = []
    for upload in uploads:
        try:
            file = store_file(
                actor,
                name=upload.name,
                content_type_claimed=upload.content_type,
                stream=upload.stream,
                accept=("pdf", "image"),
                owner_token=f"intake-scan-{actor.account_id}",
                now=now,
            )
            pages = previews.read_pages(file)
        except (SuigoError, NoPreview) as why:
            refused.append((upload.name, str(why)))
            continue
        kept[file.public_id] = file
        digests[file.public_id] = [page.digest for page in pages]
        sheets = tuple(
            next((s for code in page.codes if (s := sheet_of(code)) is not None), None)
            for page in pages
        )
        blank = tuple(page.ink < BLANK_INK and not page.codes for page in pages)
        if all(blank):
            refused.append((upload.name, str(_("白紙です。"))))
            continue
        read.append(ReadFile(file.public_id, sheets, blank))
    ids = [_kept(actor, group, kept, digests, now=now) for group in grouped(read)]
    return Scanned(tuple(ids), tuple(refused))


@transaction.atomic
def _kept(
    actor: Actor,
    group: Group,
    files: dict[UUID, FileBrief],
    digests: dict[UUID, list[str]],
    *,
    now: datetime,
) -> UUID:
    entry = PaperEntry(state="unknown", arrived_at=now, brought_by_name=actor.name or "-")
    if group.mixed:
        entry.reason = str(_("1つのファイルに、別々の申請が入っています。"))
    elif group.definition:
        try:
            printed = printed_definition(group.definition)
            entry.procedure_id, entry.definition_hash = printed.name, printed.hash
            entry.state = "waiting"
        except NotFound as unknown:
            entry.reason = str(unknown)
    elif group.case_id is not None:
        _enclose(entry, actor, group, now=now)
    else:
        entry.reason = str(_("QRコードを読み取れませんでした。"))
    entry.save()
    PaperFile.objects.bulk_create(
        PaperFile(
            entry=entry,
            file_id=file.file_id,
            sha256=files[file.file_id].sha256,
            pages=[
                {"number": s.page if s else None, "blank": b, "digest": d}
                for s, b, d in zip(file.sheets, file.blank, digests[file.file_id], strict=True)
            ],
        )
        for file in group.files
    )
    year_on = local_date(now).replace(day=1)
    keep_until(
        [file.file_id for file in group.files],
        date=year_on.replace(year=year_on.year + WAITING_YEARS),
    )
    _note("intake.scanned", entry, actor, now=now)
    return entry.public_id


def _enclose(entry: PaperEntry, actor: Actor, group: Group, *, now: datetime) -> None:
    """A reply to a letter goes into its case, whoever's department scanned it."""
    assert group.case_id is not None
    try:
        number = enclose_files(
            group.case_id, [file.file_id for file in group.files], actor=SYSTEM, now=now
        )
    except (NotFound, Refused) as why:
        entry.reason = str(why)
        return
    entry.state, entry.case_id, entry.case_number, entry.done_at = (
        "done",
        group.case_id,
        number,
        now,
    )


@transaction.atomic
def name_procedure(actor: Actor, entry_id: UUID, *, procedure_id: str, now: datetime) -> None:
    """Say which procedure a sheet without a readable code belongs to: today's form is used.

    Raises ``NotFound``, ``Conflict``.
    """
    entry = _locked(actor, entry_id)
    if entry.state not in ("unknown", "waiting"):
        raise Conflict(_("この用紙は、もう入力が始まっています。"))
    chosen = procedure(procedure_id)
    entry.procedure_id, entry.definition_hash = chosen.id, ""
    entry.state, entry.reason = "waiting", ""
    entry.save()
    _note("intake.sorted", entry, actor, now=now)


@transaction.atomic
def start_typing(actor: Actor, entry_id: UUID, *, now: datetime) -> UUID:
    """Begin to type a sheet in, into exactly the form that was printed; returns the draft.

    A colleague's typing is taken over only by beginning anew. Raises ``NotFound``, ``Conflict``,
    ``Forbidden``, ``Refused``.
    """
    entry = _locked(actor, entry_id)
    if entry.state not in ("waiting", "typing"):
        raise Conflict(_("この用紙は入力できません。"))
    scans = tuple(str(i) for i in entry.files.order_by("id").values_list("file_id", flat=True))
    draft = start_draft(
        entry.procedure_id,
        actor=actor,
        now=now,
        channel="paper",
        arrival=Arrival(source=str(_("紙の申請書")), scans=scans),
        definition=entry.definition_hash or None,
    )
    entry.state, entry.draft_id = "typing", draft
    entry.save()
    _note("intake.typing", entry, actor, now=now)
    return draft


@transaction.atomic
def dismiss_scan(actor: Actor, entry_id: UUID, *, reason: str, now: datetime) -> None:
    """Set a sheet aside for good: a twin, a wrong paper. Raises ``NotFound``, ``Conflict``,
    ``Invalid``."""
    entry = _locked(actor, entry_id)
    reason = reason.replace("\x00", "").strip()
    if not reason or len(reason) > LONGEST_REASON:
        message = _("取り込まない理由を500文字以内で入力してください。")
        raise Invalid(field_errors={"reason": message})
    if entry.state in ("done", "dismissed"):
        raise Conflict(_("この用紙は、もう終わっています。"))
    entry.state, entry.reason, entry.done_at = "dismissed", reason, now
    entry.save()
    _note("intake.scan_dismissed", entry, actor, now=now, reason=reason)


@transaction.atomic
def note_received(case_id: UUID, *, now: datetime) -> None:
    """A case was received: the sheets it was typed from are done. Again, it changes nothing."""
    case = case_detail(SYSTEM, case_id, today=local_date(now))
    if not case.arrival.scans:
        return
    PaperEntry.objects.filter(
        state="typing", files__file_id__in=[UUID(scan) for scan in case.arrival.scans]
    ).update(state="done", case_id=case_id, case_number=case.number, done_at=now)


def note_discarded(draft_id: UUID, *, now: datetime) -> None:
    """The typing of a sheet was thrown away: it waits again. Again, it changes nothing."""
    _wait_again(PaperEntry.objects.filter(state="typing", draft_id=draft_id), now=now)


def free_abandoned(*, now: datetime) -> int:
    """Sheets whose typing was left until its draft expired wait again; returns how many."""
    typing = PaperEntry.objects.filter(state="typing")
    drafts = [i for i in typing.values_list("draft_id", flat=True) if i is not None]
    return _wait_again(typing.exclude(draft_id__in=living_drafts(drafts)), now=now)


@transaction.atomic
def _wait_again(found: QuerySet[PaperEntry], *, now: datetime) -> int:
    entries = list(found.select_for_update())
    for entry in entries:
        entry.state, entry.draft_id = "waiting", None
        entry.save(update_fields=["state", "draft_id"])
        _note("intake.typing_ended", entry, SYSTEM, now=now)
    return len(entries)


def _locked(actor: Actor, entry_id: UUID) -> PaperEntry:
    if not actor.can(policy.SCAN):
        raise Forbidden(_("この操作を行う権限がありません。"))
    entry = PaperEntry.objects.select_for_update().filter(public_id=entry_id).first()
    if entry is None:
        raise NotFound
    return entry


def _note(action: str, entry: PaperEntry, actor: Actor, *, now: datetime, reason: str = "") -> None:
    record(
        action,
        actor=actor,
        subject_kind="paper",
        subject_id=str(entry.public_id),
        facts={"procedure": entry.procedure_id, "number": entry.case_number},
        personal={"reason": reason} if reason else None,
        now=now,
    )
