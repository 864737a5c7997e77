"""Signing in with a code, on a real database."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from suigo.engines.identity import actions, queries
from suigo.engines.identity.models import Account, Session, SignInCode
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel.access import Assurance
from suigo.kernel.audit.queries import history_of, verify_chain
from suigo.kernel.errors import Gone, Invalid, TooMany

ADDRESS = "taro@example.jp"

pytestmark = pytest.mark.django_db
Digits = Callable[[UUID], str]


def ask(now: datetime, address: str = ADDRESS, network: str = "203.0.113.7") -> UUID:
    return actions.request_sign_in_code(address, network=network, language="ja", now=now)


def enter(
    code: UUID,
    digits: str,
    now: datetime,
    session: SessionStore | None = None,
    network: str = "203.0.113.7",
) -> None:
    actions.sign_in_with_code(
        session or SessionStore(),
        code=code,
        digits=digits,
        network=network,
        device="Chrome / Windows",
        now=now,
    )


def wrong(digits: str) -> str:
    return f"{(int(digits) + 1) % 1_000_000:06d}"


def test_the_first_sign_in_makes_the_account(now: datetime, digits_of: Digits) -> None:
    code = ask(now, address=" Taro@Example.JP ")
    session = SessionStore()
    actor = actions.sign_in_with_code(
        session,
        code=code,
        digits=digits_of(code),
        network="203.0.113.7",
        device="Chrome / Windows",
        now=now,
    )
    account = Account.objects.get()
    assert (account.kind, account.email, account.password) == (
        "resident",
        ADDRESS,
        "",
    )
    assert (actor.kind, actor.account_id, actor.assurance) == (
        "resident",
        account.pk,
        Assurance.CONTACT,
    )
    stored = Session.objects.get()
    assert (stored.account_id, stored.device) == (account.pk, "Chrome / Windows")


def test_the_second_sign_in_finds_it_again(now: datetime, digits_of: Digits) -> None:
    for _ in range(2):
        code = ask(now)
        enter(code, digits_of(code), now)
    assert Account.objects.count() == 1
    assert Session.objects.count() == 2


def test_a_code_works_once(now: datetime, digits_of: Digits) -> None:
    code = ask(now)
    digits = digits_of(code)
    enter(code, digits, now)
    with pytest.raises(Gone):
        enter(code, digits, now)


def test_a_code_works_for_ten_minutes(now: datetime, digits_of: Digits) -> None:
    first, second = ask(now), ask(now)
    enter(first, digits_of(first), now + timedelta(minutes=10) - timedelta(seconds=1))
    with pytest.raises(Gone):
        enter(second, digits_of(second), now + timedelta(minutes=10))


def test_a_code_can_be_tried_five_times(now: datetime, digits_of: Digits) -> None:
    code = ask(now)
    digits = digits_of(code)
    left = []
    for _ in range(4):
        with pytest.raises(Invalid) as refused:
            enter(code, wrong(digits), now)
        left.append(str(refused.value.field_errors["code"]))
    assert [text[-9:] for text in left] == [f"あと{n}回試せます。" for n in (4, 3, 2, 1)]
    with pytest.raises(TooMany):
        enter(code, wrong(digits), now)
    with pytest.raises(Gone):
        enter(code, digits, now)
    assert Account.objects.count() == 0


def test_wrong_codes_add_up_over_several_codes(now: datetime, digits_of: Digits) -> None:
    outcomes = []
    for hour in range(5):
        at = now + timedelta(hours=hour)
        code = ask(at)
        digits = digits_of(code)
        for _ in range(5):
            try:
                enter(code, wrong(digits), at)
            except Invalid:
                outcomes.append("wrong")
            except TooMany as refused:
                outcomes.append("day" if "24時間" in str(refused) else "code")
    assert outcomes == (["wrong"] * 4 + ["code"]) * 4 + ["day"] * 5


def test_a_stranger_s_wrong_codes_do_not_keep_the_owner_out(
    now: datetime, digits_of: Digits
) -> None:
    for hour in range(5):
        at = now + timedelta(hours=hour)
        code = ask(at, network="198.51.100.1")
        for _ in range(5):
            with pytest.raises((Invalid, TooMany)):
                enter(code, wrong(digits_of(code)), at, network="198.51.100.1")
    own = ask(at)
    enter(own, digits_of(own), at)
    assert Session.objects.get().account is not None


@pytest.mark.parametrize("address", ["", "taro", "taro@", "a,b@example.jp", "x" * 250 + "@a.jp"])
def test_what_is_no_address_is_refused_beside_the_field(address: str, now: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        ask(now, address=address)
    assert list(refused.value.field_errors) == ["email"]
    assert SignInCode.objects.count() == 0


def test_five_codes_an_hour_for_an_address(now: datetime) -> None:
    for _ in range(5):
        ask(now)
    with pytest.raises(TooMany):
        ask(now, network="198.51.100.1")
    ask(now, address="hanako@example.jp")
    ask(now + timedelta(hours=1))


def test_a_hundred_codes_an_hour_for_a_network(now: datetime) -> None:
    for n in range(100):
        ask(now, address=f"a{n}@example.jp")
    with pytest.raises(TooMany):
        ask(now, address="hanako@example.jp")
    ask(now, address="hanako@example.jp", network="198.51.100.1")


def test_the_request_itself_tells_nothing_about_an_address(
    now: datetime, resident: Account
) -> None:
    suspended = Account.objects.create(
        kind="resident", email="s@example.jp", is_active=False, created_at=now
    )
    answers = [type(ask(now, address=a)) for a in (resident.email, suspended.email, "new@a.jp")]
    assert answers == [UUID, UUID, UUID]
    jobs = ProcrastinateJob.objects.filter(task_name="notices.send-sign-in-code")
    sent = SignInCode.objects.filter(pk__in=[job.args["code_id"] for job in jobs])
    assert sorted(sent.values_list("address", flat=True)) == ["new@a.jp", resident.email]


def test_a_suspended_resident_stays_out(
    now: datetime, resident: Account, digits_of: Digits
) -> None:
    code = ask(now, address=resident.email)
    Account.objects.update(is_active=False)
    with pytest.raises(Gone):
        enter(code, digits_of(code), now)
    assert Session.objects.count() == 0


def test_what_an_anonymous_visitor_began_is_carried_over_under_a_new_key(
    now: datetime, digits_of: Digits
) -> None:
    session = SessionStore()
    session["draft"] = "half an application"
    session.save()
    before = session.session_key
    code = ask(now)
    enter(code, digits_of(code), now, session)
    session.save()
    assert session.session_key != before
    assert SessionStore(session.session_key)["draft"] == "half an application"
    assert "draft" not in SessionStore(before)
    assert Session.objects.count() == 1


def test_nothing_is_carried_over_from_somebody_else(
    now: datetime, resident: Account, digits_of: Digits
) -> None:
    session = SessionStore()
    session.begin(resident, assurance=Assurance.CONTACT, device="", keep_data=False, now=now)
    session["draft"] = "Taro's"
    session.save()
    code = ask(now, address="hanako@example.jp")
    enter(code, digits_of(code), now, session)
    assert "draft" not in session
    row = session.row
    assert row is not None
    assert row.account is not None
    assert row.account.email == "hanako@example.jp"


def test_the_database_holds_neither_the_digits_nor_the_key(
    now: datetime, digits_of: Digits
) -> None:
    code = ask(now)
    digits = digits_of(code)
    row = SignInCode.objects.get()
    assert digits not in row.code_hash
    assert row.sealed_code.startswith("v1.")
    session = SessionStore()
    enter(code, digits, now, session)
    assert SignInCode.objects.get().sealed_code == ""
    assert Session.objects.get().session_key != session.session_key


def test_no_code_is_handed_out_after_its_time_or_use(now: datetime, digits_of: Digits) -> None:
    code = ask(now)
    row = SignInCode.objects.get()
    assert queries.code_to_send(row.pk, now=now + timedelta(minutes=10)) is None
    enter(code, digits_of(code), now)
    assert queries.code_to_send(row.pk, now=now) is None


def test_the_ledger_reads_as_sentences_and_verifies(
    now: datetime, digits_of: Digits, resident: Account
) -> None:
    code = ask(now)
    enter(code, digits_of(code), now)
    asked = history_of(subject_kind="sign-in-code", subject_id=str(code))
    entered = history_of(subject_kind="account", subject_id=str(resident.public_id))
    assert [line.sentence for line in [*asked, *entered]] == [
        "taro@example.jp あてのログイン用コードが求められました",
        "見本 太郎 がログインしました",
    ]
    assert verify_chain().broken is None


def test_the_ledger_forgets_who_signed_in_after_a_year(now: datetime, digits_of: Digits) -> None:
    def said(at: datetime) -> list[str]:
        code = ask(at)
        enter(code, digits_of(code), at)
        account = Account.objects.get()
        Account.objects.update(name="見本 太郎")
        by_code = history_of(subject_kind="sign-in-code", subject_id=str(code))
        about = history_of(subject_kind="account", subject_id=str(account.public_id))
        return [line.sentence for line in (*by_code, about[0])]

    year = timedelta(days=365)
    said(now - year - timedelta(seconds=1))
    assert said(now - year) == [
        "taro@example.jp あてのログイン用コードが求められました",
        "見本 太郎 がログインしました",
    ]
    assert actions.forget_names(now=now) == 1  # nobody knew the name at the first sign-in
    assert actions.forget_names(now=now) == 0
    assert actions.forget_names(now=now + timedelta(seconds=1)) == 2
    account = Account.objects.get()
    lines = history_of(subject_kind="account", subject_id=str(account.public_id))
    assert lines[0].sentence == "申請者 がログインしました"
    assert verify_chain().broken is None


def test_ended_sessions_and_codes_are_forgotten(now: datetime, digits_of: Digits) -> None:
    day = timedelta(days=1)
    sessions = SessionStore(), SessionStore()
    for session, at in zip(sessions, (now - 31 * day, now), strict=True):
        code = ask(at)
        enter(code, digits_of(code), at, session)
    assert actions.forget_expired(now=now) == 2
    assert Session.objects.get().pk == getattr(sessions[1].row, "pk", None)
    assert SignInCode.objects.count() == 1
