"""Reading proofs and verifications, and the verification itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from django.conf import settings

from suigo.engines.documents import queries as documents
from suigo.kernel.access import Actor
from suigo.kernel.audit.queries import verify_chain
from suigo.kernel.errors import NotFound
from suigo.services.ledger import folder, policy, rules, stamping
from suigo.services.ledger.models import DailyProof, Verification

Kind = Literal["entry", "proof", "export", "stamp", "listed_file", "file"]
Step = Literal["entries", "proofs", "files"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was: which entry (its number), proof (its day), exported file
    or time stamp (its name) or stored file (its id), and what is wrong with it."""

    kind: Kind
    where: str
    what: str

    def as_json(self) -> dict[str, str]:
        """As it is kept."""
        return {"kind": self.kind, "where": self.where, "what": self.what}


@dataclass(frozen=True, slots=True)
class ProofBrief:
    """One day's proof as people see it."""

    date: date
    entries: int
    files: int
    digest: str
    made_at: datetime
    exported_at: datetime | None
    stamped_at: datetime | None


@dataclass(frozen=True, slots=True)
class VerificationBrief:
    """One verification, under way or ended."""

    public_id: UUID
    asked_by: str
    started_at: datetime
    finished_at: datetime | None
    entries: int
    proofs: int
    files: int
    findings: tuple[Finding, ...]


def proofs(*, limit: int = 62) -> list[ProofBrief]:
    """The newest proofs first."""
    return [_proof_brief(proof) for proof in DailyProof.objects.order_by("-date")[:limit]]


def proof_content(day: date, suffix: str) -> bytes:
    """A statement, its list of files or its time stamp, to take along. Raises ``NotFound``."""
    proof = DailyProof.objects.filter(date=day).first()
    if proof is None:
        raise NotFound
    content = _row_content(proof, suffix)
    if content is None:
        raise NotFound
    return content


def authorities() -> Path | None:
    """The certificates of whose time stamps are believed, None where the city names none."""
    return Path(settings.SUIGO_TIMESTAMP_CA) if settings.SUIGO_TIMESTAMP_CA else None


def verifications(*, limit: int = 10) -> list[VerificationBrief]:
    """The newest verifications first."""
    return [
        _verification_brief(v) for v in Verification.objects.order_by("-started_at", "-pk")[:limit]
    ]


def examine(
    *, exported: Path | None = None, watch: Callable[[Step, int], None] | None = None
) -> list[Finding]:
    """Everything that is not as it was: entries, proofs, exported proofs, stored files.

    ``exported`` is a copy of the exported proofs that was kept elsewhere; without one the folder
    of this installation is read. ``watch`` is told how far each step is.
    """
    tell = watch or (lambda step, count: None)
    kept = list(DailyProof.objects.order_by("date"))
    statements, found = _statements(kept, exported or folder.folder())
    tell("proofs", len(kept))
    noted = {s.entries: s.head for s in statements if s.entries}
    chain = verify_chain(noted=noted, watch=lambda count: tell("entries", count))
    tell("entries", chain.entries)
    if chain.broken is not None:
        found.append(Finding("entry", str(chain.broken.entry_id), chain.broken.reason))
    for damaged in documents.damaged_files(watch=lambda count: tell("files", count)):
        found.append(Finding("file", str(damaged.public_id), "is not what arrived"))
    return found


def _statements(
    kept: list[DailyProof], exported: Path
) -> tuple[list[rules.Statement], list[Finding]]:
    """The statements that can be believed, oldest first: the exported copy where there is one."""
    believed: list[rules.Statement] = []
    found: list[Finding] = []
    previous = ""
    for day, statement, listed, faults in _days(kept, exported):
        found += faults
        if statement is None:
            continue
        if statement.previous != previous:
            found.append(Finding("proof", day, "does not follow the proof before it"))
        previous = statement.digest
        believed.append(statement)
        now_there = {
            str(i): digest
            for i, digest in documents.stored_between(statement.since, statement.until)
        }
        found += [
            Finding("listed_file", file_id, f"is not the one that was listed on {day}")
            for file_id in rules.differing(rules.read_list(listed), now_there)
        ]
    return believed, found


def _days(
    kept: list[DailyProof], exported: Path
) -> Iterator[tuple[str, rules.Statement | None, bytes, list[Finding]]]:
    rows = {proof.date.isoformat(): proof for proof in kept}
    names = {
        path.name.removesuffix(folder.STATEMENT) for path in exported.glob("*" + folder.STATEMENT)
    }
    for day in sorted(rows.keys() | names):
        proof = rows.get(day)
        faults: list[Finding] = []
        statement, listed = _checked(day, proof, exported, faults)
        if proof is None and statement is not None:
            faults.append(Finding("proof", day, "is missing"))
        yield day, statement, listed, faults


def _checked(
    day: str, proof: DailyProof | None, exported: Path, faults: list[Finding]
) -> tuple[rules.Statement | None, bytes]:
    """A day's statement and list: as exported, compared with the row that tells of it."""
    contents: dict[str, bytes] = {}
    for suffix in (folder.STATEMENT, folder.FILES):
        name = day + suffix
        outside = folder.read(exported / name)
        inside = _row_content(proof, suffix)
        if outside is None and proof is not None and proof.exported_at is not None:
            faults.append(Finding("export", name, "is missing"))
        elif outside is not None and inside is not None and outside != inside:
            faults.append(Finding("export", name, "is not what was exported"))
        contents[suffix] = outside if outside is not None else inside or b""
    inside = _row_content(proof, folder.STATEMENT)
    if proof is not None and inside is not None and sha256(inside).hexdigest() != proof.digest:
        faults.append(Finding("proof", day, "was altered"))
    listed = contents[folder.FILES]
    try:
        statement = rules.parse(contents[folder.STATEMENT])
    except rules.Unreadable:
        faults.append(Finding("proof", day, "can not be read"))
        return None, listed
    if sha256(listed).hexdigest() != statement.files_sha256:
        faults.append(Finding("export", day + folder.FILES, "is not the list of its statement"))
    faults += _stamp_faults(day, proof, exported, contents[folder.STATEMENT])
    return statement, listed


def _stamp_faults(
    day: str, proof: DailyProof | None, exported: Path, statement: bytes
) -> Iterator[Finding]:
    """What is wrong with the time stamp of a day that has one."""
    name = day + folder.STAMP
    outside, inside = folder.read(exported / name), _row_content(proof, folder.STAMP)
    if outside is None and proof is not None and proof.stamp_exported_at is not None:
        yield Finding("stamp", name, "is missing")
    elif outside is not None and inside is not None and outside != inside:
        yield Finding("stamp", name, "is not what was exported")
    elif outside is not None and inside is None and proof is not None:
        yield Finding("stamp", name, "was taken out of the database")
    for token in dict.fromkeys(t for t in (outside, inside) if t is not None):
        fault = stamping.fault(token, statement, authorities=authorities())
        if fault:
            yield Finding("stamp", name, fault)


def _row_content(proof: DailyProof | None, suffix: str) -> bytes | None:
    if proof is None:
        return None
    kept = {
        folder.STATEMENT: proof.statement,
        folder.FILES: proof.file_list,
        folder.STAMP: proof.stamp,
    }[suffix]
    return None if kept is None else bytes(kept)


def _proof_brief(proof: DailyProof) -> ProofBrief:
    entries, files = 0, 0
    try:
        statement = rules.parse(bytes(proof.statement))
        entries, files = statement.entries, statement.files
    except rules.Unreadable:
        pass  # a verification names it; the list still shows that it is there
    return ProofBrief(
        date=proof.date,
        entries=entries,
        files=files,
        digest=proof.digest,
        made_at=proof.made_at,
        exported_at=proof.exported_at,
        stamped_at=proof.stamped_at,
    )


def _verification_brief(row: Verification) -> VerificationBrief:
    findings: list[dict[str, Any]] = row.findings
    return VerificationBrief(
        public_id=row.public_id,
        asked_by=row.asked_by,
        started_at=row.started_at,
        finished_at=row.finished_at,
        entries=row.entries,
        proofs=row.proofs,
        files=row.files,
        findings=tuple(Finding(**finding) for finding in findings),
    )


def altered_count(actor: Actor) -> int | None:
    """For the navigation: what the last verification found; None for nobody and for nothing."""
    if not actor.can(policy.VIEW):
        return None
    newest = Verification.objects.exclude(finished_at=None).order_by("-started_at", "-pk").first()
    return len(newest.findings) or None if newest is not None else None
