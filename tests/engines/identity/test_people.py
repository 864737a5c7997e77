"""Staff, posts, substitutes, sessions, tokens and constraints, on a real database."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from engines.identity.sample import PASSWORD, TODAY, Staff
from suigo.engines.identity import actions, queries
from suigo.engines.identity.models import Account, ApiToken, PostHolding, Session
from suigo.engines.identity.organisation import organisation
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel.access import ANONYMOUS, SYSTEM, Actor, Assurance
from suigo.kernel.audit.queries import history_of
from suigo.kernel.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    NotSignedIn,
    Refused,
)

pytestmark = pytest.mark.django_db
MakeStaff = Callable[..., Staff]
FindActor = Callable[[Staff], Actor]
APRIL = date(2026, 4, 1)
DAY = timedelta(days=1)


def actor_on(someone: Staff, day: date) -> Actor:
    return queries.actor_of_account(
        Account.objects.get(pk=someone.id), today=day, assurance=Assurance.NONE, channel="web"
    )


def holding_of(someone: Staff) -> PostHolding:
    return PostHolding.objects.get(account_id=someone.id)


def test_what_a_post_may_comes_from_the_city(staff: MakeStaff) -> None:
    hanako = staff("見本 花子", "welfare-chief", "general-affairs-officer")
    actor = actor_on(hanako, TODAY)
    org = organisation()
    assert actor.departments == {"welfare", "general-affairs"}
    assert actor.capabilities == (
        org.capabilities_of("welfare-chief") | org.capabilities_of("general-affairs-officer")
    )
    assert actor.post_titles == ("福祉課 係長", "総務課 主事")


def test_a_post_counts_from_its_first_day_to_the_day_before_its_end(
    staff: MakeStaff, now: datetime
) -> None:
    hanako = staff()
    end = date(2027, 4, 1)
    actions.hold_post(
        SYSTEM,
        hanako.public_id,
        post="welfare-chief",
        valid_from=APRIL,
        valid_to=end,
        now=now,
    )
    days = [APRIL - DAY, APRIL, end - DAY, end]
    assert [bool(actor_on(hanako, day).posts) for day in days] == [False, True, True, False]


def test_a_post_that_left_the_city_file_gives_nothing(staff: MakeStaff) -> None:
    hanako = staff("見本 花子", "welfare-chief")
    PostHolding.objects.update(post="closed-post")
    actor = actor_on(hanako, TODAY)
    assert (actor.posts, actor.capabilities) == ((), frozenset())


def test_the_same_post_is_held_once_at_a_time(staff: MakeStaff, now: datetime) -> None:
    hanako = staff("見本 花子", "welfare-chief")
    for start, end in ((APRIL, None), (TODAY, TODAY + DAY), (APRIL - DAY, APRIL + DAY)):
        with pytest.raises(Conflict):
            actions.hold_post(
                SYSTEM,
                hanako.public_id,
                post="welfare-chief",
                valid_from=start,
                valid_to=end,
                now=now,
            )
    actions.hold_post(
        SYSTEM,
        hanako.public_id,
        post="welfare-chief",
        valid_from=APRIL - DAY,
        valid_to=APRIL,
        now=now,
    )
    assert PostHolding.objects.count() == 2


@pytest.mark.parametrize(
    ("post", "end", "field"),
    [("no-such-post", None, "post"), ("welfare-head", APRIL, "valid_to")],
)
def test_impossible_posts_are_refused(
    post: str, end: date | None, field: str, staff: MakeStaff, now: datetime
) -> None:
    hanako = staff()
    with pytest.raises(Invalid) as refused:
        actions.hold_post(
            SYSTEM, hanako.public_id, post=post, valid_from=APRIL, valid_to=end, now=now
        )
    assert list(refused.value.field_errors) == [field]


def test_a_substitute_acts_on_the_agreed_days_only(staff: MakeStaff, now: datetime) -> None:
    head, chief = staff("見本 花子", "welfare-head"), staff("見本 次郎", "welfare-chief")
    actions.name_substitute(
        SYSTEM,
        holding_of(head).public_id,
        account=chief.public_id,
        valid_from=TODAY,
        valid_to=TODAY + 2 * DAY,
        now=now,
    )
    days = [TODAY - DAY, TODAY, TODAY + DAY, TODAY + 2 * DAY]
    assert [actor_on(chief, day).can("cases.decide") for day in days] == [
        False,
        True,
        True,
        False,
    ]
    assert actor_on(chief, TODAY).post_titles == ("福祉課 係長", "福祉課 課長（代理）")
    lines = history_of(subject_kind="account", subject_id=str(chief.public_id))
    assert lines[0].sentence == (
        "Suigo が 見本 花子（福祉課 課長）の代理を 見本 次郎 としました"
        "（令和8年11月24日 から 令和8年11月25日）"
    )


def test_substitutes_who_make_no_sense(staff: MakeStaff, now: datetime) -> None:
    head, chief = staff("見本 花子", "welfare-head"), staff("見本 次郎", "welfare-chief")
    held = holding_of(head).public_id

    def name(holding: object, account: object, start: date, end: date) -> object:
        return actions.name_substitute(
            SYSTEM,
            holding,  # type: ignore[arg-type]
            account=account,  # type: ignore[arg-type]
            valid_from=start,
            valid_to=end,
            now=now,
        )

    with pytest.raises(Invalid):
        name(held, head.public_id, TODAY, TODAY + DAY)
    with pytest.raises(Invalid):
        name(held, chief.public_id, TODAY, TODAY)
    with pytest.raises(Invalid):
        name(held, chief.public_id, APRIL - DAY, TODAY)
    chain = name(held, chief.public_id, TODAY, TODAY + DAY)
    with pytest.raises(Refused):
        name(chain, head.public_id, TODAY, TODAY + DAY)


def test_ending_a_post_ends_its_substitutes(staff: MakeStaff, now: datetime) -> None:
    head, chief = staff("見本 花子", "welfare-head"), staff("見本 次郎")
    held = holding_of(head).public_id
    for start in (TODAY, TODAY + 10 * DAY):
        actions.name_substitute(
            SYSTEM,
            held,
            account=chief.public_id,
            valid_from=start,
            valid_to=start + 5 * DAY,
            now=now,
        )
    actions.end_post(SYSTEM, held, valid_to=TODAY + DAY, now=now)
    rows = PostHolding.objects.order_by("pk").values_list("valid_from_date", "valid_to_date")
    assert list(rows) == [(APRIL, TODAY + DAY), (TODAY, TODAY + DAY)]
    with pytest.raises(Invalid):
        actions.end_post(SYSTEM, held, valid_to=TODAY + 9 * DAY, now=now)


def test_a_post_that_had_not_begun_is_removed(staff: MakeStaff, now: datetime) -> None:
    hanako = staff("見本 花子", "welfare-head")
    actions.end_post(SYSTEM, holding_of(hanako).public_id, valid_to=APRIL, now=now)
    assert PostHolding.objects.count() == 0


def test_the_tables_guard_themselves(staff: MakeStaff, now: datetime) -> None:
    hanako = staff("見本 花子", "welfare-head")
    held = holding_of(hanako)
    bad = [
        lambda: PostHolding.objects.create(
            account_id=hanako.id, post="x", valid_from_date=TODAY, valid_to_date=TODAY
        ),
        lambda: PostHolding.objects.create(
            account_id=hanako.id,
            post="x",
            kind="acting",
            valid_from_date=TODAY,
            substitute_for=held,
        ),
        lambda: PostHolding.objects.create(
            account_id=hanako.id, post="welfare-head", valid_from_date=TODAY
        ),
        lambda: Account.objects.create(kind="staff", email=hanako.email.upper(), created_at=now),
        lambda: Account.objects.create(
            kind="resident", email="a@a.jp", password="x", created_at=now
        ),
        lambda: ApiToken.objects.create(
            account_id=hanako.id,
            title="x",
            prefix="x",
            token_hash="x",
            scopes=[],
            created_at=now,
            expires_at=now,
        ),
    ]
    for write in bad:
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
    Account.objects.create(kind="resident", email=hanako.email, created_at=now)


def test_only_administrators_manage_people(
    staff: MakeStaff, actor_of: FindActor, now: datetime
) -> None:
    clerk, other = staff("見本 花子", "welfare-head"), staff("見本 次郎", "welfare-chief")
    actor, person, held = actor_of(clerk), other.public_id, holding_of(other).public_id
    tries = [
        lambda: actions.create_staff(actor, email="a@a.jp", name="a", name_kana="", now=now),
        lambda: actions.hold_post(
            actor, person, post="welfare-head", valid_from=APRIL, valid_to=None, now=now
        ),
        lambda: actions.end_post(actor, held, valid_to=TODAY, now=now),
        lambda: actions.name_substitute(
            actor,
            held,
            account=clerk.public_id,
            valid_from=TODAY,
            valid_to=TODAY + DAY,
            now=now,
        ),
        lambda: actions.end_all_sessions(actor, account=person, now=now),
        lambda: actions.ask_for_staff_recovery(actor, person, note="a", now=now),
        lambda: actions.suspend_account(actor, person, now=now),
        lambda: actions.restore_account(actor, person, now=now),
        lambda: queries.people(actor, today=TODAY),
        lambda: queries.person(actor, person, today=TODAY),
        lambda: queries.tokens_of(actor, now=now),
        lambda: actions.create_api_token(
            actor, title="a", scopes=["cases.view"], expires_at=now + DAY, now=now
        ),
    ]
    for attempt in tries:
        with pytest.raises(Forbidden):
            attempt()


def test_nobody_resets_or_suspends_themselves(
    staff: MakeStaff, actor_of: FindActor, now: datetime
) -> None:
    admin = staff("見本 花子", "general-affairs-head")
    with pytest.raises(Refused):
        actions.ask_for_staff_recovery(actor_of(admin), admin.public_id, note="a", now=now)
    for act in (actions.suspend_account, actions.restore_account):
        with pytest.raises(Refused):
            act(actor_of(admin), admin.public_id, now=now)  # type: ignore[operator]


def open_session(account_id: int, now: datetime) -> SessionStore:
    store = SessionStore()
    store.begin(
        Account.objects.get(pk=account_id),
        assurance=Assurance.NONE,
        device="Edge",
        keep_data=False,
        now=now,
    )
    return store


def test_suspending_shuts_out_at_once(staff: MakeStaff, actor_of: FindActor, now: datetime) -> None:
    admin, other = (
        staff("見本 花子", "general-affairs-head"),
        staff("見本 次郎", "general-affairs-head"),
    )
    session = open_session(other.id, now)
    raw = actions.create_api_token(
        actor_of(other), title="a", scopes=["cases.view"], expires_at=now + DAY, now=now
    )
    actions.suspend_account(actor_of(admin), other.public_id, now=now)
    assert SessionStore(session.session_key).row is None
    with pytest.raises(NotSignedIn):
        actions.actor_for_token(raw, now=now)
    actions.restore_account(actor_of(admin), other.public_id, now=now)
    with pytest.raises(NotSignedIn):
        actions.actor_for_token(raw, now=now)
    with pytest.raises(Refused):
        actions.restore_account(actor_of(admin), other.public_id, now=now)


def test_new_credentials_end_the_old_ones(
    staff: MakeStaff,
    actor_of: FindActor,
    new_credentials: Callable[[UUID], str],
    now: datetime,
) -> None:
    other = staff("見本 次郎", "general-affairs-head")
    session = open_session(other.id, now)
    raw = actions.create_api_token(
        actor_of(other), title="a", scopes=["cases.view"], expires_at=now + DAY, now=now
    )
    temporary = new_credentials(other.public_id)
    assert SessionStore(session.session_key).row is None
    with pytest.raises(NotSignedIn):
        actions.actor_for_token(raw, now=now)
    for password, step in ((PASSWORD, None), (temporary, "password")):
        store = SessionStore()
        if step is None:
            with pytest.raises(Invalid):
                actions.begin_staff_sign_in(
                    store, email=other.email, password=password, network="", device="", now=now
                )
        else:
            assert step == actions.begin_staff_sign_in(
                store, email=other.email, password=password, network="", device="", now=now
            )


def test_everybody_ends_their_own_sessions_and_no_others(
    staff: MakeStaff, actor_of: FindActor, now: datetime
) -> None:
    hanako, jiro = staff(), staff("見本 次郎")
    own = [open_session(hanako.id, now) for _ in range(3)]
    foreign = open_session(jiro.id, now).row
    assert foreign is not None
    with pytest.raises(NotFound):
        actions.end_session(actor_of(hanako), foreign.public_id, now=now)
    first, keep = own[0].row, own[2].row
    assert first is not None
    assert keep is not None
    actions.end_session(actor_of(hanako), first.public_id, now=now)
    assert actions.end_all_sessions(actor_of(hanako), keep=keep.public_id, now=now) == 1
    left = Session.objects.order_by("pk").values_list("public_id", flat=True)
    assert set(left) == {keep.public_id, foreign.public_id}
    listed = queries.sessions_of(actor_of(hanako), current=keep.public_id, now=now)
    assert [(line.public_id, line.current) for line in listed] == [(keep.public_id, True)]
    with pytest.raises(Forbidden):
        actions.end_all_sessions(ANONYMOUS, now=now)


def test_names_stay_as_they_were_typed_and_are_found_anyway(
    staff: MakeStaff, actor_of: FindActor, now: datetime
) -> None:
    admin = staff("見本 花子", "general-affairs-head")
    staff("髙﨑\U000e0100 渚", kana="たかさき なぎさ")
    row = Account.objects.get(name__startswith="髙")
    assert (row.name, row.name_kana) == ("髙﨑\U000e0100 渚", "タカサキ ナギサ")
    for search in ("高崎", "タカサキ", "たかさき", "なぎさ", row.email, row.email[1:-3].upper()):
        found, _more = queries.people(actor_of(admin), today=TODAY, search=search)
        assert [person.id for person in found] == [row.pk]


@pytest.mark.parametrize(
    ("name", "kana", "field"),
    [("a\x00b", "", "name"), ("見本", "漢字", "name_kana"), ("見" * 61, "", "name")],
)
def test_names_that_cannot_be_kept_are_refused(
    name: str, kana: str, field: str, now: datetime, resident: Account
) -> None:
    actor = Actor(kind="resident", account_id=resident.pk)
    with pytest.raises(Invalid) as refused:
        actions.update_profile(actor, name=name, name_kana=kana, language="ja", now=now)
    assert list(refused.value.field_errors) == [field]


def test_people_are_listed_by_kana_and_department_page_by_page(
    staff: MakeStaff, actor_of: FindActor, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = staff("見本 花子", "general-affairs-head", kana="ミホン ハナコ")
    for name, kana in (("う", "ウ"), ("あ", "ア"), ("い", "イ")):
        staff(name, "welfare-officer", kana=kana)
    monkeypatch.setattr(queries, "PEOPLE_PER_PAGE", 2)
    seen, after = [], ""
    for _ in range(3):
        page, after = queries.people(
            actor_of(admin), today=TODAY, department="welfare", after=after
        )
        seen.append([person.name for person in page])
        if not after:
            break
    assert seen == [["あ", "い"], ["う"]]


def test_who_works_in_a_department_today(staff: MakeStaff) -> None:
    staff("う", "welfare-officer", kana="ウ")
    staff("あ", "welfare-chief", "welfare-officer", kana="ア")
    staff("い", "general-affairs-head", kana="イ")
    gone = staff("え", "welfare-officer", kana="エ")
    Account.objects.filter(pk=gone.id).update(is_active=False)
    names = [brief.name for brief in queries.staff_of_department("welfare", today=TODAY)]
    assert names == ["あ", "う"]
    assert queries.staff_of_department("welfare", today=APRIL - DAY) == []
    assert queries.staff_of_department("no-such", today=TODAY) == []


def test_many_accounts_in_one_query(
    staff: MakeStaff, django_assert_num_queries: Callable[[int], object]
) -> None:
    one, two = staff("あ"), staff("い")
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        briefs = queries.account_brief([one.id, two.id, one.id, 0])
    assert {key: brief.name for key, brief in briefs.items()} == {one.id: "あ", two.id: "い"}


def test_a_token_may_what_its_scopes_and_its_owner_may(
    staff: MakeStaff, actor_of: FindActor, now: datetime
) -> None:
    admin = staff("見本 花子", "general-affairs-head")
    raw = actions.create_api_token(
        actor_of(admin),
        title="取り込み",
        scopes=["cases.view", "cases.decide"],
        expires_at=now + 90 * DAY,
        now=now,
    )
    actor = actions.actor_for_token(raw, now=now)
    assert (actor.account_id, actor.channel) == (admin.id, "api")
    assert actor.capabilities == {"cases.view", "cases.decide"}
    actions.hold_post(
        SYSTEM,
        admin.public_id,
        post="welfare-officer",
        valid_from=TODAY,
        valid_to=None,
        now=now,
    )
    PostHolding.objects.filter(post="general-affairs-head").delete()
    assert actions.actor_for_token(raw, now=now).capabilities == {"cases.view"}


def test_a_token_costs_two_queries_once_its_use_is_noted(
    staff: MakeStaff,
    actor_of: FindActor,
    now: datetime,
    django_assert_num_queries: Callable[[int], object],
) -> None:
    admin = staff("見本 花子", "general-affairs-head")
    raw = actions.create_api_token(
        actor_of(admin), title="a", scopes=["cases.view"], expires_at=now + DAY, now=now
    )
    actions.actor_for_token(raw, now=now)
    with django_assert_num_queries(2):  # type: ignore[attr-defined]
        actions.actor_for_token(raw, now=now + timedelta(minutes=9))
    assert ApiToken.objects.get().last_used_at == now


def test_a_token_cannot_make_tokens_or_people(
    staff: MakeStaff, actor_of: FindActor, now: datetime
) -> None:
    admin = actor_of(staff("見本 花子", "general-affairs-head"))
    for scopes in (["api.tokens"], ["identity.manage"], ["mynumber.view"], []):
        with pytest.raises(Invalid) as refused:
            actions.create_api_token(admin, title="a", scopes=scopes, expires_at=now + DAY, now=now)
        assert list(refused.value.field_errors) == ["scopes"]


def test_worthless_tokens_all_answer_the_same(
    staff: MakeStaff, actor_of: FindActor, now: datetime
) -> None:
    admin = actor_of(staff("見本 花子", "general-affairs-head"))

    def make() -> str:
        return actions.create_api_token(
            admin, title="a", scopes=["cases.view"], expires_at=now + DAY, now=now
        )

    living, revoked = make(), make()
    token = ApiToken.objects.get(prefix=revoked.split("_")[1])
    actions.revoke_api_token(admin, token.public_id, now=now)
    with pytest.raises(NotFound):
        actions.revoke_api_token(admin, token.public_id, now=now)
    answers = set()
    for raw, at in (
        (revoked, now),
        (living, now + DAY),
        (living[:-1] + ("a" if living[-1] != "a" else "b"), now),
        ("", now),
        ("suigo_x_y", now),
        ("nonsense", now),
    ):
        with pytest.raises(NotSignedIn) as refused:
            actions.actor_for_token(raw, now=at)
        answers.add(str(refused.value))
    assert answers == {"このトークンは使えません。"}
    assert living not in str(list(ApiToken.objects.values()))
