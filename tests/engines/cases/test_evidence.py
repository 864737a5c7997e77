"""The signature of an application that arrives from the other node: verified here again, and only
taken with what was signed."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from pytest_django import Settings

from engines.cases import world
from engines.signing.conftest import cities, rehearsal_data, signing_city
from suigo.engines.cases import actions
from suigo.engines.cases.models import Case
from suigo.engines.cases.queries.mirroring import submission_of
from suigo.engines.cases.rules.numbering import ONLINE_FROM, case_number
from suigo.engines.identity.providers import SignedDigest
from suigo.engines.signing.actions.rehearsing import rehearsal_card
from suigo.engines.signing.models import Signature, VerificationReport
from suigo.engines.signing.queries import statement_of
from suigo.kernel.access import Actor
from suigo.kernel.errors import Refused

__all__ = ["cities", "rehearsal_data", "signing_city"]

pytestmark = pytest.mark.django_db
Document = dict[str, Any]
ARRIVES = world.NOW + timedelta(hours=3)


@pytest.fixture
def resident(signing_city: Settings) -> Actor:
    return world.resident()


def signed_elsewhere(resident: Actor, card: str = "own") -> Document:
    """What the residents' node says of an application that was signed there; nothing is here."""
    actions.freeze_for_paper(world.CARD, now=world.NOW)  # both nodes have the procedure
    with transaction.atomic():
        draft = world.draft_of(resident)
        prepared = actions.prepare_signature(draft, actor=resident, now=world.NOW, language="ja")
        holder = rehearsal_card(prepared.digest, card, now=world.NOW)
        signed = SignedDigest(prepared.digest, holder.sign(prepared.digest), holder.der)
        actions.complete_signature(draft, signed, actor=resident, now=world.NOW)
        receipt = actions.submit_application(draft, actor=resident, now=world.NOW, language="ja")
        document: Document = json.loads(json.dumps(submission_of(receipt.case_id).document))
        transaction.set_rollback(True)
    document["sequence"] += ONLINE_FROM
    document["number"] = case_number(
        prefix="S01", fiscal_year=document["fiscal_year"], sequence=document["sequence"]
    )
    assert document["signature"] is not None
    return {**document, "steps": 0}


def received(document: Document) -> UUID:
    return actions.receive_submission(uuid4(), document, now=ARRIVES).case_id


def altered(document: Document, part: str, change: Callable[[bytes], bytes]) -> Document:
    content = change(base64.b64decode(document["signature"][part]))
    evidence = {**document["signature"], part: base64.b64encode(content).decode()}
    return {**document, "signature": evidence}


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def test_it_is_verified_again_and_kept_with_its_own_report(resident: Actor) -> None:
    case_id = received(signed_elsewhere(resident))
    row = Signature.objects.get()
    assert (row.case_id, row.result, row.agreement, row.verdict) == (
        case_id,
        "OK",
        "exact",
        "accepted",
    )
    assert row.signed_at == world.NOW
    report = VerificationReport.objects.get()
    assert (report.made_at, report.body["believed_at"]) == (ARRIVES, world.NOW.isoformat())
    said = statement_of(case_id)
    assert said is not None
    assert said.signer == "水野 葉子"


def test_it_arrives_once(resident: Actor) -> None:
    document, case_id = signed_elsewhere(resident), uuid4()
    for _time in range(3):
        actions.receive_submission(case_id, document, now=ARRIVES)
    assert Signature.objects.count() == Case.objects.count() == 1


@pytest.mark.parametrize("part", ["document", "signature", "certificate"])
def test_altered_evidence_is_refused(resident: Actor, part: str) -> None:
    with pytest.raises(Refused):
        received(altered(signed_elsewhere(resident), part, flipped))
    assert not Case.objects.exists()
    assert not Signature.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"answers": {"wishes": "別の本"}},
        {"submit_key": f"draft:{uuid4()}"},
        {"signature": {}},
        {"signature": {"document": "?", "signature": "", "certificate": "", "signed_at": ""}},
    ],
    ids=["answers", "draft", "empty", "nonsense"],
)
def test_a_signature_of_something_else_is_refused(resident: Actor, change: Document) -> None:
    document = signed_elsewhere(resident)
    if "answers" in change:
        change = {"answers": {**document["answers"], **change["answers"]}}
    with pytest.raises(Refused):
        received({**document, **change})
    assert not Case.objects.exists()


def test_a_signature_from_the_future_is_refused(resident: Actor) -> None:
    document = signed_elsewhere(resident)
    document["signature"]["signed_at"] = (ARRIVES + timedelta(minutes=1)).isoformat()
    with pytest.raises(Refused, match="後"):
        received(document)


def test_one_of_an_authority_that_this_node_does_not_believe_is_refused(
    resident: Actor, signing_city: Settings, tmp_path: Any
) -> None:
    document = signed_elsewhere(resident)
    signing_city.SUIGO_REHEARSAL_FOLDER = tmp_path / "another"
    with pytest.raises(Refused):
        received(document)


def test_what_nobody_can_speak_of_waits_for_staff(resident: Actor, signing_city: Settings) -> None:
    document = signed_elsewhere(resident)
    signing_city.SUIGO_REVOCATION = "disabled-dev:?state=unknown"
    received(document)
    assert Signature.objects.get().verdict == "waiting"


def test_a_certificate_that_this_node_knows_to_be_revoked_reaches_a_person(
    resident: Actor, signing_city: Settings
) -> None:
    document = signed_elsewhere(resident)
    signing_city.SUIGO_REVOCATION = "disabled-dev:?state=revoked"
    case = received(document)
    row = Signature.objects.get()
    assert (row.case_id, row.result, row.verdict) == (case, "REVOKED", "rejected")


def test_after_a_restore_changed_answers_are_for_somebody_to_compare(resident: Actor) -> None:
    document = signed_elsewhere(resident)
    document["answers"] = {**document["answers"], "wishes": "直したあとの本"}
    received({**document, "steps": 1})
    row = Signature.objects.get()
    assert (row.result, row.verdict) == ("OK", "waiting")


def test_an_application_without_a_signature_is_taken_as_before(resident: Actor) -> None:
    received({**signed_elsewhere(resident), "signature": None})
    assert not Signature.objects.exists()
