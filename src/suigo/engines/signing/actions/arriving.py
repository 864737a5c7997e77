"""Signatures that arrive in files: the .p7s of an import, and signed PDFs among the papers."""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.documents import isolation
from suigo.engines.signing import heavy, vault
from suigo.engines.signing.actions.signing import record_state
from suigo.engines.signing.actions.verifying import report_on, verified, write_down
from suigo.engines.signing.models import Signature
from suigo.engines.signing.spec import Claimed
from suigo.engines.signing.wording import found_in_words
from suigo.kernel.access import Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.errors import Refused

if TYPE_CHECKING:
    from suigo.engines.signing.rules.verifying import Verification

PROGRAMS = Path(__file__).parents[1] / "isolated"


class Unreadable(Refused):
    """The file can't be read as what it should be."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One signature in a file, verified. ``digest`` is that of the signed content or file."""

    found: "Verification"
    digest: str
    certificate: bytes
    chain: tuple[bytes, ...]
    signature: bytes = b""
    document: bytes | None = None


def look(program: str, *arguments: str, content: Iterable[bytes]) -> list[dict[str, Any]]:
    """What the confined reader found. Raises ``Unreadable``."""
    outcome = isolation.run(program, *arguments, content=content, folder=PROGRAMS)
    try:
        answer = json.loads(outcome.output)
    except ValueError:
        answer = {"refused": "killed"}
    if "refused" in answer:
        raise Unreadable(_("このファイルの署名は読み取れませんでした。"))
    found: list[dict[str, Any]] = answer["signatures"]
    return found


def look_at_cms(p7s: bytes, content: bytes) -> list[dict[str, Any]]:
    """What the confined reader found in a .p7s. Raises ``Unreadable``."""
    return look("look_at_signatures", "cms", str(len(p7s)), content=(p7s, content))


def verify_p7s(
    p7s: bytes, contents: Mapping[str, bytes], *, believed_at: datetime, now: datetime
) -> tuple[Arrived, ...]:
    """Verify a .p7s that came with files, of which it signs one; it may also hold what it signs.

    The file that fits is taken; when none does, the first stands for the mismatch. Call it outside
    a transaction. Raises ``Unreadable``.
    """
    tried = [(name, look_at_cms(p7s, content)) for name, content in contents.items()] or [
        ("", look_at_cms(p7s, b""))
    ]
    name, signatures = next(
        ((n, s) for n, s in tried if all(not one["fault"] for one in s)), tried[0]
    )
    content = contents.get(name, b"")
    return tuple(
        _verified(
            one,
            form="cms",
            digest=heavy.canonical.digest_of(content).hex(),
            extra={"content": name},
            believed_at=believed_at,
            now=now,
            signature=p7s,
            document=content,
        )
        for one in signatures
    )


def verify_pdf(
    content: Iterable[bytes], *, sha256: str, believed_at: datetime, now: datetime
) -> tuple[Arrived, ...]:
    """Verify every signature of a PDF; none when it has none. Call it outside a transaction.

    Raises ``Unreadable``.
    """
    return tuple(
        _verified(
            one,
            form="pdf",
            digest=sha256,
            extra={"field": one.get("field", ""), "whole_file": one.get("whole_file", False)},
            believed_at=believed_at,
            now=now,
        )
        for one in look("look_at_signatures", "pdf", content=content)
    )


def _verified(
    one: Mapping[str, Any],
    *,
    form: Any,
    digest: str,
    extra: dict[str, Any],
    believed_at: datetime,
    now: datetime,
    signature: bytes = b"",
    document: bytes | None = None,
) -> Arrived:
    certificate = base64.b64decode(one.get("certificate", ""))
    claimed = one.get("claimed_at")
    found = verified(
        heavy.verifying.Signed(
            digest=bytes.fromhex(digest),
            certificate=certificate,
            intact=one["fault"],
            form=form,
            claimed_at=_moment(claimed) if claimed else None,
            extra=extra,
        ),
        believed_at=believed_at,
        now=now,
    )
    chain = tuple(base64.b64decode(c) for c in one.get("chain", ()))
    return Arrived(found, digest, certificate, chain, signature, document)


def _moment(text: str) -> datetime | None:
    """A time with a zone; one without tells nothing."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else None


@transaction.atomic
def keep_arrived(
    arrived: Sequence[Arrived],
    *,
    subject: UUID,
    origin: str,
    claimed: Claimed,
    case_id: UUID,
    number: str,
    title: str,
    department: str,
    actor: Actor,
    now: datetime,
) -> int:
    """Keep what was found for a case; returns how many are new. Running it again adds none."""
    new = 0
    for position, one in enumerate(arrived):
        known = Signature.objects.filter(subject=subject, digest=one.digest, position=position)
        if known.exists():
            continue
        row = Signature(
            origin=origin,
            subject=subject,
            digest=one.digest,
            position=position,
            title=title[:200],
            case_id=case_id,
            number=number,
            department=department,
            begun_at=now,
        )
        # of a file its own store keeps the content
        vault.keep(row, document=None if origin == "file" else one.document)
        write_down(
            row,
            one.found,
            signed=one.signature,
            certificate=one.certificate,
            chain=one.chain,
            claimed=claimed,
        )
        row.save(force_insert=True)
        report_on(row, one.found, by="" if actor.kind == "system" else actor.name, now=now)
        new += 1
        if origin == "import":
            record_state(row, now=now)
        else:
            record(
                "signing.file-verified",
                actor=actor,
                subject_kind="case",
                subject_id=str(case_id),
                facts={
                    "number": number,
                    "signature": str(row.public_id),
                    "result": row.result,
                    "found": found_in_words(row.result),
                },
                now=now,
            )
    return new
