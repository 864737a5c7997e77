"""New cards of one person at the same moment, each in a transaction of its own."""

import threading
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from engines.identity.sample import NOW
from suigo.engines.identity.actions import sign_in_with_proof
from suigo.engines.identity.actions.proofs import Outcome
from suigo.engines.identity.models import Account, ExternalIdentity, MatchQuestion
from suigo.engines.identity.providers import FourItems, Proof
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel.access import Assurance

ITEMS = FourItems("水野　葉子", "見本県見本市見本町６２６番地", date(1990, 4, 1), "2")
ISSUER = "https://op.example.jp"


def proof(subject: str) -> Proof:
    return Proof("card", ISSUER, subject, Assurance.IDENTITY, items=ITEMS)


def come_with(subject: str) -> Outcome:
    return sign_in_with_proof(SessionStore(), proof(subject), device="", language="ja", now=NOW)


def test_new_cards_of_one_person_make_one_account(really_committed: None) -> None:
    together, outcomes = threading.Barrier(4), []

    def come(subject: str) -> None:
        try:
            together.wait()
            outcomes.append(come_with(subject))
        finally:
            connection.close()

    threads = [threading.Thread(target=come, args=(s,)) for s in ("one", "one", "two", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [outcome.step for outcome in outcomes] == ["done"] * 4
    assert (Account.objects.count(), ExternalIdentity.objects.count()) == (1, 2)


@pytest.mark.django_db
def test_a_subject_belongs_to_one_account() -> None:
    come_with("one")
    account = Account.objects.create(kind="resident", created_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExternalIdentity.objects.create(
            account=account,
            provider="card",
            issuer=ISSUER,
            subject="one",
            linked_at=NOW,
            linked_by="owner",
            last_used_at=NOW,
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values", [{"subject": ""}, {"issuer": ""}, {"provider": "else"}, {"linked_by": "guess"}]
)
def test_the_database_knows_how_somebody_can_be_linked(values: dict[str, str]) -> None:
    come_with("one")
    with pytest.raises(IntegrityError), transaction.atomic():
        ExternalIdentity.objects.update(**values)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values",
    [
        {"sealed": ""},
        {"decision": "same"},
        {"decision": "perhaps", "reason": "x", "sealed": ""},
        {"reason": "x"},
    ],
)
def test_a_question_is_open_or_decided_completely(values: dict[str, str]) -> None:
    account = Account.objects.create(kind="resident", created_at=NOW)
    question = MatchQuestion.objects.create(
        issuer=ISSUER,
        subject="two",
        sealed="v1.x",
        candidate=account,
        differs_in=["name"],
        asked_at=NOW,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        MatchQuestion.objects.filter(pk=question.pk).update(**values)


@pytest.mark.django_db
def test_staff_need_an_address_and_residents_may_do_without() -> None:
    Account.objects.create(kind="resident", created_at=NOW)
    Account.objects.create(kind="resident", created_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.create(kind="staff", created_at=NOW)
    Account.objects.create(kind="resident", email="a@example.jp", created_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.create(kind="resident", email="A@example.jp", created_at=NOW)
