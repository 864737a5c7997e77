"""The pure rules: numbers, days, words, filters, spreadsheets."""

import csv
import io
from datetime import date, datetime, timedelta
from urllib.parse import parse_qsl
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.cases.world import name
from suigo.engines.cases.rules.deadlines import (
    due_date,
    keep_until,
    legal_deadline,
    resumed_due_date,
)
from suigo.engines.cases.rules.exporting import csv_lines, written_in_cp932
from suigo.engines.cases.rules.filtering import (
    Cursor,
    InboxFilters,
    cursor_of,
    days_left_class,
    filters_of,
)
from suigo.engines.cases.rules.numbering import as_number, case_number
from suigo.engines.cases.rules.searching import applicant_of, looked_for
from suigo.engines.cases.rules.wording import status_line, unknown_placeholders
from suigo.engines.cases.rules.workflow import next_actions, paths_to_an_end, unticked
from suigo.engines.cases.spec import (
    ChecklistItem,
    ServiceSpec,
    StandardPeriod,
    State,
    WorkflowSpec,
)
from suigo.kernel.japanese.business_days import (
    WorkingDays,
    YearlyClosure,
    business_days_between,
    is_business_day,
)

CALENDAR = WorkingDays(closures=(YearlyClosure(start=(12, 29), end=(1, 3)),))
BUSINESS = StandardPeriod(days=10, unit="business_days")
PLAIN = StandardPeriod(days=10, unit="calendar_days")
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def day(text: str) -> date:
    return date.fromisoformat(text)


# --- numbers


def test_numbers() -> None:
    assert case_number(prefix="K01", fiscal_year=2026, sequence=12) == "R8-K01-0012"
    assert case_number(prefix="K01", fiscal_year=2019, sequence=1) == "R1-K01-0001"
    assert case_number(prefix="K01", fiscal_year=2026, sequence=12345) == "R8-K01-12345"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("R8-K01-0012", "R8-K01-0012"),
        ("ｒ８－ｋ０１", "R8-K01"),
        ("r8ーk01ー0012", "R8-K01-0012"),
        (" R8- ", "R8-"),
        ("R8", "R8"),
        ("水野", None),
        ("Robert", None),
        ("R8-K01-0012-3", None),
        ("", None),
    ],
)
def test_what_looks_like_a_number(typed: str, number: str | None) -> None:
    assert as_number(typed) == number


@given(
    st.integers(2019, 2100),
    st.from_regex(r"[A-Z][A-Z0-9]{0,9}", fullmatch=True),
    st.integers(1, 999_999),
)
def test_every_number_and_each_of_its_beginnings_is_recognised(
    year: int, prefix: str, sequence: int
) -> None:
    number = case_number(prefix=prefix, fiscal_year=year, sequence=sequence)
    assert all(as_number(number[:length]) == number[:length] for length in range(2, len(number)))


# --- days


@pytest.mark.parametrize(
    ("period", "received", "due"),
    [
        (BUSINESS, "2026-11-24", "2026-12-08"),
        (BUSINESS, "2026-12-25", "2027-01-15"),  # year's end and 成人の日
        (PLAIN, "2026-11-24", "2026-12-04"),
    ],
)
def test_due_dates(period: StandardPeriod, received: str, due: str) -> None:
    assert due_date(period, received=day(received), calendar=CALENDAR) == day(due)


@given(DAYS, st.integers(0, 60), st.integers(0, 60))
def test_time_with_the_applicant_does_not_count(received: date, wait: int, pause: int) -> None:
    """The city has as many working days for itself with a pause as without."""
    due = due_date(BUSINESS, received=received, calendar=CALENDAR)
    paused = received + timedelta(days=wait)
    resumed = paused + timedelta(days=pause)
    later = resumed_due_date(
        due, paused=paused, resumed=resumed, period=BUSINESS, calendar=CALENDAR
    )
    lost = business_days_between(paused, resumed, calendar=CALENDAR)
    assert business_days_between(received, later, calendar=CALENDAR) == 10 + lost
    assert is_business_day(later, calendar=CALENDAR)


def test_calendar_days_resume_by_calendar_days() -> None:
    due = resumed_due_date(
        day("2026-12-04"),
        paused=day("2026-11-26"),
        resumed=day("2026-12-01"),
        period=PLAIN,
        calendar=CALENDAR,
    )
    assert due == day("2026-12-09")


def service(**changes: object) -> ServiceSpec:
    return ServiceSpec.model_validate(
        {
            "number_prefix": "T01",
            "title": "試し",
            "summary": "試し",
            "audience": ["誰でも"],
            "applicant": "本人",
            "department": "library",
            "deadline": "15日以内",
            "minutes": 5,
            "standard_period": {"days": 10},
            "retention": {"years": 1},
            **changes,
        }
    )


ALWAYS = WorkingDays()  # no closures of the city's own


@pytest.mark.parametrize(("received", "in_time"), [("2026-11-16", True), ("2026-11-17", False)])
def test_the_deadline_that_the_law_counts(received: str, in_time: bool) -> None:
    spec = service(counted_deadline={"days": 15, "from_field": "event.date", "article": "法8条"})
    answers: dict[str, object] = {"event": {"date": "2026-11-01"}}
    found = legal_deadline(spec, answers, received=day(received), calendar=ALWAYS)
    assert found is not None
    assert (found.last_day, found.in_time, found.article) == (day("2026-11-16"), in_time, "法8条")
    assert legal_deadline(spec, {}, received=day(received), calendar=ALWAYS) is None
    assert legal_deadline(service(), answers, received=day(received), calendar=ALWAYS) is None


@pytest.mark.parametrize(("extended", "last"), [(True, "2026-11-24"), (False, "2026-11-22")])
def test_a_last_day_on_which_the_city_is_closed_moves(extended: bool, last: str) -> None:
    # the 22nd is a Sunday, the 23rd a holiday
    counted = {"days": 15, "from_field": "event.date", "extended": extended}
    found = legal_deadline(
        service(counted_deadline=counted),
        {"event": {"date": "2026-11-07"}},
        received=day("2026-11-24"),
        calendar=ALWAYS,
    )
    assert found is not None
    assert (found.last_day, found.in_time) == (day(last), extended)


@pytest.mark.parametrize(
    ("closed", "years", "until"),
    [
        ("2026-11-24", 1, "2028-03-31"),
        ("2027-03-31", 5, "2032-03-31"),
        ("2027-04-01", 5, "2033-03-31"),
    ],
)
def test_records_are_kept_full_years_after_the_fiscal_year(
    closed: str, years: int, until: str
) -> None:
    assert keep_until(years, closed=day(closed)) == day(until)


def test_urgency() -> None:
    today = day("2026-11-24")

    def urgency(due: str, phase: str = "checking") -> str:
        return days_left_class(day(due), today=today, phase=phase)

    assert [urgency(d) for d in ("2026-11-23", "2026-11-24", "2026-11-27", "2026-11-28")] == [
        "over",
        "soon",
        "soon",
        "later",
    ]
    assert urgency("2026-01-01", "done") == urgency("2026-01-01", "with_applicant") == "idle"


# --- words


def test_lines_are_filled_in_the_readers_language() -> None:
    state = State.model_validate(
        {
            "id": "a",
            "title": "確認中",
            "phase": "checking",
            "line": {"ja": "{due_date}まで", "en": "by {due_date}, {correction_due_date}"},
        }
    )

    def line(language: str) -> str:
        return status_line(state, language=language, due=day("2026-10-03"), correction_due=None)

    assert line("ja") == "令和8年10月3日まで"
    assert line("en") == "by October 3, 2026, a later date"
    assert unknown_placeholders("{due_date} {number} {") == {"{"}
    assert unknown_placeholders("{due_date} {number}") == {"number"}


# --- names


def test_applicants() -> None:
    person = applicant_of(name("髙﨑", "花", "タカサキ", "ハナ"))
    assert (person.name, person.kana) == ("髙﨑 花", "タカサキ ハナ")
    assert person.search_text == " 高崎花 花 たかさきはな はな"
    assert applicant_of("株式会社みほん").name == "株式会社みほん"
    assert applicant_of(None).search_text == ""
    assert applicant_of({"family": 1, "given": "花"}).name == "花"


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_a_name_is_found_by_its_own_beginning(family: str, given_name: str) -> None:
    person = applicant_of({"family": family, "given": given_name})
    piece = looked_for(family)
    assert piece == "" or piece in person.search_text


# --- filters


@given(
    st.builds(
        InboxFilters,
        view=st.sampled_from(["open", "mine", "unassigned", "overdue", "done", "all"]),
        department=st.sampled_from(["", "library"]),
        state=st.sampled_from(["", "received"]),
        procedure=st.sampled_from(["", "s01-library-card"]),
        channel=st.sampled_from(["", "web"]),
        q=st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), max_size=20),
        sort=st.sampled_from(["due", "received"]),
    )
)
def test_filters_survive_an_address(filters: InboxFilters) -> None:
    assert filters_of(dict(parse_qsl(filters.query))) == filters


def test_filters_that_mean_nothing_are_the_plain_inbox() -> None:
    assert filters_of({"view": "secret", "sort": "id;drop", "q": "\x00", "x": "y"}) == (
        InboxFilters()
    )
    assert InboxFilters().query == ""
    assert filters_of({"q": "あ" * 500}).q == "あ" * 100
    assert InboxFilters(q="a").but(view="done") == InboxFilters(q="a", view="done")


@given(st.dates() | st.datetimes(), st.uuids(), st.booleans())
def test_cursors_survive_an_address(key: date | datetime, public_id: UUID, back: bool) -> None:
    cursor = Cursor(key.isoformat(), public_id, backwards=back)
    assert cursor_of(str(cursor)) == cursor


# --- workflow


def workflow() -> WorkflowSpec:
    def state(state_id: str, phase: str) -> dict[str, str]:
        return {"id": state_id, "title": state_id, "line": state_id, "phase": phase}

    def action(action_id: str, start: str, end: str, **more: str) -> dict[str, object]:
        return {
            "id": action_id,
            "title": action_id,
            "from": [start],
            "to": end,
            "capability": "cases.check",
            **more,
        }

    return WorkflowSpec.model_validate(
        {
            "start": "new",
            "states": [state("new", "waiting"), state("busy", "checking"), state("end", "done")],
            "actions": [
                action("begin", "new", "busy"),
                action("back", "busy", "new"),
                action("finish", "busy", "end", capability="cases.decide"),
                action("again", "end", "busy"),
                {"id": "leave", "title": "x", "from": ["new"], "to": "end", "who": "applicant"},
            ],
        }
    )


def test_next_actions_depend_on_state_side_and_capability() -> None:
    def ids(state: str, side: str, *capabilities: str) -> list[str]:
        found = next_actions(
            workflow(),
            state=state,
            side=side,  # type: ignore[arg-type]
            can=lambda c: c in capabilities,
        )
        return [a.id for a in found]

    assert ids("new", "staff", "cases.check") == ["begin"]
    assert ids("busy", "staff", "cases.check") == ["back"]
    assert ids("busy", "staff", "cases.check", "cases.decide") == ["back", "finish"]
    assert ids("busy", "staff") == []
    assert ids("new", "applicant") == ["leave"]


def test_walks_take_every_action_and_end() -> None:
    walks = paths_to_an_end(workflow())
    assert {a.id for walk in walks for a in walk} == {"begin", "back", "finish", "again", "leave"}
    for walk in walks:
        here = "new"
        for action in walk:
            assert here in action.from_
            here = action.to
        assert here == "end"


def test_unticked_names_only_required_checks() -> None:
    items = tuple(
        ChecklistItem.model_validate({"id": i, "title": i, "required": i != "c"}) for i in "abc"
    )
    assert unticked(items, frozenset("a")) == ("b",)


# --- spreadsheets


def read_back(lines: bytes, encoding: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(lines.decode(encoding), newline="")))


def test_utf8_begins_with_the_mark_and_keeps_everything() -> None:
    made = b"".join(csv_lines(["氏名"], [["𠮷田"], ["髙﨑"]], encoding="utf-8", lost_title="—"))
    assert made.startswith(b"\xef\xbb\xbf")
    assert read_back(made, "utf-8-sig") == [["氏名"], ["𠮷田"], ["髙﨑"]]


def test_cp932_reports_what_it_can_not_hold() -> None:
    made = b"".join(
        csv_lines(
            ["番号", "氏名"],
            [["1", "𠮷田"], ["2", "髙﨑"], ["3", "葛\U000e0100城"]],
            encoding="cp932",
            lost_title="書き出せなかった文字",
        )
    )
    assert read_back(made, "cp932") == [
        ["番号", "氏名", "書き出せなかった文字"],
        ["1", "〓田", "氏名 U+20BB7"],
        ["2", "髙﨑", ""],
        ["3", "葛城", "氏名 U+E0100"],
    ]


@given(st.text())
def test_nothing_is_lost_silently(text: str) -> None:
    kept, lost = written_in_cp932(text)
    kept.encode("cp932")
    assert len(lost) == sum(not _fits(c) for c in text)
    assert [c for c in kept if c != "〓"] == [c for c in text if _fits(c) and c != "〓"]


def _fits(character: str) -> bool:
    try:
        character.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_formulas_are_written_as_text(cell: str) -> None:
    made = b"".join(csv_lines(["a"], [[cell]], encoding="utf-8", lost_title="—"))
    assert read_back(made, "utf-8-sig")[1] == [f"'{cell}"]
