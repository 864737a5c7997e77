"""The application as it is signed: one text for one content (RFC 8785, JSON Canonicalization)."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import rfc8785

from suigo.engines.signing.spec import Claimed

SCHEMA = "suigo-application/1"


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer as its writer read it before signing: which page, the question, the answer."""

    page: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class SignedFile:
    """A file that belongs to the application."""

    path: str
    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SignedApplication:
    """What somebody puts their signature to."""

    city: str
    procedure: str
    title: str
    definition: str
    applicant: Claimed
    answers: Mapping[str, Any]
    shown: tuple[Shown, ...]
    files: tuple[SignedFile, ...]
    language: str
    prepared_at: datetime
    subject: str

    def as_json(self) -> dict[str, Any]:
        """The same as plain values. Numbers that were sealed (個人番号) stand as the digest of the
        sealed value: a signed document is shown to people who may not see the number."""
        return {
            "schema": SCHEMA,
            "city": self.city,
            "procedure": {
                "id": self.procedure,
                "title": self.title,
                "definition": self.definition,
            },
            "subject": self.subject,
            "applicant": asdict(self.applicant),
            "answers": _without_secrets(dict(self.answers)),
            "shown": [[s.page, s.label, s.text] for s in self.shown],
            "files": [
                {"path": f.path, "name": f.name, "size": f.size, "sha256": f.sha256}
                for f in self.files
            ],
            "language": self.language,
            "prepared_at": self.prepared_at.isoformat(),
        }


def canonical_bytes(application: SignedApplication) -> bytes:
    """The bytes whose SHA-256 is signed. Raises ``ValueError`` for what JSON can't carry safely
    (lone surrogates, numbers beyond 2^53)."""
    return rfc8785.dumps(application.as_json())


def digest_of(content: bytes) -> bytes:
    """What the card signs."""
    return hashlib.sha256(content).digest()


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"sealed"} and isinstance(value["sealed"], str):
            return {"sealed_sha256": hashlib.sha256(value["sealed"].encode()).hexdigest()}
        return {str(key): _without_secrets(inner) for key, inner in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_without_secrets(inner) for inner in value]
    return value
