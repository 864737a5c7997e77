"""Signatures in words, for lists and pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from suigo.engines.signing.queries import SignatureBrief
from suigo.engines.signing.wording import (
    AGREEMENTS,
    DETAILS,
    RESULTS,
    REVOCATIONS,
    STEPS,
    VERDICTS,
)
from suigo.kernel.errors import Message
from suigo.kernel.language import _


@dataclass(frozen=True, slots=True)
class Line:
    """One signature as a list or a case shows it."""

    brief: SignatureBrief
    state: Message
    tone: str
    result: Message
    revocation: Message
    signer: Message

    @property
    def why(self) -> Message:
        """Why somebody has to look, in one sentence."""
        return self.signer if self.brief.result == "OK" else self.result


def line_of(brief: SignatureBrief) -> Line:
    """The signature in words. Who signed is said only by comparison with the applicant."""
    state, tone = VERDICTS[brief.verdict]
    return Line(
        brief=brief,
        state=state,
        tone=tone,
        result=RESULTS[brief.result],
        revocation=REVOCATIONS[brief.revocation],
        signer=signer_of(brief),
    )


def signer_of(brief: SignatureBrief) -> Message:
    """Who signed, as far as it is the applicant."""
    match brief.agreement:
        case "exact":
            return _("申請者本人（申請の内容と同じ）")
        case "near":
            return _("申請者本人（書き方だけの違いがあります）")
        case "different":
            return _("申請の内容と違うところがあります")
        case "missing":
            return AGREEMENTS["missing"]
        case _other:
            return _("確かめていません")


def steps_of(body: Mapping[str, Any]) -> list[tuple[Message, bool, Message]]:
    """What was looked at, in order: title, whether it was right, what was wrong."""
    return [
        (
            STEPS.get(step["step"], step["step"]),
            bool(step["ok"]),
            DETAILS.get(step["detail"], step["detail"]),
        )
        for step in body.get("steps", [])
    ]
