"""How an application reached the city where it was not typed by its applicant on the web."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from suigo.kernel.language import _

LONGEST = 200
# 代理権: how staff made sure that somebody may act for the applicant
MANDATES = ("letter", "guardian", "telephone", "household", "none")
# 本人確認: how staff made sure of whom they are acting for
IDENTITY_CHECKS = ("photo_document", "two_documents", "questions", "known", "none")


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is written down about the way in. Everything is optional but to telephone calls.

    ``source`` is what it came from in the city's words (ぴったりサービス) and ``source_number`` the
    number it had there; ``caller`` who called or came, ``relation`` what they are to the
    applicant, ``identity`` one of ``IDENTITY_CHECKS``; ``signature`` is ``unverified`` for an
    electronic signature that nobody has verified; ``scans`` are the ids of scanned sheets;
    ``mandate`` one of ``MANDATES``. An application that an agent sent on the web, or only filled in
    (``agent_part``), says who, of what kind, by which grant, what a clerk had seen and
    how surely the person was known who asked them (``contact``, ``identity``, ``signature``).
    """

    source: str = ""
    source_number: str = ""
    caller: str = ""
    relation: str = ""
    identity: str = ""
    consent_read: bool = False
    by_post: bool = False
    signature: str = ""
    scans: tuple[str, ...] = ()
    mandate: str = ""
    agent: str = ""
    agent_kind: str = ""
    agent_part: str = ""
    agent_evidence: str = ""
    agent_assurance: str = ""
    agent_grant: str = ""

    def as_json(self) -> dict[str, Any]:
        """Only what was said, for storage."""
        return {
            f.name: list(value) if isinstance(value, tuple) else value
            for f in fields(self)
            if (value := getattr(self, f.name))
        }


NO_ARRIVAL = Arrival()


def arrival_of(stored: Mapping[str, Any]) -> Arrival:
    """What ``as_json`` stored; keys of another version of the program are passed over."""
    names = {f.name for f in fields(Arrival)}
    known = {key: value for key, value in stored.items() if key in names}
    return Arrival(**{**known, "scans": tuple(known.get("scans", ()))})


def import_key(key: str) -> str:
    """How a case remembers which application of another service it is (``Case.submit_key``)."""
    return f"import:{hashlib.sha256(key.encode()).hexdigest()}"


def desk_faults(channel: str, arrival: Arrival) -> dict[str, str]:
    """What a clerk still has to say before entering for somebody, by field.

    On the telephone nobody sees a document and nobody reads the screen: who called, how it was
    made sure that they are who they say, and that what they agree to was read aloud.
    """
    faults = {}
    if len(arrival.caller) > LONGEST:
        faults["caller"] = _("200文字以内で入力してください。")
    if len(arrival.relation) > LONGEST:
        faults["relation"] = _("200文字以内で入力してください。")
    if arrival.identity and arrival.identity not in IDENTITY_CHECKS:
        faults["identity"] = _("一覧の中から選んでください。")
    if arrival.mandate and arrival.mandate not in MANDATES:
        faults["mandate"] = _("一覧の中から選んでください。")
    if channel == "phone":
        if not arrival.caller:
            faults["caller"] = _("電話をかけてきた方の氏名を入力してください。")
        if not arrival.identity:
            faults["identity"] = _("本人確認の方法を選んでください。")
        if not arrival.consent_read:
            faults["consent_read"] = _("読み上げて同意を得てから、チェックを入れてください。")
    return faults
