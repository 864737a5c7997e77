"""Child allowance and childcare (K02 to K14): the days and sums that the law counts."""

from datetime import date
from typing import Any

import pytest

from content.itako_answers import HANAKO, TARO
from content.itako_procedures import FORMS, SPECS
from suigo.engines.cases.rules.workflow import paths_to_an_end
from suigo.engines.forms.rules import check, evaluate

CHANGE = "k02-child-allowance-change"
DETAILS = "k03-child-allowance-name-address"
ENDING = "k04-child-allowance-end"
UNPAID = "k05-child-allowance-unpaid"
DONATION = "k06-child-allowance-donation"
SCHOOL_FEES = "k08-school-fees-from-allowance"
REPORT = "k10-child-allowance-status-report"
CERTIFICATION = "k11-childcare-certification"
PLACE = "k12-childcare-place-application"
INTERVIEW = "k14-child-rearing-allowance-status-report"
TODAY = date(2026, 11, 24)


def value(procedure: str, answers: dict[str, Any], path: str, *, today: date = TODAY) -> Any:
    return evaluate(FORMS[procedure], answers, today=today).computed[path].value


def told(procedure: str, answers: dict[str, Any], *, today: date = TODAY) -> dict[str, str]:
    """What the checks over several answers say: path to ``error`` or ``warning``."""
    form = FORMS[procedure]
    found = check(form, answers, today=today)
    fields = {c.message.ja: c.id for c in SPECS[procedure].form.checks}
    said = {**found.errors, **found.warnings}
    return {
        fields[text]: "error" if path in found.errors else "warning"
        for path, text in said.items()
        if text in fields
    }


# --- K02: fifteen days, and the month that changes ---------------------------------------------


@pytest.mark.parametrize(
    ("happened", "today", "deadline", "start"),
    [
        # the 15th day after 31 October is Sunday 15 November: the next working day
        ("2026-10-31", date(2026, 11, 16), date(2026, 11, 16), date(2026, 11, 1)),
        ("2026-10-31", date(2026, 11, 17), date(2026, 11, 16), date(2026, 12, 1)),
        ("2026-11-02", date(2026, 11, 17), date(2026, 11, 17), date(2026, 12, 1)),
        # over the end of the year: 11 January 2027 is a holiday (成人の日)
        ("2026-12-27", date(2027, 1, 12), date(2027, 1, 12), date(2027, 1, 1)),
    ],
)
def test_a_child_added_within_fifteen_days_counts_from_the_month_after(
    happened: str, today: date, deadline: date, start: date
) -> None:
    answers = {"event": {"direction": "increase", "reason": "birth", "date": happened}}
    assert value(CHANGE, answers, "event.deadline", today=today) == deadline
    assert value(CHANGE, answers, "event.start", today=today) == start


def test_a_decrease_counts_from_the_month_after_however_late_it_is_reported() -> None:
    answers = {"event": {"direction": "decrease", "date": "2026-05-20"}}
    assert value(CHANGE, answers, "event.start") == date(2026, 6, 1)


def test_the_last_child_leaving_is_another_procedure() -> None:
    answers = {"event": {"direction": "decrease", "date": "2026-11-20"}, "others_left": False}
    assert told(CHANGE, answers) == {"nobody_left": "error"}


@pytest.mark.parametrize(
    ("born", "counts"),
    [("2004-04-01", 0), ("2004-04-02", 1), ("2008-04-01", 1), ("2008-04-02", 0)],
)
def test_an_older_child_counts_up_to_the_march_after_twenty_two(born: str, counts: int) -> None:
    answers = {
        "event": {"direction": "counting", "date": "2026-11-20"},
        "has_older": True,
        "older_children": [{"birth_date": born, "cares": True, "pays": True}],
    }
    assert value(CHANGE, answers, "older_children.0.counts") == counts


# --- K03 and K04 ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "deadline"),
    [
        ("2026-11-09", date(2026, 11, 24)),  # the 14th day is a holiday (勤労感謝の日)
        ("2026-11-10", date(2026, 11, 24)),
        ("2026-11-11", date(2026, 11, 25)),
    ],
)
def test_changes_are_reported_within_fourteen_days(changed: str, deadline: date) -> None:
    assert value(DETAILS, {"change": {"date": changed}}, "change.deadline") == deadline


def test_moving_out_of_the_city_is_not_a_change_of_address() -> None:
    def moved(city: str) -> dict[str, Any]:
        address = {"prefecture": "茨城県", "city": city, "town": "見本", "block": "1"}
        person = {"who": "recipient", "what": "address", "new_address": address}
        return {"change": {"kinds": ["address"], "date": "2026-11-20"}, "people": [person]}

    assert told(DETAILS, moved("鹿嶋市")) == {"left_the_city": "error"}
    assert told(DETAILS, moved("潮来市")) == {}


def test_the_allowance_ends_with_the_month_and_goes_on_elsewhere_within_fifteen_days() -> None:
    answers = {"ending": {"reason": "moved_out", "date": "2026-12-20"}}
    assert value(ENDING, answers, "ending.last_month") == date(2026, 12, 1)
    assert value(ENDING, answers, "ending.next_claim") == date(2027, 1, 4)


# --- K05 to K09 ----------------------------------------------------------------------------------


def test_what_is_unpaid_lapses_after_two_years() -> None:
    answers = {"deceased": {"died": "2024-11-23"}}
    assert value(UNPAID, answers, "deceased.lapses") == date(2026, 11, 23)
    assert value(UNPAID, answers, "deceased.last_month") == date(2024, 11, 1)
    assert told(UNPAID, answers) == {"too_late": "warning"}
    assert told(UNPAID, {"deceased": {"died": "2024-11-24"}}) == {}


@pytest.mark.parametrize("procedure", [DONATION, SCHOOL_FEES])
@pytest.mark.parametrize("month", range(1, 13))
def test_payments_are_in_even_months(procedure: str, month: int) -> None:
    group = "gift" if procedure == DONATION else "arrangement"
    answers = {group: {"first_payment": f"2027-{month:02d}-01"}}
    assert told(procedure, answers) == ({} if month % 2 == 0 else {"odd_month": "error"})


def test_fixed_amounts_are_added_up() -> None:
    fees = [{"share": "fixed", "amount": 4_500}, {"share": "all"}, {"share": "fixed", "amount": 1}]
    assert value(SCHOOL_FEES, {"fees": fees}, "fixed_total") == 4_501


# --- K10 and K14: reports of a year --------------------------------------------------------------


def test_only_those_who_were_asked_report() -> None:
    assert told(REPORT, {"status": {"asked": False}}) == {"not_asked": "error"}


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2026, 5, 31), {"year_not_begun": "error"}),
        (date(2026, 6, 1), {}),
        (date(2026, 6, 30), {}),
        (date(2026, 7, 1), {"late": "warning"}),
    ],
)
def test_the_status_report_is_for_june(today: date, said: dict[str, str]) -> None:
    answers = {"status": {"asked": True, "year": 2026}}
    assert told(REPORT, answers, today=today) == said


def test_eighty_percent_of_child_support_is_income() -> None:
    answers = {"money": {"support": True, "support_amount": 360_001}}
    assert value(INTERVIEW, answers, "money.support_counted") == 288_000


def test_no_result_without_an_interview() -> None:
    walks = paths_to_an_end(SPECS[INTERVIEW].workflow)
    approved = [[a.id for a in walk] for walk in walks if walk[-1].to == "approved"]
    assert approved
    for walk in approved:
        assert walk.index("arrange_interview") < walk.index("record_interview")
    arranged = next(a for a in SPECS[INTERVIEW].workflow.actions if a.id == "arrange_interview")
    assert [field.id for field in arranged.inputs if getattr(field, "required", False)] == [
        "date",
        "time",
        "place",
    ]


# --- K11 and K12 ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("born", "category"), [("2024-04-01", "2号"), ("2024-04-02", "3号")])
def test_the_category_follows_the_age_on_the_first_day(born: str, category: str) -> None:
    answers = {"child": {"birth_date": born}, "need": {"from": "2027-04-01", "category": "c2"}}
    assert value(CERTIFICATION, answers, "need.fits") == category


@pytest.mark.parametrize(
    ("born", "first_day", "age"),
    [
        ("2026-04-01", "2027-04-01", 1),  # born on 1 April: a year older than from 2 April
        ("2026-04-02", "2027-04-01", 0),
        ("2026-11-01", "2027-04-01", 0),
        ("2021-04-02", "2027-03-31", 4),
        ("2027-01-05", "2026-12-01", 0),  # not yet born
    ],
)
def test_the_class_is_the_age_on_the_first_of_april(born: str, first_day: str, age: int) -> None:
    answers = {"child": {"birth_date": born}, "use": {"from": first_day}}
    assert value(PLACE, answers, "child.class_age") == age


def test_a_start_in_april_is_its_first_day() -> None:
    assert told(PLACE, {"use": {"kind": "april", "from": "2027-04-01"}}) == {}
    assert told(PLACE, {"use": {"kind": "april", "from": "2027-04-02"}}) == {"not_april": "warning"}


def test_few_hours_of_work_are_pointed_out() -> None:
    def works(hours: int) -> dict[str, Any]:
        guardians = [{"name": n, "reason": "work", "hours": hours} for n in (HANAKO, TARO)]
        return {"need": {"category": "c2", "amount": "short"}, "guardians": guardians}

    assert told(CERTIFICATION, works(63)) == {"short_hours": "warning"}
    assert told(CERTIFICATION, works(64)) == {}
