"""The .p7s of a package: verified when it is brought in, and shown on the case."""

import hashlib
from pathlib import Path

import pytest
from pytest_django import Settings

from engines.cases.world import answers, staff
from engines.signing.cards import card as holder_of
from engines.signing.test_arriving import believe
from services.intake.test_packages import bring_in, card
from suigo.engines.cases.models import Case
from suigo.engines.signing import vault
from suigo.engines.signing.models import Signature
from suigo.engines.signing.rules import cms
from suigo.engines.signing.testing import Card, Person, RehearsalAuthority
from suigo.kernel.access import Actor
from suigo.services.intake import samples

pytestmark = pytest.mark.django_db
YOKO = Person("水野　葉子", "419900401", "見本県みほん市川辺町１番地２")


def p7s(holder: Card, *, content: bytes) -> bytes:
    return cms.detached(holder.sign(hashlib.sha256(content).digest()), holder.der)


@pytest.fixture
def clerk(settings: Settings, tmp_path: Path) -> Actor:
    believe(settings, tmp_path)
    return staff("library-chief", "係長 花子")


def test_a_good_signature_is_accepted_and_kept(clerk: Actor) -> None:
    bring_in(clerk, card(sign=lambda form: p7s(holder_of(YOKO), content=form)))
    case, row = Case.objects.get(), Signature.objects.get()
    assert (row.case_id, row.origin, row.signed_at) == (
        case.public_id,
        "import",
        case.received_at,
    )
    assert (row.result, row.agreement, row.verdict) == ("OK", "near", "accepted")
    assert hashlib.sha256(vault.document_of(row)).hexdigest() == row.digest
    again = bring_in(clerk, card(sign=lambda form: p7s(holder_of(YOKO), content=form)))
    assert (again.known, Signature.objects.count()) in ((1, 1), (0, 1))


def test_somebody_else_s_signature_waits(clerk: Actor) -> None:
    other = Person("別人　太郎", "319700101", "見本県みほん市川辺町９番地")
    bring_in(clerk, card(sign=lambda form: p7s(holder_of(other), content=form)))
    assert (Signature.objects.get().agreement, Signature.objects.get().verdict) == (
        "different",
        "waiting",
    )


@pytest.mark.parametrize("kind", ["other content", "forged chain"])
def test_a_bad_signature_is_told_and_the_application_still_arrives(clerk: Actor, kind: str) -> None:
    holder = holder_of(YOKO, by=RehearsalAuthority.create() if kind == "forged chain" else None)
    text = b"another form" if kind == "other content" else None
    bring_in(clerk, card(sign=lambda form: p7s(holder, content=text or form)))
    assert Case.objects.count() == 1
    row = Signature.objects.get()
    expected = "SIGNATURE_MISMATCH" if text else "UNTRUSTED"
    assert (row.result, row.verdict) == (expected, "rejected")


def test_what_can_not_be_read_stays_unverified(clerk: Actor) -> None:
    bring_in(clerk, card())
    assert samples.SIGNATURE is not None
    assert Signature.objects.count() == 0
    assert Case.objects.get().arrival["signature"] == "unverified"
    assert Case.objects.get().answers == answers()
