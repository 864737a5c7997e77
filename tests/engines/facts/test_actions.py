"""Facts are kept because somebody said so, change by their word only, and can be taken back."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from engines.cases import world
from engines.cases.world import NOW
from suigo.engines.facts import actions, policy, queries
from suigo.engines.facts.actions import Origin
from suigo.engines.facts.models import KEYS, Fact
from suigo.engines.forms.rules import Known
from suigo.engines.forms.rules.prefilling import Told
from suigo.kernel.access import ANONYMOUS, Actor
from suigo.kernel.audit.models import AuditEntry
from suigo.kernel.errors import NotFound, NotSignedIn, Refused

pytestmark = pytest.mark.django_db
FIRST = Origin(UUID("0196f000-0000-7000-8000-00000000000a"), "R8-S01-0001", "図書館カード")
SECOND = Origin(UUID("0196f000-0000-7000-8000-00000000000b"), "R8-G01-0001", "粗大ごみ")
PHONE = "0299-00-0000"
ADDRESS = world.ANSWERS["address"]


def keep(
    actor: Actor, values: dict[str, Any], origin: Origin = FIRST, replace: tuple[str, ...] = ()
) -> None:
    told = {key: Told(value) for key, value in values.items()}
    actions.keep_facts(actor, told, origin=origin, replace=replace, now=NOW)


def known(actor: Actor) -> dict[str, Known]:
    return queries.known_facts(actor, now=NOW)


def phone(actor: Actor) -> Any:
    return queries.value_of(actor, "person.phone", now=NOW)


def test_a_kept_fact_is_known_with_where_it_came_from() -> None:
    resident = world.resident()
    keep(resident, {"person.phone": PHONE, "person.address": ADDRESS})
    assert known(resident)["person.phone"] == Known(PHONE, "declared", "2026-11-24")
    assert known(resident)["person.address"].value == ADDRESS
    assert known(resident)["person.email"] == Known("yoko@example.jp", "account", "2026-11-24")
    entry = AuditEntry.objects.get(action="facts.kept")
    assert json.loads(entry.facts) == {
        "count": 2,
        "keys": ["person.address", "person.phone"],
        "number": "R8-S01-0001",
    }


def test_what_the_database_holds_can_not_be_read_or_moved() -> None:
    resident, other = world.resident(), world.resident("別 人", "other@example.jp")
    keep(resident, {"person.phone": PHONE})
    keep(other, {"person.phone": "0299-11-1111"})
    mine, theirs = Fact.objects.order_by("id")
    assert PHONE not in mine.value
    Fact.objects.filter(pk=theirs.pk).update(value=mine.value)
    with pytest.raises(Exception, match="does not open"):
        phone(other)


def test_nobody_else_knows_them() -> None:
    resident = world.resident()
    keep(resident, {"person.phone": PHONE})
    fact = Fact.objects.get()
    others = (
        ANONYMOUS,
        world.resident("別 人", "b@example.jp"),
        world.staff("library-head", "館長"),
    )
    for other in others:
        assert "person.phone" not in known(other)
        assert not policy.visible_to(other).exists()
        assert not policy.can_see(other, fact)
    assert policy.can_see(resident, fact)
    assert list(policy.visible_to(resident)) == [fact]
    for other in (ANONYMOUS, others[2]):
        with pytest.raises(NotSignedIn):
            keep(other, {"person.phone": PHONE})


def test_a_newer_answer_waits_until_the_holder_chooses() -> None:
    resident = world.resident()
    keep(resident, {"person.phone": PHONE})
    keep(resident, {"person.phone": "0299-11-1111"}, SECOND)
    assert phone(resident) == PHONE
    doubt = queries.kept_facts(resident, language="ja", now=NOW)[0].facts[0].doubt
    assert doubt is not None
    assert (doubt.lines, doubt.number) == (("0299-11-1111",), "R8-G01-0001")
    actions.settle_doubt(resident, "person.phone", take_newer=True, now=NOW)
    assert phone(resident) == "0299-11-1111"
    with pytest.raises(Refused):
        actions.settle_doubt(resident, "person.phone", take_newer=False, now=NOW)


def test_what_the_holder_chose_to_replace_is_replaced() -> None:
    resident = world.resident()
    keep(resident, {"person.phone": PHONE})
    keep(resident, {"person.phone": "0299-11-1111"}, SECOND, ("person.phone",))
    assert phone(resident) == "0299-11-1111"
    assert Fact.objects.get().case_number == "R8-G01-0001"


def test_a_decision_confirms_only_what_it_checked_and_only_as_it_was_said() -> None:
    resident = world.resident()
    assert resident.account_id is not None
    keep(resident, {"person.phone": PHONE, "person.address": ADDRESS})
    checked = {"person.address": ADDRESS, "person.birth_date": "1990-04-01"}
    for expected in (1, 0):  # again changes nothing
        assert (
            actions.confirm_facts(resident.account_id, checked, origin=FIRST, now=NOW) == expected
        )
    facts = known(resident)
    assert (facts["person.address"].source, facts["person.address"].firm) == ("checked", True)
    assert not facts["person.phone"].firm
    assert "person.birth_date" not in facts
    corrected = {"person.phone": "0299-22-2222"}
    assert actions.confirm_facts(resident.account_id, corrected, origin=FIRST, now=NOW) == 0
    assert phone(resident) == PHONE
    assert Fact.objects.get(key="person.phone").doubt != ""
    # the holder's same word makes it neither surer nor less sure
    keep(resident, {"person.address": ADDRESS}, SECOND)
    assert known(resident)["person.address"].firm


def test_withdrawing_erases_the_value_and_leaves_the_sentence() -> None:
    resident = world.resident()
    keep(resident, {"person.phone": PHONE, "person.address": ADDRESS})
    assert actions.withdraw_facts(resident, ["person.phone"], now=NOW) == 1
    assert "person.phone" not in known(resident)
    fact = Fact.objects.get(key="person.phone")
    assert (fact.value, fact.doubt, fact.case_number, fact.withdrawn_at) == ("", "", "", NOW)
    assert actions.withdraw_facts(resident, None, now=NOW) == 1
    with pytest.raises(NotFound):
        actions.withdraw_facts(resident, None, now=NOW)
    assert not AuditEntry.objects.filter(facts__icontains="0299").exists()
    # the same word may be kept again
    keep(resident, {"person.phone": PHONE})
    assert phone(resident) == PHONE


def test_facts_run_out() -> None:
    resident = world.resident()
    keep(resident, {"person.phone": PHONE})
    later = NOW + timedelta(days=731)
    assert "person.phone" not in queries.known_facts(resident, now=later)
    assert actions.expire_facts(now=later) == 1
    assert actions.expire_facts(now=later) == 0
    assert Fact.objects.get().value == ""


def test_names_leave_the_ledger_after_a_year() -> None:
    keep(world.resident(), {"person.phone": PHONE})
    assert actions.forget_names(now=NOW + timedelta(days=364)) == 0
    assert actions.forget_names(now=NOW + timedelta(days=366)) == 1


def test_an_individual_number_has_no_word() -> None:
    resident = world.resident()
    assert not [key for key in KEYS if "number" in key]
    keep(resident, {"person.my_number": "123456789018"})
    assert not Fact.objects.exists()
    keep(resident, {"person.phone": PHONE})
    for wrong in ({"key": "person.my_number"}, {"value": ""}, {"source": "rumour"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Fact.objects.update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Fact.objects.update(withdrawn_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Fact.objects.update(expires_at=NOW)


def test_knowing_costs_two_queries_however_much_is_known(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    resident = world.resident()
    keep(resident, {"person.phone": PHONE})
    with django_assert_num_queries(2):
        known(resident)
    keep(resident, {"person.address": ADDRESS, "person.birth_date": "1990-04-01"})
    with django_assert_num_queries(2):
        known(resident)


def test_a_child_told_alone_joins_the_list_and_replaces_nobody() -> None:
    resident = world.resident()
    hana = {"name": {"family": "水野", "given": "花"}, "birth_date": "2026-11-20"}
    sora = {"name": {"family": "水野", "given": "空"}, "birth_date": "2022-05-05"}

    def tell(*children: dict[str, Any], now: datetime = NOW) -> Any:
        told = {"household.children": Told(list(children), adds=True)}
        actions.keep_facts(resident, told, origin=SECOND, replace=(), now=now)
        return queries.value_of(resident, "household.children", now=now)

    assert tell(hana) == [hana]
    keep(resident, {"household.children": [sora]})  # differs: waits until somebody chooses
    assert tell(sora) == [hana, sora]
    read = hana | {"name": hana["name"] | {"given_kana": "ハナ"}}
    assert tell(read) == [read, sora]
    assert queries.doubt_of(Fact.objects.get()) is not None
    late = NOW + timedelta(days=1000)
    assert tell(sora, now=late) == [sora]  # what has run out is not taken up again


def test_what_serves_applications_made_together_runs_out_soon() -> None:
    keep(world.resident(), {"childcare.start": "2027-04-01", "person.phone": PHONE})
    ends = {fact.key: (fact.expires_at - NOW).days for fact in Fact.objects.all()}
    assert ends == {"childcare.start": 60, "person.phone": 730}


def test_a_list_asked_in_fewer_words_is_no_other_list() -> None:
    resident = world.resident()
    whole = {"name": {"family": "水野", "given": "花"}, "workplace": "見本商店"}
    keep(resident, {"household.guardians": [whole]})
    fewer = {"household.guardians": Told([{"name": whole["name"]}], parts=frozenset({"name"}))}
    actions.keep_facts(resident, fewer, origin=SECOND, replace=(), now=NOW)
    assert queries.value_of(resident, "household.guardians", now=NOW) == [whole]
    assert queries.doubt_of(Fact.objects.get()) is None
