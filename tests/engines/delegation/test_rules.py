"""What a grant allows: the rules, over all days and all grants."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from suigo.engines.delegation.rules import (
    CONFIRMED,
    ENDINGS,
    KINDS,
    REACHES,
    STATUTORY,
    State,
    Terms,
    covers,
    last_day,
    may,
    open_to,
    reaches,
    standing,
)

DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
PROCEDURES = st.sampled_from(["a", "b", "c"])


@st.composite
def grants(draw: st.DrawFn) -> tuple[Terms, State]:
    first = draw(DAYS)
    terms = Terms(
        kind=draw(st.sampled_from(KINDS)),
        reach=draw(st.sampled_from(REACHES)),
        procedures=tuple(sorted(draw(st.sets(PROCEDURES)))),
        from_date=first,
        until_date=first + timedelta(days=draw(st.integers(0, 366))),
    )
    state = State(
        accepted=draw(st.booleans()),
        confirmed=draw(st.booleans()),
        ended=draw(st.sampled_from(ENDINGS)),
        invited_until=draw(DAYS),
    )
    return terms, state


@given(grants(), PROCEDURES, st.sampled_from(REACHES), DAYS)
def test_what_may_be_done_is_exactly_what_was_granted(
    grant: tuple[Terms, State], procedure: str, act: str, on: date
) -> None:
    terms, state = grant
    allowed = may(terms, state, procedure=procedure, act=act, on=on)  # type: ignore[arg-type]
    assert allowed == (
        state.accepted
        and state.ended == ""
        and (terms.kind not in CONFIRMED or state.confirmed)
        and terms.from_date <= on <= terms.until_date
        and (terms.procedures == () or procedure in terms.procedures)
        and REACHES.index(act) <= REACHES.index(terms.reach)  # type: ignore[arg-type]
    )


@given(grants(), DAYS, DAYS)
def test_an_ending_is_final(grant: tuple[Terms, State], on: date, later: date) -> None:
    terms, state = grant
    if state.ended:
        assert standing(terms, state, on=on) == standing(terms, state, on=later) == state.ended


@given(grants(), DAYS)
def test_less_reach_never_allows_more(grant: tuple[Terms, State], on: date) -> None:
    terms, _state = grant
    allowed = [reaches(terms, act) for act in REACHES]
    assert allowed == sorted(allowed, reverse=True)
    assert allowed[0]
    assert covers(terms, "z") == (terms.procedures == ())


def test_the_days_of_a_period_and_of_an_invitation() -> None:
    today = date(2026, 11, 24)
    assert last_day("month", today=today) == date(2026, 12, 25)
    assert last_day("year", today=today) == date(2027, 11, 24)
    assert last_day("forever", today=today) is None
    terms = Terms("family", "submit", (), today, date(2026, 11, 26))
    state = State(accepted=False, confirmed=False, ended="", invited_until=date(2026, 12, 1))
    assert [standing(terms, state, on=today + timedelta(days=n)) for n in (0, 2, 3)] == [
        "invited",
        "invited",
        "lapsed",
    ]


def test_a_procedure_for_statutory_agents_takes_only_those() -> None:
    assert {k for k in KINDS if open_to("statutory", k)} == STATUTORY == {"guardian"}
    assert {k for k in KINDS if open_to("allowed", k)} == set(KINDS)
    assert {k for k in KINDS if open_to("none", k)} == set()
