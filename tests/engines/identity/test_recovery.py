"""Recovery: two people, a waiting time, and a way to object. Nobody talks their way around it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from engines.identity.sample import NOW, PASSWORD, Staff
from engines.identity.test_passkeys import registered, session_of
from suigo.engines.identity import actions, queries
from suigo.engines.identity.actions.staff_sign_in import give_recovery_codes
from suigo.engines.identity.models import Account, Passkey, Recovery, Session
from suigo.engines.identity.queries.recoveries import objection_token
from suigo.engines.identity.rules.recovery import hinted
from suigo.engines.identity.sessions import SessionStore
from suigo.engines.notices.models import Message
from suigo.engines.notices.subscribers import tell_recovery
from suigo.kernel import crypto
from suigo.kernel.access import Actor
from suigo.kernel.audit.models import AuditEntry
from suigo.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused, TooMany

pytestmark = pytest.mark.django_db
DAY = timedelta(hours=24)


@pytest.fixture
def clerks(staff: Callable[..., Staff], actor_of: Callable[[Staff], Actor]) -> tuple[Actor, Actor]:
    return (
        actor_of(staff("窓口 一郎", "welfare-officer")),
        actor_of(staff("窓口 二郎", "general-affairs-officer")),
    )


def ask(clerk: Actor, *, document: str = "", old: str = "taro@example.jp") -> UUID:
    return actions.ask_for_recovery(
        clerk,
        old_address=old,
        new_address="taro-new@example.jp",
        document=document,
        note="窓口で話した",
        now=NOW,
    )


def test_with_a_document_two_clerks_give_a_new_address(
    resident: Account, clerks: tuple[Actor, Actor]
) -> None:
    registered(resident)
    lost = ask(clerks[0], document="driving-licence")
    resident.refresh_from_db()
    assert resident.email == "taro@example.jp"
    assert actions.approve_recovery(clerks[1], lost, now=NOW) == ""
    resident.refresh_from_db()
    assert resident.email == "taro-new@example.jp"
    assert not Passkey.objects.exists()
    assert not Session.objects.filter(account=resident).exists()
    entries = AuditEntry.objects.order_by("id").filter(action__startswith="identity.recovery")
    assert [(e.action, e.actor_name) for e in entries] == [
        ("identity.recovery-asked", "窓口 一郎"),
        ("identity.recovery-done", "Suigo"),
        ("identity.recovery-approved", "窓口 二郎"),
    ]


def test_one_clerk_alone_gives_nothing(resident: Account, clerks: tuple[Actor, Actor]) -> None:
    lost = ask(clerks[0], document="passport")
    with pytest.raises(Refused):
        actions.approve_recovery(clerks[0], lost, now=NOW)
    actions.finish_recoveries(now=NOW + 30 * DAY)
    resident.refresh_from_db()
    assert resident.email == "taro@example.jp"
    assert Recovery.objects.get().state == "expired"


def test_nor_does_the_database_let_one(resident: Account, clerks: tuple[Actor, Actor]) -> None:
    ask(clerks[0], document="passport")
    row = Recovery.objects.filter()
    for wrong in (
        {"approved_by": clerks[0].account_id, "state": "approved"},
        {"state": "approved"},
        {"state": "done"},
        {"approved_by": resident.pk},
        {"document": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**wrong)


def test_without_a_document_it_waits_a_day(resident: Account, clerks: tuple[Actor, Actor]) -> None:
    lost = ask(clerks[0])
    later = NOW + timedelta(hours=1)
    actions.approve_recovery(replace(clerks[1], proved_at=later), lost, now=later)
    actions.finish_recoveries(now=NOW + DAY - timedelta(seconds=1))
    resident.refresh_from_db()
    assert resident.email == "taro@example.jp"
    assert actions.finish_recoveries(now=NOW + DAY) == 1
    resident.refresh_from_db()
    assert resident.email == "taro-new@example.jp"
    assert actions.finish_recoveries(now=NOW + DAY) == 0


@pytest.mark.parametrize("approved", [True, False])
def test_the_person_objects(
    approved: bool, resident: Account, clerks: tuple[Actor, Actor], client: Client
) -> None:
    lost = ask(clerks[0])
    if approved:
        actions.approve_recovery(clerks[1], lost, now=NOW)
    link = reverse("object-to-recovery", args=[lost, objection_token(lost)])
    assert client.get(link).status_code == 200
    assert Recovery.objects.get().state == ("approved" if approved else "asked")  # looking isn't it
    assert "変更を止めました" in client.post(link).content.decode()
    assert "もう終わっています" in client.post(link).content.decode()
    actions.finish_recoveries(now=NOW + 2 * DAY)
    resident.refresh_from_db()
    assert resident.email == "taro@example.jp"
    with pytest.raises(Conflict):
        actions.approve_recovery(clerks[1], lost, now=NOW)


def test_only_the_link_objects(resident: Account, clerks: tuple[Actor, Actor]) -> None:
    lost, other = ask(clerks[0]), UUID(int=1)
    for recovery, token in ((lost, ""), (lost, objection_token(other)), (other, "")):
        with pytest.raises(NotFound):
            actions.object_to_recovery(recovery, token=token, now=NOW)


def test_the_old_address_is_told_and_learns_little(
    resident: Account, clerks: tuple[Actor, Actor]
) -> None:
    lost = ask(clerks[0])
    sealed = crypto.seal("taro@example.jp", purpose="identity.recovery-address")
    tell_recovery(resident.pk, str(lost), "asked", sealed)
    tell_recovery(resident.pk, str(lost), "asked", sealed)
    told = Message.objects.get(template="recovery-asked")
    assert told.address == "taro@example.jp"
    body = crypto.open_sealed(told.sealed_body, purpose="notices.body")
    assert objection_token(lost) in body
    assert "2026-11-25 12:00" in body
    assert "taro-new" not in body
    tell_recovery(resident.pk, str(lost), "done", sealed)
    done = Message.objects.filter(template="recovery-done").order_by("address")
    assert [m.address for m in done] == ["taro-new@example.jp", "taro@example.jp"]


def test_hints() -> None:
    assert hinted("taro@example.jp") == "t•••@e•••.jp"


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("old_address", {"old_address": "nobody@example.jp"}),
        ("old_address", {"old_address": ""}),
        ("new_address", {"new_address": "nothing"}),
        ("new_address", {"new_address": "taro@example.jp"}),
        ("document", {"document": "library-card"}),
        ("note", {"note": " "}),
        ("note", {"note": "あ" * 501}),
    ],
)
def test_what_a_clerk_must_say(
    field: str, changes: dict[str, str], resident: Account, clerks: tuple[Actor, Actor]
) -> None:
    said = {
        "old_address": "taro@example.jp",
        "new_address": "taro-new@example.jp",
        "document": "",
        "note": "見た",
    }
    with pytest.raises(Invalid) as refused:
        actions.ask_for_recovery(clerks[0], **{**said, **changes}, now=NOW)
    assert list(refused.value.field_errors) == [field]


def test_one_at_a_time_and_not_too_many(resident: Account, clerks: tuple[Actor, Actor]) -> None:
    lost = ask(clerks[0])
    with pytest.raises(Conflict):
        ask(clerks[1])
    actions.refuse_recovery(clerks[0], lost, now=NOW)
    for _ in range(19):
        actions.refuse_recovery(clerks[0], ask(clerks[0]), now=NOW)
    with pytest.raises(TooMany):
        ask(clerks[0])


def test_an_address_taken_meanwhile_stays_with_its_owner(
    resident: Account, clerks: tuple[Actor, Actor]
) -> None:
    lost = ask(clerks[0], document="passport")
    Account.objects.create(kind="resident", email="taro-new@example.jp", created_at=NOW)
    actions.approve_recovery(clerks[1], lost, now=NOW)
    resident.refresh_from_db()
    assert resident.email == "taro@example.jp"
    assert Recovery.objects.get().state == "expired"


def test_capability_and_fresh_proof(
    resident: Account,
    clerks: tuple[Actor, Actor],
    staff: Callable[..., Staff],
    actor_of: Callable[[Staff], Actor],
) -> None:
    chief = actor_of(staff("係長", "welfare-chief"))
    with pytest.raises(Forbidden):
        ask(chief)
    lost = ask(clerks[0], document="passport")
    for act in (actions.approve_recovery, actions.refuse_recovery):
        with pytest.raises(Forbidden):
            act(chief, lost, now=NOW)
    with pytest.raises(Forbidden):
        actions.approve_recovery(clerks[1], lost, now=NOW + timedelta(minutes=31))
    assert len(queries.recoveries(clerks[1])) == 1
    with pytest.raises(Forbidden):
        queries.recoveries(chief)


def test_staff_need_two_administrators(
    staff: Callable[..., Staff], actor_of: Callable[[Staff], Actor]
) -> None:
    first, second, jiro = (
        staff("管理 一", "general-affairs-head"),
        staff("管理 二", "general-affairs-head"),
        staff("見本 次郎", "general-affairs-head"),
    )
    account = Account.objects.get(pk=jiro.id)
    phone = registered(account)
    lost = actions.ask_for_staff_recovery(actor_of(first), jiro.public_id, note="対面", now=NOW)
    for nobody in (first, jiro):  # neither who asked nor whom it is about
        with pytest.raises(Refused):
            actions.approve_recovery(actor_of(nobody), lost, now=NOW)
    temporary = actions.approve_recovery(actor_of(second), lost, now=NOW)
    session = SessionStore()
    with pytest.raises(Refused):  # the old passkey is worthless
        actions.sign_in_with_passkey(
            session,
            kind="staff",
            answer=phone.get(actions.ask_for_passkey(session, network="n", now=NOW)),
            network="n",
            device="",
            now=NOW,
        )
    for password, step in ((PASSWORD, None), (temporary, "password")):
        try:
            found: str | None = actions.begin_staff_sign_in(
                session, email=jiro.email, password=password, network="n", device="", now=NOW
            )
        except Invalid:
            found = None
        assert found == step
    with pytest.raises(Conflict):  # and what was approved is not approved again
        actions.approve_recovery(actor_of(second), lost, now=NOW)


@pytest.mark.parametrize(("age", "may"), [(23, False), (24, True)])
def test_nobody_makes_the_second_person_themselves(
    age: int, may: bool, staff: Callable[..., Staff], actor_of: Callable[[Staff], Actor]
) -> None:
    first, jiro = staff("管理 一", "general-affairs-head"), staff("見本 次郎")
    second = staff("管理 二", "general-affairs-head")
    made_at = NOW - timedelta(hours=age)
    Account.objects.filter(pk=second.id).update(created_at=made_at)
    lost = actions.ask_for_staff_recovery(actor_of(first), jiro.public_id, note="対面", now=NOW)
    if may:
        assert actions.approve_recovery(actor_of(second), lost, now=NOW)
    else:
        with pytest.raises(Refused, match="24時間"):
            actions.approve_recovery(actor_of(second), lost, now=NOW)
        assert Recovery.objects.get().state == "asked"


def test_a_recovery_code_works_once(staff: Callable[..., Staff]) -> None:
    made = staff()
    account = Account.objects.get(pk=made.id)
    code = give_recovery_codes(account)[0]

    def second_step() -> Actor:
        session = SessionStore()
        actions.begin_staff_sign_in(
            session, email=made.email, password=PASSWORD, network="n", device="", now=NOW
        )
        return actions.sign_in_staff(session, code=code, device="", now=NOW)

    assert second_step().account_id == made.id
    with pytest.raises(Invalid):
        second_step()
    session = session_of(account)
    with pytest.raises(Invalid):  # nor to prove it again
        actions.confirm_with_code(
            queries.actor_of_session(session, now=NOW), session, code=code, now=NOW
        )
