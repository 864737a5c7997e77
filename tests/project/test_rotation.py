"""A new encryption key, while people write: nothing is lost, and the old key may go afterwards."""

import json
import os
import threading
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, connections, transaction

from engines.cases import world
from suigo.engines.cases.actions.drafts import seal_number
from suigo.engines.cases.models import Case, CorrectionItem, CorrectionRequest, Draft
from suigo.engines.cases.rules.mirroring import MY_NUMBER_PURPOSE
from suigo.engines.documents.models import Blob
from suigo.engines.documents.vault import unwrap, wrap
from suigo.engines.facts.actions import Origin, keep_facts
from suigo.engines.facts.models import Fact
from suigo.engines.facts.queries import opened
from suigo.engines.forms.rules.prefilling import Told
from suigo.engines.notices.models import Message
from suigo.kernel import crypto
from suigo.project import rotation

ACCOUNT = {
    "bank_code": "0001",
    "bank_name": "みずほ",
    "branch_code": "001",
    "branch_name": "東京営業部",
    "account_type": "ordinary",
    "number": "1234567",
    "holder_kana": "ミズノ　ヨウコ",
}
NUMBER = "123456789018"


def key() -> str:
    return urlsafe_b64encode(os.urandom(32)).decode()


@pytest.fixture
def keys(settings: Any) -> Any:
    """One key, and a way to put another before it."""
    settings.SUIGO_ENCRYPTION_KEYS = {"old": key()}

    def change(**others: str) -> None:
        settings.SUIGO_ENCRYPTION_KEYS = others | settings.SUIGO_ENCRYPTION_KEYS

    return change


def forget_old(settings: Any) -> None:
    settings.SUIGO_ENCRYPTION_KEYS = {
        name: value for name, value in settings.SUIGO_ENCRYPTION_KEYS.items() if name != "old"
    }


def stored(table: str, column: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT string_agg({column}::text, ' ') FROM {table}")
        return str(cursor.fetchone()[0])


def case_with_everything() -> Case:
    case = world.received()
    Case.objects.filter(pk=case.pk).update(
        answers={
            **case.answers,
            "account": ACCOUNT,
            "rows": [{"number": {"sealed": seal_number(NUMBER)}, "account": {"bank_code": "1"}}],
        }
    )
    case.refresh_from_db()
    return case


def rotate() -> None:
    """What the worker does with the jobs, one after the other."""
    for store in rotation.stores().values():
        after: int | None = 0
        while after is not None:
            after = store.reseal(after=after, most=2)


@pytest.mark.django_db
def test_an_account_is_never_readable_in_the_table(keys: Any) -> None:
    case = case_with_everything()
    assert case.answers["account"] == ACCOUNT
    kept = stored("cases_case", "answers")
    for word in ("みずほ", "1234567", "ミズノ　ヨウコ", NUMBER):
        assert word not in kept
    assert json.loads(kept)["account"].keys() == {"sealed_part"}


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["cases_case", "cases_draft"])
def test_the_database_refuses_an_account_in_plain(keys: Any, table: str) -> None:
    world.received()
    world.draft_of(world.resident())
    with (
        pytest.raises(IntegrityError, match=f"{table}_answers_sealed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"UPDATE {table} SET answers = %s",
            [json.dumps({"a": [{"b": ACCOUNT}]})],
        )


@pytest.mark.django_db
def test_a_draft_s_account_is_sealed_and_reaches_the_case(keys: Any) -> None:
    actor = world.resident()
    draft = world.draft_of(actor)
    Draft.objects.filter(public_id=draft).update(answers=world.answers() | {"account": ACCOUNT})
    assert "みずほ" not in stored("cases_draft", "answers")
    assert Draft.objects.get(public_id=draft).answers["account"] == ACCOUNT


@pytest.mark.django_db
def test_everything_sealed_is_under_the_new_key_afterwards(keys: Any, settings: Any) -> None:
    resident = world.resident()
    case = case_with_everything()
    keep_facts(
        resident,
        {"person.phone": Told("0299-00-0000")},
        origin=Origin(case.public_id, case.number, "見本"),
        replace=(),
        now=world.NOW,
    )
    world.draft_of(resident)
    request = CorrectionRequest.objects.create(
        case=case,
        due_date=world.TODAY,
        requested_at=world.NOW - timedelta(days=1),
        answered_at=world.NOW,
    )
    CorrectionItem.objects.create(request=request, path="a", message="b", before=ACCOUNT)
    name, sealed = wrap(b"k" * 32, address="ab" * 32)
    blob = Blob.objects.create(
        address="ab" * 32, size=1, key_id=name, wrapped_key=sealed, created_at=world.NOW
    )
    before = {found.id: found.rows for found in rotation.waiting()}
    assert set(before.values()) == {0}

    keys(new=key())
    held = {found.id: found.rows for found in rotation.waiting()}
    assert held["cases.cases"] == held["facts.facts"] == held["documents.keys"] == 1
    assert held["cases.corrections"] == held["notices.bodies"] == 1
    rotate()
    assert {found.rows for found in rotation.waiting()} == {0}
    forget_old(settings)

    case.refresh_from_db()
    assert case.answers["account"] == ACCOUNT
    token = case.answers["rows"][0]["number"]["sealed"]
    assert crypto.open_sealed(token, purpose=MY_NUMBER_PURPOSE) == NUMBER
    assert opened(Fact.objects.get()) == "0299-00-0000"
    blob.refresh_from_db()
    assert unwrap(bytes(blob.wrapped_key), address=blob.address, key_id=blob.key_id) == b"k" * 32
    message = Message.objects.get()
    assert crypto.open_sealed(message.sealed_body, purpose="notices.body")
    assert CorrectionItem.objects.get().before == ACCOUNT


@pytest.mark.django_db
def test_a_round_is_the_same_when_it_runs_twice(keys: Any) -> None:
    case_with_everything()
    keys(new=key())
    rotate()
    first = stored("cases_case", "answers")
    rotate()
    assert stored("cases_case", "answers") == first


@pytest.mark.django_db
def test_a_round_killed_half_way_goes_on(keys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for _number in range(5):
        case_with_everything()
    keys(new=key())
    store = rotation.stores()["cases.cases"]
    last = store.reseal(after=0, most=2)
    assert last is not None
    assert store.waiting() == 3

    def killed(*_given: object, **_named: object) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(crypto, "resealed", killed)
        dying.setattr(crypto, "seal", killed)
        with pytest.raises(KeyboardInterrupt):
            store.reseal(after=last, most=2)
    assert store.waiting() == 3
    rotate()
    assert store.waiting() == 0


@pytest.mark.django_db
def test_the_jobs_walk_through_the_table(keys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for _number in range(3):
        case_with_everything()
    keys(new=key())
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(rotation, "enqueue", lambda _name, **given: asked.append(given))
    monkeypatch.setattr(rotation, "BATCH", 2)
    assert rotation.begin() == len(asked) > 0
    ran = 0
    while asked:
        given = asked.pop(0)
        given.pop("delay_seconds", None)
        rotation.step(**given)
        ran += 1
        assert ran < 50
    assert {found.rows for found in rotation.waiting()} == {0}
    rotation.step("nothing.installed", 0)


def test_people_write_while_it_runs(really_committed: None, keys: Any) -> None:
    """Each write reads a case, adds its own word, and stores it under a lock, as actions do."""
    numbers = [case_with_everything().pk for _number in range(6)]
    keys(new=key())
    words: dict[int, list[str]] = {pk: [] for pk in numbers}
    faults: list[BaseException] = []
    done = threading.Event()

    def write() -> None:
        try:
            for turn in range(60):
                pk = numbers[turn % len(numbers)]
                with transaction.atomic():
                    case = Case.objects.select_for_update().get(pk=pk)
                    assert case.answers["account"] == ACCOUNT
                    word = uuid4().hex
                    case.answers = {**case.answers, "note": [*case.answers.get("note", []), word]}
                    case.save(update_fields=["answers"])
                words[pk].append(word)
        except BaseException as fault:
            faults.append(fault)
        finally:
            done.set()
            connections.close_all()

    def reseal() -> None:
        try:
            while not done.is_set() or rotation.stores()["cases.cases"].waiting():
                rotate()
        except BaseException as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write), threading.Thread(target=reseal)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert rotation.stores()["cases.cases"].waiting() == 0
    for pk in numbers:
        assert Case.objects.get(pk=pk).answers["note"] == words[pk]
