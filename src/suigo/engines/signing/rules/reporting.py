"""What a verification found, as it is kept."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from suigo.engines.signing.providers import Revocation, RevocationAnswer
from suigo.engines.signing.spec import Result


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was looked at: whether it was right, else in one word what was wrong."""

    step: str
    ok: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification found. It names nobody; who signed stands in the certificate."""

    result: Result
    revocation: Revocation
    at: datetime
    believed_at: datetime
    claimed_at: datetime | None
    steps: tuple[Step, ...]
    certificate: dict[str, Any]
    authority: str
    revocation_answer: RevocationAnswer | None
    form: Literal["raw", "cms", "pdf"]
    document_sha256: str
    extra: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The report as it is kept: ``suigo-signature-report/1``."""
        answer = self.revocation_answer
        return {
            "schema": "suigo-signature-report/1",
            "result": self.result,
            "revocation": self.revocation,
            "at": self.at.isoformat(),
            "believed_at": self.believed_at.isoformat(),
            "claimed_at": self.claimed_at.isoformat() if self.claimed_at else None,
            "steps": [{"step": s.step, "ok": s.ok, "detail": s.detail} for s in self.steps],
            "certificate": self.certificate,
            "authority": self.authority,
            "revocation_answer": None
            if answer is None
            else {
                "state": answer.state,
                "source": answer.source,
                "checked_at": answer.checked_at.isoformat(),
                "reason": answer.reason,
                "this_update": _iso(answer.this_update),
                "next_update": _iso(answer.next_update),
                "revoked_at": _iso(answer.revoked_at),
            },
            "form": self.form,
            "document_sha256": self.document_sha256,
            **({"extra": self.extra} if self.extra else {}),
        }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
