"""What this engine tells others, and the national profile: ``profile.yaml``, beside this file."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field as Key

from suigo.kernel.content import Spec, load

Oid = Annotated[str, Key(pattern=r"^\d+(\.\d+)+$")]
Day = Annotated[str, Key(pattern=r"^\d{4}-\d{2}-\d{2}$")]

Result = Literal[
    "OK", "CERT_UNSUPPORTED", "UNTRUSTED", "EXPIRED", "SIGNATURE_MISMATCH", "REVOKED", "UNKNOWN"
]
"""In the order in which they are looked for; the first that applies is the result. ``UNKNOWN``
is a signature that is right in everything but that nobody could say whether it was revoked."""

Agreement = Literal["exact", "near", "different", "missing"]
Verdict = Literal["accepted", "waiting", "rejected"]


class PersonOids(Spec):
    """Where the four items stand in a certificate."""

    name: Oid
    name_substitutes: Oid
    sex: Oid
    birth_date: Oid
    address: Oid
    address_substitutes: Oid


class KeyRules(Spec):
    """The only keys and digests that count."""

    algorithm: Literal["rsa"]
    least_bits: Annotated[int, Key(ge=2048)]
    most_bits: Annotated[int, Key(le=8192)]
    digest: Literal["sha256"]


class Authority(Spec):
    """A certification authority that is believed, by the fingerprint of its certificate."""

    title: str
    sha256: Annotated[str, Key(pattern=r"^[0-9A-F]{64}$")]
    from_date: Day | None = None
    to_date: Day | None = None
    source: str
    verify: bool = False


class Profile(Spec):
    """``profile.yaml``."""

    policy: Oid
    policy_of_authentication: Oid
    issuer: tuple[tuple[str, str], ...]
    person: PersonOids
    key: KeyRules
    authorities: tuple[Authority, ...]


@cache
def profile() -> Profile:
    """The profile of 署名用電子証明書, the same in every city."""
    return load(Path(__file__).with_name("profile.yaml"), Profile)


@dataclass(frozen=True, slots=True)
class FourItems:
    """基本4情報 as a certificate has them. ``substituted`` says which of name and address hold
    代替文字: characters that stand for others which the card could not carry."""

    name: str
    sex: str
    birth_date: date | None
    address: str
    substituted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Statement:
    """What may be said to the applicant about the signature of their application. ``signer`` is the
    name in the certificate where it is the applicant's own, '' otherwise."""

    verdict: str
    signer: str
    signed_at: datetime
    checked_at: datetime
    by_staff: bool


@dataclass(frozen=True, slots=True)
class Claimed:
    """What the applicant wrote about themselves. Empty what the form does not ask."""

    name: str = ""
    birth_date: str = ""
    address: str = ""
