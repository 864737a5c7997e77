"""The worker that seals anew is killed while everybody works; and nothing sealed is forgotten."""

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import InterfaceError, OperationalError, connection, connections, transaction

from engines.cases import world
from project.test_rotation import (
    ACCOUNT,
    NUMBER,
    case_with_everything,
    forget_old,
    key,
    keys,
    rotate,
)
from suigo.engines.cases.actions.drafts import seal_number
from suigo.engines.cases.models import Case, Draft
from suigo.engines.cases.rules.mirroring import MY_NUMBER_PURPOSE
from suigo.engines.signing import vault as signing
from suigo.engines.signing.models import Signature
from suigo.kernel import crypto
from suigo.kernel.sealed import SealedPartsField
from suigo.project import rotation
from suigo.services.bridge.models import OutItem
from suigo.services.counter.actions.tickets import is_kiosk, register_kiosk
from suigo.services.counter.policy import MANAGE

__all__ = ["keys"]


def cut(pid: int) -> None:
    """End a connection as if its process had been killed: what it was doing is undone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])


def test_killed_in_the_middle_while_everybody_works(
    really_committed: None, keys: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers read, writers write, the worker is killed in the middle of batches again and again:
    at no moment is anything unreadable, and in the end the old key opens nothing any more."""
    numbers = [case_with_everything().pk for _number in range(8)]
    drafts = [world.draft_of(world.resident(email=f"{n}@example.jp")) for n in range(4)]
    Draft.objects.filter(public_id__in=drafts).update(answers={"account": ACCOUNT})
    keys(new=key())
    store, kills, rounds = rotation.stores()["cases.cases"], 5, []
    faults: list[BaseException] = []
    words: dict[int, list[str]] = {pk: [] for pk in numbers}
    over = threading.Event()
    sealing: queue.Queue[int] = queue.Queue()
    honest = crypto.resealed

    def slowly(token: str, *, purpose: str) -> str:
        """In the middle of a batch: say so, and give time to be killed."""
        if threading.current_thread().name == "worker" and len(rounds) < kills:
            sealing.put(connection.connection.info.backend_pid)
            time.sleep(0.15)
        return honest(token, purpose=purpose)

    monkeypatch.setattr(crypto, "resealed", slowly)

    def carefully(work: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            try:
                work()
            except BaseException as fault:
                faults.append(fault)
            finally:
                connections.close_all()

        return run

    def read() -> None:
        while not over.is_set():
            for case in Case.objects.filter(pk__in=numbers):
                assert case.answers["account"] == ACCOUNT
                sealed = case.answers["rows"][0]["number"]["sealed"]
                assert crypto.open_sealed(sealed, purpose=MY_NUMBER_PURPOSE) == NUMBER
            for draft in Draft.objects.filter(public_id__in=drafts):
                assert draft.answers["account"] == ACCOUNT

    def write() -> None:
        while not over.is_set():
            for pk in numbers:
                with transaction.atomic():
                    case = Case.objects.select_for_update().get(pk=pk)
                    word = uuid4().hex
                    case.answers = {**case.answers, "note": [*case.answers.get("note", []), word]}
                    case.save(update_fields=["answers"])
                words[pk].append(word)

    def work() -> None:
        """The job, begun again by the next worker whenever one is killed."""
        while any(s.waiting() for s in rotation.stores().values()):
            try:
                rotate()
            except (OperationalError, InterfaceError):
                rounds.append("killed")
                connection.close()

    def kill() -> None:
        while len(rounds) < kills and worker.is_alive():
            with contextlib.suppress(queue.Empty):
                cut(sealing.get(timeout=0.2))

    worker = threading.Thread(target=carefully(work), name="worker")
    others = [threading.Thread(target=carefully(each)) for each in (read, write)]
    killer = threading.Thread(target=carefully(kill))
    for thread in (*others, worker, killer):
        thread.start()
    worker.join(60)
    over.set()
    for thread in (*others, killer):
        thread.join(20)
    assert faults == []
    assert rounds == ["killed"] * kills
    assert store.waiting() == 0
    forget_old(settings)
    for pk in numbers:
        case = Case.objects.get(pk=pk)
        assert case.answers["note"] == words[pk]
        assert len(words[pk]) > 0
        assert case.answers["account"] == ACCOUNT
        sealed = case.answers["rows"][0]["number"]["sealed"]
        assert crypto.open_sealed(sealed, purpose=MY_NUMBER_PURPOSE) == NUMBER
    assert Draft.objects.get(public_id=drafts[0]).answers["account"] == ACCOUNT


# what is sealed for minutes only and ends by itself: it may end under the key it began with
SHORT_LIVED = {
    "identity.SignInCode.sealed_code": "ten minutes",
    "counter.Screen.code_digest": "a digest; looked up under every key",
}


def test_every_sealed_column_is_sealed_anew() -> None:
    """A new table with a sealed column must name it in its package's manifest."""
    covered = {
        f"{store.model._meta.label}.{name}"
        for store in rotation.stores().values()
        for column in store.columns
        for name in column.columns
    }
    looked = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, SealedPartsField)
        or "sealed" in field.name
        or field.name in ("key_id", "wrapped_key", "totp_secret")
    }
    assert sorted(looked - covered - set(SHORT_LIVED)) == []


@pytest.mark.django_db
def test_a_signed_draft_keeps_what_was_signed_until_it_is_sent(keys: Any) -> None:
    """What is signed names a 個人番号 by the digest of its sealed value."""
    draft = world.draft_of(world.resident())
    answers = {"rows": [{"sealed": seal_number(NUMBER)}]}
    Draft.objects.filter(public_id=draft).update(answers=answers)
    signature = Signature.objects.create(
        origin="web",
        subject=draft,
        digest="a" * 64,
        key_id="old",
        begun_at=world.NOW,
        signed_at=world.NOW,
        result="OK",
        agreement="exact",
        verdict="accepted",
    )
    keys(new=key())
    rotate()
    assert Draft.objects.get(public_id=draft).answers == answers
    assert rotation.stores()["cases.drafts"].waiting() == 1
    signature.delete()
    rotate()
    assert rotation.stores()["cases.drafts"].waiting() == 0


@pytest.mark.django_db
def test_evidence_of_signatures_and_the_bridge_change_keys_too(keys: Any, settings: Any) -> None:
    signature = Signature(origin="web", subject=uuid4(), digest="b" * 64, begun_at=world.NOW)
    proof = signing.Proof(signature=b"s", certificate=b"c")
    signing.keep(signature, document=b"document", proof=proof)
    signature.save()
    item = OutItem.objects.create(
        kind="case",
        key="k",
        subject="s",
        sealed=crypto.seal("{}", purpose="bridge.item"),
        created_at=world.NOW,
    )
    keys(new=key())
    rotate()
    forget_old(settings)
    signature.refresh_from_db()
    assert signing.document_of(signature) == b"document"
    assert signing.proof_of(signature) == proof
    item.refresh_from_db()
    assert crypto.open_sealed(item.sealed, purpose="bridge.item") == "{}"


@pytest.mark.django_db
def test_a_ticket_machine_is_known_before_and_after(keys: Any, settings: Any) -> None:
    manager = replace(world.staff("general-affairs-head", "課長"), capabilities=frozenset({MANAGE}))
    token = register_kiosk("ロビー", actor=manager, now=world.NOW)
    keys(new=key())
    assert is_kiosk(token)
    forget_old(settings)
    assert is_kiosk(token)
    assert not is_kiosk(token[:-1])
