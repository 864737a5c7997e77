"""One row of a spreadsheet: what it says, judged as the case it would become."""

import json
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.crypto import salted_hmac

from suigo.engines.cases.actions import Imported, Receipt, receive_import, try_import
from suigo.engines.cases.queries.imports import ImportedCase, imported_cases
from suigo.engines.cases.queries.procedures import procedure
from suigo.engines.cases.rules.arrival import Arrival
from suigo.engines.forms.rules.answers import Answers
from suigo.kernel.access import SYSTEM
from suigo.kernel.errors import Conflict, Invalid, SuigoError
from suigo.kernel.language import _
from suigo.services.intake.rules.converting import CanNotConvert, moment_of
from suigo.services.intake.rules.mapping import Fault, Mapped, faults_of, mapped_answers
from suigo.services.intake.rules.table import Table, TableRow
from suigo.services.intake.spec import CsvMapping, Mapping


@dataclass(frozen=True, slots=True)
class RowPlan:
    """What would become of a row: ``created``, ``known``, ``changed`` or ``bad``."""

    number: int
    key: str
    outcome: str
    faults: tuple[Fault, ...] = ()
    case: ImportedCase | None = None
    answers: Answers | None = None
    imported: Imported | None = None


def plans(name: str, mapping: CsvMapping, table: Table, *, now: datetime) -> list[RowPlan]:
    """What would become of every row, in order. Nothing is written."""
    keys = {row.number: row.cells.get(mapping.key, "") for row in table.rows}
    earlier = imported_cases(source_key(name, key) for key in keys.values() if key)
    seen: dict[str, int] = {}
    result = []
    for row in table.rows:
        key = keys[row.number]
        plan = _plan(name, mapping, table, row, key, now=now)
        if key in seen and plan.outcome != "bad":
            twin = _("%(line)d行目と同じ番号です。") % {"line": seen[key]}
            plan = _bad(row.number, key, Fault(mapping.key, twin))
        elif key:
            seen[key] = row.number
        case = earlier.get(source_key(name, key)) if key else None
        if case is not None and plan.imported is not None:
            same = case.digest == plan.imported.digest
            plan = replace(plan, outcome="known" if same else "changed", case=case)
        result.append(plan)
    return result


def source_key(name: str, key: str) -> str:
    """The key of a row within everything that is imported."""
    return f"csv:{name}:{key}"


def _bad(number: int, key: str, *faults: Fault) -> RowPlan:
    return RowPlan(number, key, "bad", tuple(faults))


def _plan(
    name: str, mapping: CsvMapping, table: Table, row: TableRow, key: str, *, now: datetime
) -> RowPlan:
    if row.problem:
        return _bad(row.number, key, Fault("", row.problem))
    if not key or len(key) > 200:
        return _bad(row.number, "", Fault(mapping.key, _("受付番号がありません。")))
    chosen = procedure(mapping.procedure)
    mapped = mapped_answers(mapping, chosen.form, row.cells)
    faults = list(mapped.faults)
    arrived_at = now
    when = row.cells.get(mapping.arrived, "") if mapping.arrived else ""
    if when and mapping.arrived:
        try:
            arrived_at = moment_of(when, mapping.arrived_format)
        except CanNotConvert as wrong:
            faults.append(Fault(mapping.arrived, str(wrong)))
    if arrived_at > now:
        faults.append(Fault(mapping.arrived or "", _("申し込みの日時が、いまより後です。")))
    header = frozenset(table.header)
    faults += _judged(mapping, mapped, header, arrived_at, known=faults)
    imported = Imported(
        key=source_key(name, key),
        digest=digest_of(row.cells),
        arrived_at=arrived_at,
        arrival=Arrival(source=mapping.title.ja, source_number=key),
        waived=frozenset(mapping.not_asked),
    )
    if faults:
        return RowPlan(row.number, key, "bad", tuple(faults))
    return RowPlan(row.number, key, "created", answers=mapped.answers, imported=imported)


def _judged(
    mapping: Mapping,
    mapped: Mapped,
    header: frozenset[str],
    arrived_at: datetime,
    *,
    known: list[Fault],
) -> list[Fault]:
    """What the form finds wrong, without what is missing only because it could not be read."""
    try:
        try_import(
            mapping.procedure,
            mapped.answers,
            arrived_at=arrived_at,
            waived=frozenset(mapping.not_asked),
        )
    except Invalid as invalid:
        errors = {path: str(message) for path, message in invalid.field_errors.items()}
        found = faults_of(errors, mapped, procedure(mapping.procedure).form, header)
        unread = {fault.column for fault in known}
        return [fault for fault in found if fault.column not in unread]
    except SuigoError as refused:
        return [Fault("", str(refused))]
    return []


def judged(
    mapping: Mapping, mapped: Mapped, header: frozenset[str], arrived_at: datetime
) -> list[Fault]:
    """Everything wrong with one application, whatever it came in."""
    return mapped.faults + _judged(mapping, mapped, header, arrived_at, known=mapped.faults)


def digest_of(cells: dict[str, str]) -> str:
    """Whether a row is still the same: keyed, because a number could be guessed otherwise."""
    body = json.dumps(sorted(cells.items()), ensure_ascii=False, separators=(",", ":"))
    return salted_hmac("intake.row", body, algorithm="sha256").hexdigest()


def receive(plan: RowPlan, procedure_id: str, *, now: datetime) -> tuple[str, Receipt | None]:
    """Make the case of a plan. ``changed`` when a twin with other content was faster."""
    assert plan.answers is not None
    assert plan.imported is not None
    try:
        receipt = receive_import(
            procedure_id, plan.answers, imported=plan.imported, actor=SYSTEM, now=now
        )
    except Conflict:
        return "changed", None
    return ("created" if receipt.created else "known"), receipt
