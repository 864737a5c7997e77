"""Making a draft, saving it, going back to an earlier version, throwing it away."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from suigo.kernel.access import Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.errors import Conflict, Invalid, Message, NotFound, Refused
from suigo.services.builder import policy
from suigo.services.builder.models import Design, DesignVersion
from suigo.services.builder.rules.package import LARGEST_ZIP, PROCEDURE_ID, Files, digest, readable
from suigo.services.builder.rules.words import text_of


class ChangedMeanwhile(Conflict):
    """Somebody else saved the draft after this person had opened it. ``version`` is theirs."""

    def __init__(self, version: int, by: str) -> None:
        super().__init__(_("%(name)sさんが先に保存しました。") % {"name": by})
        self.version = version


class AlreadyOpen(Conflict):
    """Somebody is already changing this procedure. ``design`` is their draft."""

    def __init__(self, design: UUID | None) -> None:
        super().__init__(_("この手続には、作りかけの下書きがあります。"))
        self.design = design


@transaction.atomic
def start_design(
    procedure_id: str, files: Files, *, note: str, actor: Actor, now: datetime
) -> UUID:
    """Begin a draft with ``files``. Raises ``Forbidden``, ``Invalid``, ``AlreadyOpen``."""
    actor.require(policy.EDIT)
    if not PROCEDURE_ID.match(procedure_id):
        message = _("英小文字、数字、ハイフンだけを使ってください。例: dog-registration")
        raise Invalid(field_errors={"procedure_id": message})
    _require_small(files)
    try:
        with transaction.atomic():
            design = Design.objects.create(
                procedure_id=procedure_id,
                title=_title(files, procedure_id),
                created_at=now,
                changed_at=now,
                changed_by_name=actor.name,
            )
    except IntegrityError as taken:
        found = open_design_of(procedure_id)
        raise AlreadyOpen(found.public_id if found else None) from taken
    _keep(design, files, note=note, actor=actor, now=now)
    _record("builder.started", design, actor, now, note=note)
    return design.public_id


@transaction.atomic
def save_design(
    design_id: UUID,
    change: Callable[[Files], Files],
    *,
    version: int,
    note: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Save what ``change`` makes of the files, and return the new version.

    ``version`` is the one the person saw. Saving what is already there changes nothing. Raises
    ``NotFound``, ``Forbidden``, ``Refused`` once it waits for approval, ``ChangedMeanwhile``.
    """
    actor.require(policy.EDIT)
    design = locked_design(design_id)
    _require_editing(design)
    if design.version != version:
        raise ChangedMeanwhile(design.version, design.changed_by_name)
    before: Files = files_of(design)
    files = dict(change(before))
    if files == before:
        return design.version
    _require_small(files)
    design.version += 1
    design.title = _title(files, design.procedure_id)
    design.changed_at, design.changed_by_name = now, actor.name
    design.save(update_fields=["version", "title", "changed_at", "changed_by_name"])
    _keep(design, files, note=note, actor=actor, now=now)
    _record("builder.saved", design, actor, now, note=note)
    return design.version


def restore_version(
    design_id: UUID, wanted: int, *, version: int, actor: Actor, now: datetime
) -> int:
    """Go back to the files of an earlier version, as a new version. Raises like ``save_design``."""
    try:
        files = DesignVersion.objects.values_list("files", flat=True).get(
            design__public_id=design_id, version=wanted
        )
    except DesignVersion.DoesNotExist as missing:
        raise NotFound from missing
    note = str(_("版%(number)dに戻した") % {"number": wanted})
    return save_design(
        design_id, lambda _before: files, version=version, note=note, actor=actor, now=now
    )


@transaction.atomic
def discard_design(design_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Throw a draft away; its versions stay on record. What is live is not touched.

    Raises ``NotFound``, ``Forbidden``, ``Refused`` unless it is being edited.
    """
    actor.require(policy.EDIT)
    design = locked_design(design_id)
    _require_editing(design)
    design.state = Design.State.DISCARDED
    design.save(update_fields=["state"])
    _record("builder.discarded", design, actor, now)


def locked_design(design_id: UUID) -> Design:
    """The draft, until the transaction ends nobody else's. Raises ``NotFound``."""
    try:
        return Design.objects.select_for_update().get(public_id=design_id)
    except Design.DoesNotExist as missing:
        raise NotFound(_("この下書きは見つかりませんでした。")) from missing


def open_design_of(procedure_id: str) -> Design | None:
    """The draft that somebody is working on."""
    open_states = (Design.State.EDITING, Design.State.WAITING, Design.State.APPROVED)
    return Design.objects.filter(procedure_id=procedure_id, state__in=open_states).first()


def files_of(design: Design) -> dict[str, str]:
    """The files as they stand."""
    files: dict[str, str] = DesignVersion.objects.values_list("files", flat=True).get(
        design=design, version=design.version
    )
    return files


def record_of(
    action: str, design: Design, actor: Actor, now: datetime, *, note: Message = ""
) -> None:
    """One entry of the ledger about a draft."""
    _record(action, design, actor, now, note=note)


def _record(
    action: str, design: Design, actor: Actor, now: datetime, *, note: Message = ""
) -> None:
    record(
        action,
        actor=actor,
        subject_kind="design",
        subject_id=str(design.public_id),
        facts={
            "procedure": design.procedure_id,
            "title": design.title,
            "version": design.version,
            "note": str(note),
        },
        now=now,
    )


def _keep(design: Design, files: Files, *, note: str, actor: Actor, now: datetime) -> None:
    DesignVersion.objects.create(
        design=design,
        version=design.version,
        files=dict(files),
        hash=digest(files),
        note=note[:300],
        saved_at=now,
        saved_by_id=policy.account_of(actor),
        saved_by_name=actor.name,
    )


def _title(files: Files, procedure_id: str) -> str:
    return (text_of(readable(files, "service.yaml").get("title")) or procedure_id)[:300]


def _require_small(files: Files) -> None:
    if any("\x00" in text for text in files.values()):
        raise Refused(_("使えない文字が含まれています。"))
    if sum(len(text.encode()) for text in files.values()) > LARGEST_ZIP:
        raise Refused(_("手続が大きすぎます。質問や選択肢を減らしてください。"))


def _require_editing(design: Design) -> None:
    if design.state != Design.State.EDITING:
        raise Refused(_("承認を待っている間や公開したあとは、変えられません。"))
