"""Files that arrive: kept, looked at, brought in on a clerk's word, or set aside."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.documents.rules.naming import safe_name
from suigo.kernel.access import Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.errors import Conflict, Invalid, NotFound, Refused, TooLarge
from suigo.kernel.jobs import enqueue
from suigo.services.intake import policy
from suigo.services.intake.actions import rows
from suigo.services.intake.actions.vault import content_of, sealed
from suigo.services.intake.library import library
from suigo.services.intake.models import Delivery
from suigo.services.intake.queries import visible
from suigo.services.intake.rules.mapping import named_columns
from suigo.services.intake.rules.package import LARGEST, read_package
from suigo.services.intake.rules.table import Table, Unreadable, mend_csv, read_table
from suigo.services.intake.spec import CsvMapping

IMPORT_JOB = "intake.import"
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen: every row, and columns that the mapping names but the file lacks."""

    table: Table
    plans: tuple[rows.RowPlan, ...]
    lacking: tuple[str, ...]

    def count(self, outcome: str) -> int:
        """How many rows would end so."""
        return sum(plan.outcome == outcome for plan in self.plans)


def mapping_of(name: str) -> CsvMapping:
    """The mapping of a spreadsheet. Raises ``Refused`` when the city has removed it."""
    found = library().tables.get(name)
    if found is None:
        raise Refused(_("この取り込みの対応表は、いまはありません。"))
    return found


def read(delivery: Delivery) -> tuple[CsvMapping, Table]:
    """The spreadsheet of a delivery. Raises ``Unreadable``, ``Refused``, ``Gone``."""
    mapping = mapping_of(delivery.mapping)
    table = read_table(content_of(delivery), encoding=mapping.encoding, delimiter=mapping.delimiter)
    if mapping.key not in table.header:
        raise Unreadable(
            str(_("受付番号の列「%(column)s」がありません。")) % {"column": mapping.key}
        )
    return mapping, table


def examined(actor: Actor, delivery_id: UUID, *, now: datetime) -> Preview:
    """The dry run of a spreadsheet. Nothing is written. Raises ``NotFound``, ``Gone``."""
    actor.require(policy.IMPORT)
    delivery = Delivery.objects.filter(visible(actor), public_id=delivery_id, kind="csv").first()
    if delivery is None:
        raise NotFound
    mapping, table = read(delivery)
    return Preview(
        table=table,
        plans=tuple(rows.plans(delivery.mapping, mapping, table, now=now)),
        lacking=tuple(c for c in named_columns(mapping) if c not in table.header),
    )


@transaction.atomic
def bring_in(
    actor: Actor, *, kind: str, mapping: str, name: str, content: bytes, now: datetime
) -> UUID:
    """Keep a file that arrived. A package is brought in at once; a spreadsheet waits for the
    clerk to see what would happen, unless no clerk is there (a watched folder).

    A file that can't be read is set aside with the reason. Raises ``Invalid``, ``TooLarge``.
    """
    actor.require(policy.IMPORT)
    if kind not in Delivery.Kind.values or not content:
        raise Invalid(field_errors={"file": _("ファイルを選んでください。")})
    if len(content) > LARGEST:
        raise TooLarge(_("ファイルが大きすぎます（%(mb)dMBまで）。") % {"mb": LARGEST // 2**20})
    if kind == "csv" and mapping not in library().tables:
        raise Invalid(field_errors={"mapping": _("取り込み元を選んでください。")})
    key_id, kept = sealed(content)
    delivery = Delivery(
        kind=kind,
        mapping=mapping if kind == "csv" else _package_mapping(content),
        name=safe_name(name, fallback="-"),
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        content=kept,
        key_id=key_id,
        state="running",
        arrived_at=now,
        brought_by_id=actor.account_id,
        brought_by_name=actor.name,
    )
    if kind == "csv":
        _first_look(delivery, actor, now=now)
    delivery.save()
    _note("intake.arrived", delivery, actor, now=now)
    if delivery.state == "running":
        enqueue(IMPORT_JOB, delivery_id=str(delivery.public_id))
    return delivery.public_id


def _package_mapping(content: bytes) -> str:
    """The name of the mapping for a package, '' while nobody can tell."""
    try:
        code = read_package(content).manifest.procedure_code
    except Unreadable:
        return ""
    named = library().packages.items()
    return next((name for name, found in named if found.procedure_code == code), "")


def _first_look(delivery: Delivery, actor: Actor, *, now: datetime) -> None:
    try:
        _mapping, table = read(delivery)
    except Unreadable as why:
        delivery.state, delivery.reason, delivery.finished_at = "quarantined", str(why), now
        return
    delivery.rows = len(table.rows)
    delivery.state = "running" if actor.kind == "system" else "checked"


@transaction.atomic
def start_import(actor: Actor, delivery_id: UUID, *, now: datetime) -> None:
    """A clerk has seen what would happen: bring it in. Raises ``NotFound``, ``Conflict``."""
    delivery = _locked(actor, delivery_id)
    if delivery.state != "checked":
        raise Conflict(_("この取り込みは、もう始まっています。"))
    _run(delivery, actor, now=now)


@transaction.atomic
def retry(actor: Actor, delivery_id: UUID, *, now: datetime) -> None:
    """Try again what was set aside or was bad, once the mapping or the form is mended.

    What is a case already stays as it is. Raises ``NotFound``, ``Conflict``, ``Gone``.
    """
    delivery = _locked(actor, delivery_id)
    if delivery.state not in ("quarantined", "partly"):
        raise Conflict(_("この取り込みには、やり直すものがありません。"))
    content_of(delivery)
    delivery.entries.filter(outcome="bad").delete()
    if delivery.kind == "csv":
        delivery.finished_at, delivery.reason = None, ""
        _first_look(delivery, actor, now=now)
        if delivery.state == "quarantined":
            delivery.save()
            return
    _run(delivery, actor, now=now)


def _run(delivery: Delivery, actor: Actor, *, now: datetime) -> None:
    delivery.state, delivery.reason, delivery.finished_at = "running", "", None
    delivery.save()
    _note("intake.started", delivery, actor, now=now)
    enqueue(IMPORT_JOB, delivery_id=str(delivery.public_id))


@transaction.atomic
def dismiss(actor: Actor, delivery_id: UUID, *, reason: str, now: datetime) -> None:
    """Set a delivery aside for good; nothing of it comes in any more.

    Raises ``NotFound``, ``Conflict``, ``Invalid`` without a reason.
    """
    delivery = _locked(actor, delivery_id)
    reason = reason.replace("\x00", "").strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid(
            field_errors={"reason": _("取り込まない理由を500文字以内で入力してください。")}
        )
    if delivery.state not in ("checked", "quarantined", "partly"):
        raise Conflict(_("この取り込みは、もう終わっています。"))
    delivery.state, delivery.reason, delivery.finished_at = "dismissed", reason, now
    delivery.save()
    _note("intake.dismissed", delivery, actor, now=now, reason=reason)


@transaction.atomic
def note_download(actor: Actor, delivery_id: UUID, *, now: datetime) -> tuple[str, bytes]:
    """The file as it arrived, for a clerk to keep or mend; the ledger says so.

    Raises ``NotFound``, ``Gone``.
    """
    delivery = _locked(actor, delivery_id)
    content = content_of(delivery)
    _note("intake.downloaded", delivery, actor, now=now)
    return delivery.name, content


def _locked(actor: Actor, delivery_id: UUID) -> Delivery:
    found = Delivery.objects.select_for_update(of=("self",))
    delivery = found.filter(visible(actor), public_id=delivery_id).first()
    if delivery is None:
        raise NotFound
    return delivery


def _note(
    action: str, delivery: Delivery, actor: Actor, *, now: datetime, reason: str = ""
) -> None:
    record(
        action,
        actor=actor,
        subject_kind="delivery",
        subject_id=str(delivery.public_id),
        facts={"kind": delivery.kind, "sha256": delivery.sha256, "size": delivery.size},
        personal={"name": delivery.name, "reason": reason},
        now=now,
    )


@transaction.atomic
def rows_to_mend(actor: Actor, delivery_id: UUID, *, now: datetime) -> tuple[str, bytes]:
    """The rows of a spreadsheet that could not come in, with their reasons, in its own encoding.

    Raises ``NotFound``, ``Gone``, ``Unreadable``.
    """
    delivery = _locked(actor, delivery_id)
    if delivery.kind != "csv":
        raise NotFound
    mapping, table = read(delivery)
    if delivery.state == "checked":
        planned = rows.plans(delivery.mapping, mapping, table, now=now)
        bad = {plan.number: plan.faults for plan in planned if plan.outcome == "bad"}
        reasons = {n: [(f.column, f.reason) for f in faults] for n, faults in bad.items()}
    else:
        found = delivery.entries.filter(outcome="bad").values_list("number", "faults")
        reasons = dict(found)
    text = mend_csv(
        table,
        {
            number: "／".join(f"{column}: {why}" if column else why for column, why in faults)
            for number, faults in reasons.items()
        },
    )
    _note("intake.downloaded", delivery, actor, now=now)
    return f"mend-{delivery.name}", text.encode(table.encoding, errors="replace")
