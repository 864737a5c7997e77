"""Cards for demonstrations and tests, made for what waits to be signed. Not for production."""

import base64
import json
from collections.abc import MutableMapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from suigo.engines.identity.providers import SignedDigest
from suigo.engines.signing import heavy, vault
from suigo.engines.signing.models import Signature
from suigo.engines.signing.spec import profile
from suigo.kernel.errors import NotFound

if TYPE_CHECKING:
    from suigo.engines.signing.testing import Card

Session = MutableMapping[str, Any]
ASKED, ANSWERED = "signing.rehearsal", "signing.rehearsed"
SOMEBODY = ("見本　太郎", "1970-01-01", "見本県見本市見本町９９９番地")
MARKS = {"unknown": 0xBEEF, "revoked": 0xDEAD}


def rehearsal_card(digest: bytes, kind: str, *, now: datetime) -> "Card":
    """A card of the applicant (``own``), or of the ``kind`` that must not be accepted.

    Raises ``NotFound`` when nothing waits with this digest, and in production.
    """
    row = Signature.objects.filter(digest=digest.hex(), origin="web").first()
    if row is None or settings.PRODUCTION:
        raise NotFound
    applicant = json.loads(vault.document_of(row))["applicant"]
    name, born, address = (
        SOMEBODY
        if kind == "other"
        else (
            applicant["name"] or SOMEBODY[0],
            applicant["birth_date"] or SOMEBODY[1],
            applicant["address"] or SOMEBODY[2],
        )
    )
    testing = heavy.testing
    authority = testing.rehearsal_authority(Path(settings.SUIGO_REHEARSAL_FOLDER))
    lasts = timedelta(days=-1 if kind == "expired" else 5 * 365)
    return authority.card(
        testing.Person.born(name, date.fromisoformat(born), address),
        key=testing.card_key(),
        begun=now - timedelta(days=365),
        ends=now + lasts,
        policy=f"{profile().policy_of_authentication}.30" if kind == "authentication" else "",
        mark=MARKS.get(kind),
    )


def ask(session: Session, digest: bytes, return_to: str) -> None:
    """Have this browser's rehearsal sign ``digest`` next."""
    session.pop(ANSWERED, None)
    session[ASKED] = {"digest": digest.hex(), "return_to": return_to}


def asked(session: Session) -> tuple[bytes, str] | None:
    """What waits to be signed in this browser, and where it goes afterwards."""
    found = session.get(ASKED)
    return (bytes.fromhex(found["digest"]), found["return_to"]) if found else None


def answer(session: Session, digest: bytes, card: "Card") -> None:
    """Sign with a card, for the next ``answered``."""
    session[ANSWERED] = {
        "digest": digest.hex(),
        "signature": base64.b64encode(card.sign(digest)).decode(),
        "certificate": base64.b64encode(card.der).decode(),
    }


def answered(session: Session) -> SignedDigest | None:
    """What was signed in this browser, once."""
    session.pop(ASKED, None)
    found = session.pop(ANSWERED, None)
    if found is None:
        return None
    return SignedDigest(
        digest=bytes.fromhex(found["digest"]),
        signature=base64.b64decode(found["signature"]),
        certificate_der=base64.b64decode(found["certificate"]),
    )
