"""Passkeys, and everything somebody could try against them."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engines.identity.authenticator import Authenticator
from engines.identity.sample import NOW, Staff
from suigo.engines.identity import actions, queries, rules
from suigo.engines.identity.models import Account, Passkey, PasskeyChallenge, Session
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel.access import Actor, Assurance
from suigo.kernel.audit.models import AuditEntry
from suigo.kernel.errors import Conflict, Forbidden, Gone, Invalid, NotFound, Refused, TooMany

pytestmark = pytest.mark.django_db
MakeStaff = Callable[..., Staff]
HOME = "203.0.113.7"


def actor_of(account: Account, session: SessionStore | None = None) -> Actor:
    return queries.actor_of_account(
        account,
        today=NOW.date(),
        assurance=Assurance.CONTACT if account.kind == "resident" else Assurance.NONE,
        channel="web",
        proved_at=NOW,
    )


def session_of(account: Account) -> SessionStore:
    store = SessionStore()
    store.begin(account, assurance=Assurance.CONTACT, device="", keep_data=False, now=NOW)
    return store


def registered(account: Account, *, name: str = "電話", **wrong: Any) -> Authenticator:
    """The account's new telephone with a passkey."""
    phone, session = Authenticator(**wrong), session_of(account)
    actor = actor_of(account)
    options = actions.ask_for_new_passkey(actor, session, now=NOW)
    actions.register_passkey(actor, session, answer=phone.create(options), name=name, now=NOW)
    return phone


def sign_in(session: SessionStore, answer: str, *, kind: str = "resident", at: Any = NOW) -> Actor:
    return actions.sign_in_with_passkey(
        session, kind=kind, answer=answer, network=HOME, device="iPhone", now=at
    )


def asked(session: SessionStore, *, at: Any = NOW) -> str:
    return actions.ask_for_passkey(session, network=HOME, now=at)


@pytest.fixture
def other(db: None) -> Account:
    account = Account(kind="resident", email="hanako@example.jp", created_at=NOW, name="別 花子")
    account.save()
    return account


def test_a_passkey_signs_in_without_an_address(resident: Account) -> None:
    phone, session = registered(resident), SessionStore()
    actor = sign_in(session, phone.get(asked(session)))
    assert (actor.account_id, actor.assurance) == (resident.pk, Assurance.CONTACT)
    assert session.row is not None
    assert session.row.account_id == resident.pk
    assert session.row.proved_at == NOW
    passkey = Passkey.objects.get()
    assert (passkey.sign_count, passkey.last_used_at) == (1, NOW)
    last = AuditEntry.objects.order_by("-id")[0]
    assert (last.action, json.loads(last.facts)["by"]) == ("identity.signed-in", "passkey")


def test_what_the_browser_is_asked(resident: Account) -> None:
    session = session_of(resident)
    made = json.loads(actions.ask_for_new_passkey(actor_of(resident), session, now=NOW))
    assert made["attestation"] == "none"
    assert made["authenticatorSelection"]["residentKey"] == "required"
    assert made["authenticatorSelection"]["userVerification"] == "required"
    assert made["rp"]["id"] == "localhost"
    assert resident.email not in json.dumps(made["user"]["id"])
    used = json.loads(asked(session))
    assert (used["rpId"], used["userVerification"]) == ("localhost", "required")


def test_options_reveal_nobody(resident: Account, other: Account) -> None:
    """With passkeys or without, signed in or not, known or not: the same but for the bytes."""
    registered(resident)
    shapes = set()
    for session in (SessionStore(), session_of(resident), session_of(other)):
        given = json.loads(asked(session))
        assert not given.get("allowCredentials")
        given.pop("challenge")
        shapes.add(json.dumps(given, sort_keys=True))
    assert len(shapes) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://itako.example.net"},
        {"origin": "http://localhost:8001"},
        {"origin": "http://localhost"},
        {"site": "example.net"},
        {"verifies": False},
    ],
)
def test_another_site_or_no_finger_proves_nothing(wrong: dict[str, Any], resident: Account) -> None:
    phone, session = registered(resident), SessionStore()
    for name, value in wrong.items():
        setattr(phone, name, value)
    with pytest.raises(Refused):
        sign_in(session, phone.get(asked(session)))
    assert not Session.objects.filter(account=resident, device="iPhone").exists()


@pytest.mark.parametrize(
    "wrong",
    [{"origin": "https://itako.example.net"}, {"site": "example.net"}, {"verifies": False}],
)
def test_nor_is_such_a_key_registered(wrong: dict[str, Any], resident: Account) -> None:
    with pytest.raises(Refused):
        registered(resident, **wrong)
    assert not Passkey.objects.exists()


def test_an_answer_works_once(resident: Account) -> None:
    phone, session = registered(resident), SessionStore()
    answer = phone.get(asked(session))
    sign_in(session, answer)
    for again in (session, SessionStore()):
        with pytest.raises(Gone):
            sign_in(again, answer)


def test_a_refused_answer_uses_the_challenge_up(resident: Account) -> None:
    phone, session = registered(resident, name="電話"), SessionStore()
    options = asked(session)
    with pytest.raises(Refused):
        sign_in(session, Authenticator(handle=resident.public_id.bytes).get(options))
    with pytest.raises(Gone):
        sign_in(session, phone.get(options))


def test_a_challenge_belongs_to_its_session(resident: Account) -> None:
    phone, mine, theirs = registered(resident), SessionStore(), SessionStore()
    options = asked(theirs)
    with pytest.raises(Gone):
        sign_in(mine, phone.get(options))
    asked(mine)  # even when this session waits for another one
    with pytest.raises(Refused):
        sign_in(mine, phone.get(options))


def test_a_challenge_lives_five_minutes_and_only_the_newest(resident: Account) -> None:
    phone, session = registered(resident), SessionStore()
    options = asked(session)
    with pytest.raises(Gone):
        sign_in(session, phone.get(options), at=NOW + timedelta(minutes=5))
    old, new = asked(session), asked(session)
    with pytest.raises(Refused):
        sign_in(session, phone.get(old))
    new = asked(session)
    sign_in(session, phone.get(new), at=NOW + timedelta(minutes=4, seconds=59))


def test_a_challenge_to_register_signs_nobody_in(resident: Account) -> None:
    phone, session = registered(resident), session_of(resident)
    options = actions.ask_for_new_passkey(actor_of(resident), session, now=NOW)
    with pytest.raises(Gone):
        sign_in(session, phone.get(options))


def test_a_key_of_somebody_else_is_theirs(resident: Account, other: Account) -> None:
    """A key that names another account's owner, and a challenge signed by another's key."""
    phone, session = registered(resident), SessionStore()
    registered(other)
    phone.handle = other.public_id.bytes
    with pytest.raises(Refused):
        sign_in(session, phone.get(asked(session)))
    phone.handle = b""
    with pytest.raises(Refused):
        sign_in(session, phone.get(asked(session)))
    theirs = Authenticator(id=phone.id, handle=resident.public_id.bytes)
    with pytest.raises(Refused):
        sign_in(session, theirs.get(asked(session)))


def test_a_key_proves_again_only_for_its_own_account(resident: Account, other: Account) -> None:
    phone = registered(resident)
    registered(other)
    session = session_of(other)
    with pytest.raises(Refused):
        actions.confirm_with_passkey(
            actor_of(other), session, answer=phone.get(asked(session)), network=HOME, now=NOW
        )
    own = session_of(resident)
    later = NOW + timedelta(minutes=20)
    before = own.session_key
    options = asked(own, at=later)
    actions.confirm_with_passkey(
        actor_of(resident), own, answer=phone.get(options), network=HOME, now=later
    )
    assert own.row is not None
    assert (own.row.proved_at, own.row.assurance) == (later, Assurance.CONTACT)
    assert own.session_key != before


def test_residents_and_staff_keep_apart(resident: Account, staff: MakeStaff) -> None:
    phone, session = registered(resident), SessionStore()
    with pytest.raises(Refused):
        sign_in(session, phone.get(asked(session)), kind="staff")
    clerk = registered(Account.objects.get(pk=staff().id))
    with pytest.raises(Refused):
        sign_in(session, clerk.get(asked(session)), kind="resident")
    actor = sign_in(session, clerk.get(asked(session)), kind="staff")
    assert actor.is_staff


def test_a_counter_that_runs_backwards_pauses_the_key(resident: Account) -> None:
    phone, session = registered(resident), SessionStore()
    phone.counter = 7
    sign_in(session, phone.get(asked(session)))
    phone.counter = 6  # a copy that was made before
    fresh = SessionStore()
    with pytest.raises(Refused, match="複製された疑い"):
        sign_in(fresh, phone.get(asked(fresh)))
    passkey = Passkey.objects.get()
    assert (passkey.sign_count, passkey.paused_at) == (8, NOW)
    noted = AuditEntry.objects.filter(action="identity.passkey-paused")
    assert noted.count() == 1
    phone.counter = 100  # neither the copy nor the key itself comes in any more
    with pytest.raises(Refused, match="複製された疑い"):
        sign_in(fresh, phone.get(asked(fresh)))
    assert noted.count() == 1


def test_a_key_that_never_counts_is_welcome(resident: Account) -> None:
    phone = registered(resident, counts=False)
    for _ in range(2):
        session = SessionStore()
        sign_in(session, phone.get(asked(session)))
    assert Passkey.objects.get().paused_at is None


def test_the_session_gets_another_key(resident: Account) -> None:
    """Whoever planted a session key before the sign-in holds nothing after it."""
    phone, session = registered(resident), SessionStore()
    options = asked(session)
    planted = session.session_key
    session["draft"] = "half-filled"
    session.save()
    sign_in(session, phone.get(options))
    assert session.session_key != planted
    assert not Session.objects.filter(session_key=rules.session_digest(str(planted))).exists()
    assert session["draft"] == "half-filled"


def test_somebody_else_s_data_is_not_taken_along(resident: Account, other: Account) -> None:
    phone, session = registered(resident), session_of(other)
    session["draft"] = "private"
    sign_in(session, phone.get(asked(session)))
    assert "draft" not in session


@pytest.mark.parametrize(
    "nonsense",
    ["", "{}", "[]", "null", "[" * 30_000, '{"id": 1, "response": {}}', '{"id":"AA","response":3}'],
)
def test_nonsense_is_refused(nonsense: str, resident: Account) -> None:
    session = SessionStore()
    asked(session)
    with pytest.raises(Refused):
        sign_in(session, nonsense)
    own = session_of(resident)
    actions.ask_for_new_passkey(actor_of(resident), own, now=NOW)
    with pytest.raises(Refused):
        actions.register_passkey(actor_of(resident), own, answer=nonsense, name="x", now=NOW)


def test_shut_out_is_shut_out(resident: Account) -> None:
    phone, session = registered(resident), SessionStore()
    Account.objects.filter(pk=resident.pk).update(is_active=False)
    with pytest.raises(Refused):
        sign_in(session, phone.get(asked(session)))


def test_a_network_that_keeps_guessing_waits(resident: Account) -> None:
    session = SessionStore()
    for _ in range(30):
        with pytest.raises(Gone):
            sign_in(session, "{}")
    with pytest.raises(TooMany):
        sign_in(session, "{}")


def test_a_key_is_registered_once_and_ten_are_enough(resident: Account, other: Account) -> None:
    phone, session, actor = registered(resident), session_of(other), actor_of(other)
    options = actions.ask_for_new_passkey(actor, session, now=NOW)
    with pytest.raises(Conflict):
        actions.register_passkey(actor, session, answer=phone.create(options), name="x", now=NOW)
    for _ in range(9):
        registered(resident)
    with pytest.raises(Refused, match="10個まで"):
        registered(resident)


@pytest.mark.parametrize(("name", "told"), [("", "名前を"), ("あ" * 41, "40文字"), ("\x00", "")])
def test_names(name: str, told: str, resident: Account) -> None:
    with pytest.raises(Invalid) as refused:
        registered(resident, name=name)
    assert told in str(refused.value.field_errors["name"])


def test_looking_after_one_s_own(resident: Account, other: Account) -> None:
    registered(resident, name="電話")
    actor, passkey = actor_of(resident), Passkey.objects.get()
    for stranger in (actor_of(other),):
        with pytest.raises(NotFound):
            actions.rename_passkey(stranger, passkey.public_id, name="x", now=NOW)
        with pytest.raises(NotFound):
            actions.remove_passkey(stranger, passkey.public_id, now=NOW)
    actions.rename_passkey(actor, passkey.public_id, name="仕事用", now=NOW)
    assert [line.name for line in queries.passkeys_of(actor)] == ["仕事用"]
    actions.remove_passkey(actor, passkey.public_id, now=NOW)
    assert queries.passkeys_of(actor) == []


def test_ways_in_change_only_after_a_fresh_proof(resident: Account) -> None:
    registered(resident)
    passkey, later = Passkey.objects.get(), NOW + timedelta(minutes=31)
    actor, session = actor_of(resident), session_of(resident)
    with pytest.raises(Forbidden):
        actions.ask_for_new_passkey(actor, session, now=later)
    with pytest.raises(Forbidden):
        actions.register_passkey(actor, session, answer="", name="x", now=later)
    with pytest.raises(Forbidden):
        actions.remove_passkey(actor, passkey.public_id, now=later)


def test_the_last_way_in_stays(staff: MakeStaff) -> None:
    account = Account.objects.get(pk=staff().id)
    registered(account)
    passkey, actor = Passkey.objects.get(), actor_of(account)
    Account.objects.filter(pk=account.pk).update(totp_secret="")
    with pytest.raises(Refused, match="方法がなくなります"):
        actions.remove_passkey(actor, passkey.public_id, now=NOW)
    registered(account)
    actions.remove_passkey(actor, passkey.public_id, now=NOW)
    assert Passkey.objects.count() == 1


def test_challenges_are_forgotten(resident: Account) -> None:
    asked(SessionStore())
    actions.forget_expired(now=NOW + timedelta(minutes=4))
    assert PasskeyChallenge.objects.count() == 1
    actions.forget_expired(now=NOW + timedelta(minutes=5))
    assert PasskeyChallenge.objects.count() == 0
