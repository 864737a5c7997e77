"""Figures say what the cases say, and nothing about single people."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from engines.cases import world
from engines.cases.test_web_apply import fill, posted, signed_in, start
from suigo.engines.cases import actions
from suigo.engines.cases.actions.tallying import Counted, Tallies, write
from suigo.engines.cases.models import Case, Tally
from suigo.engines.cases.queries.figures import measured
from suigo.engines.insight import queries, rules
from suigo.kernel.errors import Forbidden

WASTE = "g01-bulky-waste"
CHANNELS = st.dictionaries(st.sampled_from(["web", "api", "counter", "paper"]), st.integers(0, 40))
DAYS = st.lists(st.integers(0, 200), max_size=60)


@pytest.fixture(autouse=True)
def _at_ten() -> Iterator[None]:
    with time_machine.travel(world.NOW, tick=False):
        yield


@given(st.lists(st.integers(-5, 500), min_size=1), st.floats(0.01, 1))
def test_a_rank_is_a_value_that_occurred_and_covers_its_share(
    values: list[int], share: float
) -> None:
    found = rules.rank(values, share)
    assert found in values
    assert sum(v <= found for v in values) >= share * len(values)
    assert all(
        sum(v <= lower for v in values) < share * len(values) for lower in values if lower < found
    )


@given(CHANNELS, DAYS, DAYS)
def test_what_everybody_sees_rests_on_five_at_least(
    sent: dict[str, int], waited: list[int], seconds: list[int]
) -> None:
    own = rules.figures(
        sent=sent, corrected=sum(sent.values()) * 2 // 3, waited=waited, seconds=seconds
    )
    shown = rules.for_everybody(own)
    assert own.sent == sum(sent.values())
    assert own.online is None or 0 <= own.online <= 100
    assert (shown.days is None) == (own.decided < 5)
    for number in (shown.sent, shown.corrected, shown.decided):
        assert number == 0 or number >= 5
    # nor does the share of one way give away a few who took it, or did not
    online = sum(sent.get(channel, 0) for channel in ("web", "api"))
    for few in (online, own.sent - online):
        assert shown.online is None or few == 0 or few >= 5
    assert shown.corrected == 0 or own.sent - own.corrected not in range(1, 5)


@given(
    st.integers(0, 50),
    st.dictionaries(st.sampled_from(["b", "check"]), st.integers(0, 50)),
    st.integers(0, 50),
)
def test_a_funnel_only_narrows(started: int, reached: dict[str, int], finished: int) -> None:
    steps = rules.funnel(
        [("a", "い"), ("b", "ろ")],
        started=started,
        reached=reached,
        sent={"web": finished, "api": 7},
        last=("check", "は"),
        end="に",
    )
    counts = [step.count for step in steps]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == finished
    assert sum(step.lost for step in steps) == counts[0] - finished
    assert all(step.lost >= 0 for step in steps)


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_periods_lie_in_the_past_and_in_order(today: date) -> None:
    found = {period.id: period for period in rules.periods(today)}
    assert all(p.since <= p.until <= today for p in found.values())
    assert found["year"].since - timedelta(days=1) == found["last-year"].until
    assert found["month"].since - timedelta(days=1) == found["last-month"].until


def decided(case: Case, people: world.Desk, days: int, begun: datetime = world.NOW) -> None:
    world.act(case, "start_check", people.clerk, now=begun)
    world.tick_all(case, people.clerk)
    world.act(case, "approve", people.head, now=begun + timedelta(days=days))


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3])
def test_figures_agree_with_the_cases(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = world.desk()
    for count in range(number):
        decided(world.received(people.resident), people, count)
    returned = world.received()
    world.act(
        returned,
        "request_correction",
        people.clerk,
        items={"phone": "日中つながる番号をお願いします"},
        correction_due_date=world.TODAY + timedelta(days=14),
    )
    world.received(now=world.NOW - timedelta(days=400))
    period = rules.Period("any", world.TODAY, world.TODAY + timedelta(days=30))
    with django_assert_num_queries(4):
        found = {
            one.offered.id: one for one in queries.figures_for(people.head, period, language="ja")
        }
    cases = Case.objects.filter(received_at__gte=world.NOW)
    assert set(found) == {world.CARD}
    own = found[world.CARD]
    assert own.figures.sent == cases.count() == number + 1
    assert own.measured.sent == dict(Counter(cases.values_list("channel", flat=True)))
    assert own.measured.sent_on == {world.TODAY: number + 1}
    assert own.figures.corrected == 1
    assert own.figures.decided == number
    # Tuesday the 24th; Wednesday and Thursday follow
    assert (own.figures.days, own.figures.slow_days) == {1: (0, 0), 3: (1, 2)}[number]
    assert sum(n for _day, n in queries.waiting(own)) == number


@pytest.mark.django_db
def test_figures_of_other_departments_are_not_shown() -> None:
    people = world.desk()
    period = rules.periods(world.TODAY)[3]
    with pytest.raises(Forbidden):
        queries.figures_for(people.clerk, period, language="ja")
    head = signed_in(people.head)
    assert head.get(f"/staff/figures/{world.CARD}/").status_code == 200
    assert head.get(f"/staff/figures/{WASTE}/").status_code == 404


@pytest.mark.django_db
def test_an_application_on_the_web_is_counted_once_at_every_step(
    django_capture_on_commit_callbacks: object,
) -> None:
    actions.flush_tallies()
    Tally.objects.all().delete()
    client = signed_in(world.resident())
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        client.get(f"/procedures/{world.CARD}/")
        Client(headers={"user-agent": "Examplebot/1.0"}).get(f"/procedures/{world.CARD}/")
        check = fill(client, start(client))
        client.post(check.replace("/check/", "/page/applicant/"), posted("applicant"))  # again
        with time_machine.travel(world.NOW + timedelta(minutes=7), tick=False):
            client.post(check)
    assert actions.flush_tallies() == 5
    today = world.TODAY
    one = measured([world.CARD], since=today, until=today)[world.CARD]
    assert (one.views, one.started) == (1, 1)
    assert one.reached == {"card": 1, "consent": 1, "check": 1}
    assert one.sent == {"web": 1}


@pytest.mark.django_db
def test_time_at_the_form_counts_long_pauses_as_ten_minutes() -> None:
    client = signed_in(world.resident())
    address = start(client)
    for minutes, page in ((4, "applicant"), (64, "card"), (66, "consent")):
        with time_machine.travel(world.NOW + timedelta(minutes=minutes), tick=False):
            address = client.post(address, posted(page))["Location"]
    with time_machine.travel(world.NOW + timedelta(minutes=67), tick=False):
        client.post(address)
    assert Case.objects.get().active_seconds == (4 + 10 + 2 + 1) * 60
    # made by a program: nobody was at a form
    assert world.received().active_seconds is None


@pytest.mark.django_db
def test_counting_never_touches_the_database_and_writing_is_one_statement(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    tallies = Tallies()
    view = Counted(world.TODAY, world.CARD, "view", "", "web")
    step = Counted(world.TODAY, world.CARD, "step", "card", "web")
    with django_assert_num_queries(0):
        for counted in (view, view, step):
            tallies.add(counted)
    with django_assert_num_queries(3):  # the statement between a savepoint's two ends
        assert tallies.flush() == 2
    tallies.add(view)
    tallies.flush()
    with django_assert_num_queries(0):
        assert tallies.flush() == 0
    assert dict(Tally.objects.values_list("kind", "count")) == {"view": 3, "step": 1}


@pytest.mark.django_db
def test_what_could_not_be_written_is_written_the_next_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The loss window: what a killed process had not written is lost, and nothing else."""
    tallies = Tallies()
    tallies.add(Counted(world.TODAY, world.CARD, "view", "", "web"))
    bad = Counter({Counted(world.TODAY, world.CARD, "rumour", "", "web"): 1})
    from django.db.utils import IntegrityError  # noqa: PLC0415 - only here

    with pytest.raises(IntegrityError):
        write(bad)
    tallies.add(next(iter(bad)))
    with pytest.raises(IntegrityError):
        tallies.flush()
    assert not Tally.objects.exists()
    del tallies._counts[next(iter(bad))]
    assert tallies.flush() == 1
    assert Tally.objects.get().count == 1


@pytest.mark.django_db
def test_the_screens_show_the_numbers_and_export_them() -> None:
    people = world.desk()
    before = world.NOW - timedelta(days=14)  # a Tuesday too, and no holiday near
    for days in range(6):
        decided(world.received(people.resident, now=before), people, days, before)
    head = signed_in(people.head)
    page = head.get("/staff/figures/?period=year&sort=days").content.decode()
    assert "図書館カードの申込み" in page
    assert 'aria-sort="descending"' in page
    assert "<rect" in page
    detail = head.get(f"/staff/figures/{world.CARD}/?period=year").content.decode()
    assert "中央値 2日、90%は3日まで" in detail
    text = b"".join(head.get("/staff/figures.csv").streaming_content).decode()
    assert text.startswith("\ufeff")
    assert f"{world.CARD},図書館カードの申込み,図書館,0,0,6,0,6,2,,100,3" in text
    public = b"".join(Client().get("/plan/figures.csv").streaming_content).decode()
    assert f"{world.CARD},図書館カードの申込み,図書館,6,,6,2,,100,3" in public
    assert f"{WASTE},粗大ごみの収集を申し込む" in public
    assert signed_in(people.clerk).get("/staff/figures/").status_code == 403
