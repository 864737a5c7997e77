"""Two applications of one resident that arrive at the same time."""

from threading import Thread

import pytest
from django.db import connection

from engines.cases import world
from engines.facts.test_actions import ADDRESS, FIRST, PHONE, SECOND, keep
from suigo.engines.facts.actions import Origin
from suigo.engines.facts.models import Fact


@pytest.mark.usefixtures("really_committed")
def test_two_applications_at_once_make_one_fact() -> None:
    resident = world.resident()
    failures: list[BaseException] = []

    def send(origin: Origin) -> None:
        try:
            keep(resident, {"person.phone": PHONE, "person.address": ADDRESS}, origin)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [Thread(target=send, args=(origin,)) for origin in (FIRST, SECOND) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Fact.objects.filter(withdrawn_at=None).count() == 2
