"""One ぴったりサービス package: a new case, or papers and a note for an earlier one."""

import hashlib
import io
import json
from datetime import datetime
from fnmatch import fnmatchcase
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from suigo.engines.cases.actions import (
    Imported,
    add_note,
    attach_signatures,
    enclose_files,
    receive_import,
)
from suigo.engines.cases.queries.detail import case_detail
from suigo.engines.cases.queries.imports import ImportedCase, imported_cases
from suigo.engines.cases.queries.procedures import procedure
from suigo.engines.cases.rules.arrival import Arrival
from suigo.engines.documents.actions import store_file
from suigo.engines.forms.rules import normalised, review
from suigo.engines.forms.rules.answers import Answers
from suigo.engines.signing.actions import Arrived, verify_p7s
from suigo.engines.signing.actions import Unreadable as Unverifiable
from suigo.kernel.access import SYSTEM
from suigo.kernel.clock import local_date
from suigo.kernel.content import city
from suigo.kernel.errors import Conflict
from suigo.kernel.language import _
from suigo.services.intake.actions import rows
from suigo.services.intake.actions.keeping import keep
from suigo.services.intake.actions.vault import content_of
from suigo.services.intake.library import library
from suigo.services.intake.models import Delivery, Entry
from suigo.services.intake.rules.mapping import Fault, Mapped, mapped_answers
from suigo.services.intake.rules.package import Package, read_package
from suigo.services.intake.rules.table import Unreadable
from suigo.services.intake.spec import PackageMapping

LONGEST_NOTE = 3900


def import_package(delivery: Delivery, *, now: datetime) -> None:
    """Bring a package in. Raises ``Unreadable`` with the reason for its quarantine."""
    package = read_package(content_of(delivery))
    Delivery.objects.filter(pk=delivery.pk).update(signed=package.manifest.signed, rows=1)
    mapping = _mapping_of(package)
    if delivery.entries.exists():
        return
    if package.manifest.kind == "新規":
        _new(delivery, package, mapping, now=now)
        return
    earlier = _earlier(package)
    if earlier is None and package.manifest.kind == "取下げ":
        raise Unreadable(_("取下げの元になる申請が見つかりません。"))
    if earlier is None:
        _new(delivery, package, mapping, now=now)
    else:
        _into_earlier(delivery, package, mapping, earlier, now=now)


def _mapping_of(package: Package) -> PackageMapping:
    """The mapping that fits the package. Raises ``Unreadable``."""
    manifest = package.manifest
    if manifest.city_code != city().spec.code:
        raise Unreadable(
            _("ほかの市区町村あての申請です（%(code)s）。") % {"code": manifest.city_code}
        )
    mapping = library().package_of(manifest.procedure_code)
    if mapping is None:
        raise Unreadable(
            _("この手続（%(code)s）の対応表がありません。") % {"code": manifest.procedure_code}
        )
    if manifest.form_code != mapping.form_code or manifest.version not in mapping.versions:
        raise Unreadable(
            _("様式か版が対応表と違います（%(form)s 第%(version)d版）。対応表を確かめてください。")
            % {"form": manifest.form_code, "version": manifest.version}
        )
    return mapping


def source_key(number: str) -> str:
    """The key of an application of the portal within everything that is imported."""
    return f"pittari:{number}"


def _earlier(package: Package) -> ImportedCase | None:
    """The case that a 再申請 or 取下げ is about."""
    number = package.manifest.earlier_number or package.manifest.number
    return imported_cases([source_key(number)]).get(source_key(number))


def _digest(package: Package) -> str:
    body = json.dumps(
        [sorted(package.fields.items()), sorted(f.sha256 for f in package.manifest.files)],
        ensure_ascii=False,
    )
    return salted_hmac("intake.package", body, algorithm="sha256").hexdigest()


def _mapped(package: Package, mapping: PackageMapping) -> tuple[Mapped, dict[str, str]]:
    """The answers, with a stand-in for each attachment that answers a question; and which
    attachment each stand-in is."""
    mapped = mapped_answers(mapping, procedure(mapping.procedure).form, package.fields)
    placed: dict[str, str] = {}
    for attachment in mapping.attachments:
        names = [
            name
            for name in package.of_kind("attachment")
            if name not in placed.values()
            and any(fnmatchcase(name, pattern) for pattern in attachment.names)
        ]
        ids = [str(uuid4()) for _name in names]
        placed |= dict(zip(ids, names, strict=True))
        if ids:
            *above, last = attachment.to.split(".")
            target = mapped.answers
            for part in above:
                target = target.setdefault(part, {})
            target[last] = ids
    return mapped, placed


def _new(delivery: Delivery, package: Package, mapping: PackageMapping, *, now: datetime) -> None:
    number = package.manifest.number
    mapped, placed = _mapped(package, mapping)
    header = frozenset(package.fields)
    arrived_at = package.manifest.arrived_at
    faults = rows.judged(mapping, mapped, header, arrived_at)
    if arrived_at > now:
        faults.append(Fault("到達日時", _("到達日時が、いまより後です。")))
    if faults:
        _bad(delivery, number, faults, now=now)
        return
    known = imported_cases([source_key(number)]).get(source_key(number))
    if known is not None:
        outcome = "known" if known.digest == _digest(package) else "changed"
        _keep(delivery, number, outcome, known.public_id, known.number, now=now)
        return
    # outside the transaction, as documents asks: a virus scanner may take its time
    stored, enclosed = _stored(package, placed, now=now)
    signatures = _signatures(package, now=now)
    with transaction.atomic():
        _lock(number)
        try:
            receipt = receive_import(
                mapping.procedure,
                _with_files(mapped.answers, stored),
                imported=Imported(
                    key=source_key(number),
                    digest=_digest(package),
                    arrived_at=arrived_at,
                    arrival=Arrival(
                        source=mapping.title.ja,
                        source_number=number,
                        signature="unverified" if package.manifest.signed else "",
                        scans=tuple(str(i) for i in enclosed),
                    ),
                    waived=frozenset(mapping.not_asked),
                ),
                actor=SYSTEM,
                now=now,
            )
        except Conflict:
            twin = imported_cases([source_key(number)])[source_key(number)]
            _keep(delivery, number, "changed", twin.public_id, twin.number, now=now)
            return
        if package.manifest.kind == "再申請" and receipt.created:
            text = _("再申請として届きましたが、元の申請が見つかりません。")
            add_note(receipt.case_id, text=text, actor=SYSTEM, now=now)
        if receipt.created:
            attach_signatures(receipt.case_id, signatures, actor=SYSTEM, now=now)
        outcome = "created" if receipt.created else "known"
        _keep(delivery, number, outcome, receipt.case_id, receipt.number, now=now)


def _signatures(package: Package, *, now: datetime) -> tuple[Arrived, ...]:
    """The package's own signature, verified; what can't be read stays unverified evidence."""
    found: list[Arrived] = []
    signed = (
        *package.of_kind("form_xml"),
        *package.of_kind("form_pdf"),
        *package.of_kind("form_csv"),
    )
    for name in package.of_kind("signature"):
        contents = {part: package.contents[part] for part in signed}
        try:
            found += verify_p7s(
                package.contents[name],
                contents,
                believed_at=package.manifest.arrived_at,
                now=now,
            )
        except Unverifiable:
            continue
    return tuple(found)


def _bad(delivery: Delivery, number: str, faults: list[Fault], *, now: datetime) -> None:
    """Set aside with everything that is wrong. Raises ``Unreadable``."""
    with transaction.atomic():
        keep(
            delivery,
            number=1,
            key=number,
            outcome="bad",
            case_id=None,
            case_number="",
            faults=tuple(faults),
            now=now,
        )
    raise Unreadable(
        _("申請の内容に、取り込めないところが%(count)d件あります。") % {"count": len(faults)}
    )


def _keep(
    delivery: Delivery,
    number: str,
    outcome: str,
    case_id: UUID,
    case_number: str,
    *,
    now: datetime,
) -> None:
    keep(
        delivery,
        number=1,
        key=number,
        outcome=outcome,
        case_id=case_id,
        case_number=case_number,
        faults=(),
        now=now,
    )


def _lock(number: str) -> None:
    """One import of a number at a time, also for those that make no case of their own."""
    digest = hashlib.sha256(source_key(number).encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], "big", signed=True)]
        )


def _stored(
    package: Package, placed: dict[str, str], *, now: datetime
) -> tuple[dict[str, str], list[UUID]]:
    """Keep the files: the ids of stand-ins' files, and of those that answer no question."""
    stand_ins = {name: stand_in for stand_in, name in placed.items()}
    stored: dict[str, str] = {}
    enclosed: list[UUID] = []
    for name in (*package.of_kind("form_pdf"), *package.of_kind("attachment")):
        file = store_file(
            SYSTEM,
            name=name.rpartition("/")[2],
            content_type_claimed="",
            stream=io.BytesIO(package.contents[name]),
            accept=("pdf", "image", "office", "text", "signature"),
            owner_token="",
            now=now,
        )
        if name in stand_ins:
            stored[stand_ins[name]] = str(file.public_id)
        else:
            enclosed.append(file.public_id)
    return stored, enclosed


def _with_files(answers: Answers, stored: dict[str, str]) -> Answers:
    """The answers with the files that were kept in the places of their stand-ins."""

    def walk(value: object) -> object:
        if isinstance(value, dict):
            return {key: walk(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [walk(inner) for inner in value]
        return stored.get(value, value) if isinstance(value, str) else value

    result = walk(answers)
    assert isinstance(result, dict)
    return result


def _into_earlier(
    delivery: Delivery,
    package: Package,
    mapping: PackageMapping,
    earlier: ImportedCase,
    *,
    now: datetime,
) -> None:
    """再申請 and 取下げ: the papers go into the case, and a note says what is asked. Whether to
    change or end the case is a clerk's decision."""
    number, kind = package.manifest.number, package.manifest.kind
    _stored_files, enclosed = _stored(package, {}, now=now)
    with transaction.atomic():
        _lock(number)
        done = Entry.objects.filter(
            delivery__kind="pittari", key=number, outcome="attached", case_id=earlier.public_id
        )
        if done.exists():
            _keep(delivery, number, "known", earlier.public_id, earlier.number, now=now)
            return
        enclose_files(earlier.public_id, enclosed, actor=SYSTEM, now=now)
        if kind == "取下げ":
            text = _("%(source)s %(number)s: 取下げの申し出が届きました。") % {
                "source": mapping.title.ja,
                "number": number,
            }
        else:
            text = _("%(source)s %(number)s: 再申請が届きました。") % {
                "source": mapping.title.ja,
                "number": number,
            }
            text = f"{text}\n{_differences(earlier, package, mapping)}"
        add_note(earlier.public_id, text=text[:LONGEST_NOTE], actor=SYSTEM, now=now)
        _keep(delivery, number, "attached", earlier.public_id, earlier.number, now=now)


def _differences(earlier: ImportedCase, package: Package, mapping: PackageMapping) -> str:
    """What a 再申請 says otherwise than the case, one line for each answer."""
    today = local_date(package.manifest.arrived_at)
    case = case_detail(SYSTEM, earlier.public_id, today=today)
    form = case.procedure.form
    mapped, _placed = _mapped(package, mapping)

    def lines(answers: Answers) -> dict[str, tuple[str, str]]:
        return {
            row.path: (row.label, "、".join(row.lines))
            for page in review(form, answers, language="ja", today=today)
            for row in page.rows
            if not row.file_ids
        }

    before, after = lines(dict(case.answers)), lines(normalised(form, mapped.answers))
    changed = [
        f"{label}: {before.get(path, ('', ''))[1] or '－'} → {text or '－'}"
        for path, (label, text) in after.items()
        if before.get(path, ("", ""))[1] != text
    ]
    return "\n".join(changed) or _("内容の違いはありません。")
