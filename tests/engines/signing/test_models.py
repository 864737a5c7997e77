"""What the database promises about signatures."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from engines.signing.cards import NOW, kept_signature
from suigo.engines.signing.models import Signature

pytestmark = pytest.mark.django_db


def kept(**changed: Any) -> Signature:
    return kept_signature(uuid4(), "R8-S01-0001", "library", **changed)


@pytest.mark.parametrize(
    "changed",
    [
        {"verdict": "accepted"},  # nobody said why
        {"verdict": "accepted", "result": "OK", "agreement": "different"},
        {"verdict": "accepted", "result": "REVOKED", "agreement": "exact"},
        {"verdict": "perhaps"},
        {"result": "GOOD"},
        {"revocation": "maybe"},
        {"agreement": "somewhat"},
        {"origin": "letter"},
        {"signed_at": None},
        {"result": ""},
        {"decided_by": "課長"},
        {"decided_at": NOW},
        {"reason": "理由だけ"},
        {"erased_at": NOW},
    ],
)
def test_a_signature_that_makes_no_sense_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        kept(**changed)


def test_what_may_be() -> None:
    kept(verdict="accepted", result="OK", agreement="near")
    kept(verdict="accepted", decided_at=NOW, decided_by="課長", reason="窓口で確かめた")
    kept(verdict="accepted", result="OK", agreement="different", origin="file")
    kept(verdict="rejected", result="REVOKED")


def test_one_content_of_one_draft_once_and_one_signature_for_a_case() -> None:
    first = kept()
    with pytest.raises(IntegrityError), transaction.atomic():
        kept(subject=first.subject)
    with pytest.raises(IntegrityError), transaction.atomic():
        kept_signature(first.case_id or uuid4(), "R8-S01-0001", "library")
