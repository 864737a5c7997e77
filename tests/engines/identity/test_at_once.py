"""What may happen once only, tried by several at the same moment."""

from collections.abc import Callable
from threading import Barrier, Thread
from uuid import UUID

import pytest
from django.db import connection

from engines.identity.authenticator import Authenticator
from engines.identity.sample import NOW, Staff
from engines.identity.test_passkeys import asked, registered, sign_in
from suigo.engines.identity import actions
from suigo.engines.identity.models import Account, Recovery, Session
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel.access import Actor
from suigo.kernel.errors import SuigoError

TOGETHER = 4


def together(act: Callable[[int], object]) -> list[str]:
    """What ``act`` came to in each of several threads: ``done``, or the failure's name."""
    found: list[str] = []
    gate = Barrier(TOGETHER)

    def run(number: int) -> None:
        try:
            gate.wait()
            act(number)
            found.append("done")
        except SuigoError as refused:
            found.append(type(refused).__name__)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(TOGETHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


@pytest.fixture
def phone(resident: Account) -> Authenticator:
    return registered(resident)


@pytest.mark.usefixtures("really_committed")
def test_one_answer_signs_in_once(phone: Authenticator) -> None:
    session = SessionStore()
    answer = phone.get(asked(session))
    session.save()

    def answered(_number: int) -> None:
        sign_in(SessionStore(session.session_key), answer)

    assert together(answered) == ["Gone"] * (TOGETHER - 1) + ["done"]
    assert Session.objects.filter(device="iPhone").count() == 1


@pytest.mark.usefixtures("really_committed")
def test_a_recovery_is_approved_once(
    staff: Callable[..., Staff], actor_of: Callable[[Staff], Actor]
) -> None:
    admins = [actor_of(staff(f"管理 {n}", "general-affairs-head")) for n in range(TOGETHER + 1)]
    lost: UUID = actions.ask_for_staff_recovery(
        admins[-1], staff("見本 次郎").public_id, note="対面", now=NOW
    )
    found = together(lambda number: actions.approve_recovery(admins[number], lost, now=NOW))
    assert found == ["Conflict"] * (TOGETHER - 1) + ["done"]
    assert Recovery.objects.get().state == "done"
