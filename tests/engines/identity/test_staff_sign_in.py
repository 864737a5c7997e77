"""Password, second factor, recovery codes and the first sign-in, on a real database."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pyotp
import pytest

from engines.identity.sample import PASSWORD, Staff
from suigo.engines.identity import actions
from suigo.engines.identity.actions import staff_sign_in
from suigo.engines.identity.models import Account, RecoveryCode, Session
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel.access import SYSTEM, Actor
from suigo.kernel.audit.queries import history_of, verify_chain
from suigo.kernel.errors import Gone, Invalid, Refused, TooMany

pytestmark = pytest.mark.django_db
MakeStaff = Callable[..., Staff]
FindActor = Callable[[Staff], Actor]
NewCredentials = Callable[[UUID], str]
STEP = timedelta(seconds=30)


def begin(
    session: SessionStore, email: str, password: str, now: datetime, network: str = "203.0.113.7"
) -> str:
    return actions.begin_staff_sign_in(
        session, email=email, password=password, network=network, device="Edge", now=now
    )


def finish(session: SessionStore, code: str, now: datetime) -> Actor:
    return actions.sign_in_staff(session, code=code, device="Edge", now=now)


def test_password_then_code(staff: MakeStaff, now: datetime) -> None:
    hanako = staff("見本 花子", "welfare-chief")
    session = SessionStore()
    assert begin(session, hanako.email.upper(), PASSWORD, now) == "code"
    between = session.session_key
    assert actions.staff_step(session, now=now) == "code"
    actor = finish(session, hanako.code(), now)
    assert (actor.kind, actor.account_id, actor.posts) == ("staff", hanako.id, ("welfare-chief",))
    assert actor.departments == {"welfare"}
    assert "cases.assign" in actor.capabilities
    assert session.session_key != between
    assert actions.staff_step(session, now=now) is None
    assert Session.objects.get().account_id == hanako.id


def test_the_password_alone_opens_nothing(staff: MakeStaff, now: datetime) -> None:
    hanako = staff("見本 花子", "welfare-chief")
    session = SessionStore()
    begin(session, hanako.email, PASSWORD, now)
    session.save()
    row = SessionStore(session.session_key).row
    assert row is not None
    assert row.account is None


def test_an_unknown_address_answers_like_a_wrong_password(staff: MakeStaff, now: datetime) -> None:
    hanako = staff()
    answers: list[Any] = []
    for email in (hanako.email, "nobody@example.jp", ""):
        with pytest.raises(Invalid) as refused:
            begin(SessionStore(), email, "wrong", now)
        answers.append((str(refused.value), refused.value.field_errors))
    assert answers[0] == answers[1] == answers[2]


def test_ten_wrong_passwords_lock_known_and_unknown_addresses_alike(
    staff: MakeStaff, now: datetime
) -> None:
    hanako = staff()
    sentences = set()
    for email in (hanako.email, "nobody@example.jp"):
        for _n in range(10):
            with pytest.raises(Invalid):
                begin(SessionStore(), email, "wrong", now)
        with pytest.raises(TooMany) as locked:
            begin(SessionStore(), email, PASSWORD, now)
        sentences.add(str(locked.value))
    assert sentences == {"回数が多すぎます。15分ほど待ってから、もう一度お試しください。"}
    later = now + timedelta(minutes=15)
    assert begin(SessionStore(), hanako.email, PASSWORD, later) == "code"


def test_a_stranger_can_t_lock_somebody_out_from_one_network(
    staff: MakeStaff, now: datetime
) -> None:
    hanako = staff()
    for n in range(60):  # all that one network may try, over and over
        with pytest.raises((Invalid, TooMany)):
            begin(SessionStore(), hanako.email, "wrong", now + n * STEP, network="198.51.100.1")
    assert begin(SessionStore(), hanako.email, PASSWORD, now + 60 * STEP) == "code"


def test_guesses_from_many_networks_lock_the_account_for_an_hour(
    staff: MakeStaff, now: datetime
) -> None:
    hanako = staff()
    for n in range(50):
        with pytest.raises(Invalid):
            begin(SessionStore(), hanako.email, "wrong", now, network=f"198.51.100.{n}")
    with pytest.raises(TooMany) as locked:
        begin(SessionStore(), hanako.email, PASSWORD, now)
    assert "60分" in str(locked.value)
    later = now + timedelta(hours=1)
    assert begin(SessionStore(), hanako.email, PASSWORD, later) == "code"


def test_a_right_password_forgets_the_wrong_ones(staff: MakeStaff, now: datetime) -> None:
    hanako = staff()
    for _ in range(2):
        for _ in range(9):
            with pytest.raises(Invalid):
                begin(SessionStore(), hanako.email, "wrong", now)
        assert begin(SessionStore(), hanako.email, PASSWORD, now) == "code"


def test_a_code_is_never_accepted_twice(staff: MakeStaff, now: datetime) -> None:
    hanako = staff()
    first, second = SessionStore(), SessionStore()
    begin(first, hanako.email, PASSWORD, now)
    begin(second, hanako.email, PASSWORD, now)
    finish(first, hanako.code(now), now)
    with pytest.raises(Invalid):
        finish(second, hanako.code(now), now)
    with pytest.raises(Invalid):  # nor an older one that would still be in time
        finish(second, hanako.code(now - STEP), now)
    assert finish(second, hanako.code(now + STEP), now + STEP).account_id == hanako.id


def test_ten_wrong_codes_lock_the_second_step(staff: MakeStaff, now: datetime) -> None:
    hanako = staff()
    session = SessionStore()
    begin(session, hanako.email, PASSWORD, now)
    for _ in range(10):
        with pytest.raises(Invalid):
            finish(session, "000000" if hanako.code() != "000000" else "111111", now)
    with pytest.raises(TooMany):
        finish(session, hanako.code(), now)


def test_the_second_step_waits_ten_minutes(staff: MakeStaff, now: datetime) -> None:
    hanako = staff()
    session = SessionStore()
    begin(session, hanako.email, PASSWORD, now)
    late = now + timedelta(minutes=10)
    assert actions.staff_step(session, now=late) is None
    with pytest.raises(Gone):
        finish(session, hanako.code(late), late)


def test_somebody_suspended_between_the_steps_stays_out(staff: MakeStaff, now: datetime) -> None:
    hanako = staff()
    session = SessionStore()
    begin(session, hanako.email, PASSWORD, now)
    actions.suspend_account(SYSTEM, hanako.public_id, now=now)
    with pytest.raises(Gone):
        finish(session, hanako.code(), now)
    with pytest.raises(Invalid):
        begin(SessionStore(), hanako.email, PASSWORD, now)


def test_new_credentials_end_a_sign_in_begun_with_the_old_ones(
    staff: MakeStaff, new_credentials: NewCredentials, now: datetime
) -> None:
    hanako = staff()
    session = SessionStore()
    assert begin(session, hanako.email, PASSWORD, now) == "code"
    temporary = new_credentials(hanako.public_id)
    with pytest.raises(Gone):
        actions.set_first_password(session, password="Somebody-elses-2026", now=now)
    assert actions.staff_step(session, now=now) is None
    assert not session.keys()
    own = SessionStore()
    assert begin(own, hanako.email, temporary, now) == "password"
    actions.set_first_password(own, password="Kaze-no-toorimichi-2026", now=now)
    assert actions.staff_step(own, now=now) == "enrol"


def test_two_people_with_one_temporary_password_do_not_both_get_in(now: datetime) -> None:
    made = actions.create_staff(
        SYSTEM, email="new@example.jp", name="見本 次郎", name_kana="", now=now
    )
    first, second = SessionStore(), SessionStore()
    for session in (first, second):
        begin(session, "new@example.jp", made.temporary_password or "", now)
    actions.set_first_password(first, password=PASSWORD, now=now)
    assert actions.staff_step(second, now=now) is None
    with pytest.raises(Gone):
        actions.start_totp_enrolment(second, issuer="Mihon", now=now)


def test_a_secret_shown_before_new_credentials_is_not_enrolled_after_them(
    new_credentials: NewCredentials, now: datetime
) -> None:
    made = actions.create_staff(
        SYSTEM, email="new@example.jp", name="見本 次郎", name_kana="", now=now
    )
    session = SessionStore()
    begin(session, "new@example.jp", made.temporary_password or "", now)
    actions.set_first_password(session, password=PASSWORD, now=now)
    secret = actions.start_totp_enrolment(session, issuer="Mihon", now=now).secret
    new_credentials(made.public_id)
    with pytest.raises(Gone):
        actions.enrol_totp(session, code=pyotp.TOTP(secret).at(now), device="Edge", now=now)
    assert Account.objects.get(pk=made.id).totp_secret == ""
    assert not session.keys()


def test_new_credentials_given_while_a_password_is_being_changed_win(
    staff: MakeStaff,
    actor_of: FindActor,
    new_credentials: NewCredentials,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hanako = staff()
    own, actor = signed_in(hanako, now), actor_of(hanako)
    check = staff_sign_in._check_strength

    def reset_meanwhile(password: str, account: Account) -> None:
        check(password, account)
        new_credentials(hanako.public_id)

    monkeypatch.setattr(staff_sign_in, "_check_strength", reset_meanwhile)
    with pytest.raises(Gone):
        actions.change_password(
            actor, own, current=PASSWORD, new="Kaze-no-toorimichi-2026", now=now
        )
    assert Account.objects.get(pk=hanako.id).temporary_password_until_at is not None


def first_sign_in(now: datetime) -> tuple[str, SessionStore, tuple[str, ...], str]:
    """From the temporary password to the recovery codes."""
    made = actions.create_staff(
        SYSTEM, email="new@example.jp", name="見本 次郎", name_kana="みほん じろう", now=now
    )
    temporary = made.temporary_password or ""
    session = SessionStore()
    assert begin(session, "new@example.jp", temporary, now) == "password"
    actions.set_first_password(session, password=PASSWORD, now=now)
    assert actions.staff_step(session, now=now) == "enrol"
    secret = actions.start_totp_enrolment(session, issuer="Mihon", now=now).secret
    code = pyotp.TOTP(secret).at(now)
    codes = actions.enrol_totp(session, code=code, device="Edge", now=now)
    return temporary, session, codes, secret


def test_the_first_sign_in(now: datetime) -> None:
    temporary, session, codes, _secret = first_sign_in(now)
    account = Account.objects.get()
    row = session.row
    assert row is not None
    assert row.account_id == account.pk
    assert len(codes) == RecoveryCode.objects.count() == 10
    assert account.temporary_password_until_at is None
    assert account.totp_secret.startswith("v1.")
    with pytest.raises(Invalid):
        begin(SessionStore(), "new@example.jp", temporary, now)
    lines = history_of(subject_kind="account", subject_id=str(account.public_id))
    assert [line.action for line in lines] == [
        "identity.totp-enrolled",
        "identity.signed-in",
        "identity.password-changed",
        "identity.staff-created",
    ]
    assert lines[-1].sentence == "Suigo が職員 見本 次郎 を登録しました"
    assert verify_chain().broken is None


def test_the_enrolment_code_does_not_sign_in_again(now: datetime) -> None:
    _temporary, _session, _codes, secret = first_sign_in(now)
    session = SessionStore()
    begin(session, "new@example.jp", PASSWORD, now)
    with pytest.raises(Invalid):
        finish(session, pyotp.TOTP(secret).at(now), now)


def test_a_recovery_code_works_once_however_it_is_typed(now: datetime) -> None:
    _temporary, _session, codes, _secret = first_sign_in(now)
    for outcome in ("in", "refused"):
        session = SessionStore()
        begin(session, "new@example.jp", PASSWORD, now)
        typed = codes[3].lower().replace("-", " ")
        if outcome == "in":
            assert finish(session, typed, now).kind == "staff"
        else:
            with pytest.raises(Invalid):
                finish(session, typed, now)
    assert RecoveryCode.objects.filter(used_at=None).count() == 9


@pytest.mark.parametrize("weak", ["short", "1q2w3e4r5t6y", "new@example.jp"])
def test_weak_passwords_are_refused_beside_the_field(weak: str, now: datetime) -> None:
    made = actions.create_staff(
        SYSTEM, email="new@example.jp", name="見本 次郎", name_kana="", now=now
    )
    session = SessionStore()
    begin(session, "new@example.jp", made.temporary_password or "", now)
    for password in (weak, made.temporary_password or ""):
        with pytest.raises(Invalid) as refused:
            actions.set_first_password(session, password=password, now=now)
        assert list(refused.value.field_errors) == ["new_password"]


def test_a_temporary_password_lasts_seven_days(now: datetime) -> None:
    made = actions.create_staff(
        SYSTEM, email="new@example.jp", name="見本 次郎", name_kana="", now=now
    )
    late = now + timedelta(days=7)
    with pytest.raises(Gone):
        begin(SessionStore(), "new@example.jp", made.temporary_password or "", late)


@pytest.mark.parametrize(
    ("demo", "excused", "production", "step"),
    [
        (True, True, False, "done"),
        (True, True, True, "enrol"),
        (True, False, False, "enrol"),
        (False, True, False, "enrol"),
    ],
)
def test_only_people_of_a_demonstration_do_without_a_second_factor(
    demo: bool, excused: bool, production: bool, step: str, now: datetime, settings: Any
) -> None:
    actions.create_staff(
        SYSTEM,
        email="demo@example.jp",
        name="見本 三郎",
        name_kana="",
        password=PASSWORD,
        must_enrol_totp=not excused,
        is_demo=demo,
        now=now,
    )
    settings.PRODUCTION = production
    assert begin(SessionStore(), "demo@example.jp", PASSWORD, now) == step


def signed_in(someone: Staff, now: datetime) -> SessionStore:
    session = SessionStore()
    begin(session, someone.email, PASSWORD, now)
    finish(session, someone.code(now), now)
    return session


def test_changing_the_password_ends_the_other_sessions(
    staff: MakeStaff, actor_of: FindActor, now: datetime
) -> None:
    hanako = staff()
    other, own = signed_in(hanako, now - STEP), signed_in(hanako, now)
    new = "Kaze-no-toorimichi-2026"
    with pytest.raises(Invalid):
        actions.change_password(actor_of(hanako), own, current="wrong", new=new, now=now)
    actions.change_password(actor_of(hanako), own, current=PASSWORD, new=new, now=now)
    assert SessionStore(own.session_key).row is not None
    assert SessionStore(other.session_key).row is None
    assert begin(SessionStore(), hanako.email, new, now) == "code"
    with pytest.raises(Invalid):
        begin(SessionStore(), hanako.email, PASSWORD, now)


def test_moving_the_second_factor(staff: MakeStaff, actor_of: FindActor, now: datetime) -> None:
    hanako = staff()
    own = signed_in(hanako, now)
    secret = actions.start_totp_enrolment(own, issuer="Mihon", now=now).secret
    assert actions.start_totp_enrolment(own, issuer="Mihon", now=now).secret == secret
    new_code = pyotp.TOTP(secret).at(now)
    with pytest.raises(Invalid):
        actions.replace_totp(actor_of(hanako), own, password="wrong", code=new_code, now=now)
    with pytest.raises(Invalid):
        actions.replace_totp(actor_of(hanako), own, password=PASSWORD, code=hanako.code(), now=now)
    codes = actions.replace_totp(actor_of(hanako), own, password=PASSWORD, code=new_code, now=now)
    assert len(codes) == 10
    later = now + 2 * STEP
    session = SessionStore()
    begin(session, hanako.email, PASSWORD, later)
    with pytest.raises(Invalid):
        finish(session, hanako.code(later), later)
    assert finish(session, pyotp.TOTP(secret).at(later), later).account_id == hanako.id


def test_somebody_elses_session_is_never_spared(
    staff: MakeStaff, actor_of: FindActor, now: datetime
) -> None:
    hanako, jiro = staff(), staff("見本 次郎")
    foreign = signed_in(jiro, now)
    with pytest.raises(Refused):
        actions.change_password(
            actor_of(hanako), foreign, current=PASSWORD, new="Kaze-no-toorimichi-2026", now=now
        )
    assert begin(SessionStore(), hanako.email, PASSWORD, now) == "code"
