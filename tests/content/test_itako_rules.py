"""The rules of the five procedures: amounts, deadlines, conditions and checks, case by case."""

from datetime import date, timedelta
from typing import Any

import pytest

from content.itako_answers import (
    CARE,
    CHILD_ALLOWANCE,
    COMMUTING,
    DAMAGE,
    ELSEWHERE,
    FILE,
    PREGNANCY,
    TODAY,
    Answers,
    apart,
    changed,
    child,
    older,
)
from content.itako_procedures import C01, D01, FORMS, K01, K15, SPECS, X02
from suigo.engines.forms.rules import check, evaluate, final_answers
from suigo.engines.forms.spec import (
    ChoiceField,
)

# --- K01 児童手当 ------------------------------------------------------------------------------


def computed(procedure: str, answers: Answers, *, today: date = TODAY) -> dict[str, Any]:
    found = evaluate(FORMS[procedure], answers, today=today).computed
    return {path: c.value for path, c in found.items() if c.determined}


def messages(procedure: str, answers: Answers, *, today: date = TODAY) -> tuple[set[str], set[str]]:
    found = check(FORMS[procedure], answers, today=today)
    return set(found.errors), set(found.warnings)


@pytest.mark.parametrize(
    ("children", "elder", "monthly"),
    [
        (["2026-11-20"], [], 15_000),
        (["2026-11-20", "2020-05-05"], [], 25_000),
        (["2026-11-20", "2020-05-05", "2015-01-01"], [], 10_000 + 10_000 + 30_000),
        (["2026-11-20", "2025-05-05", "2024-01-01"], [], 15_000 + 15_000 + 30_000),
        (["2026-11-20", "2026-11-20", "2026-11-20"], [], 15_000 + 15_000 + 30_000),
        (["2026-11-20"], ["2005-06-01", "2006-06-01"], 30_000),
        (["2026-11-20", "2020-01-01"], ["2005-06-01"], 10_000 + 30_000),
        (["2026-11-20"], ["2004-04-01", "2006-06-01"], 15_000),  # 22 until 2026-03-31: not counted
        (["2026-11-20"], ["2004-04-02", "2006-06-01"], 30_000),
        (["2008-04-01"], [], 0),  # 18 is reached on 2026-03-31
        (["2008-04-02"], [], 10_000),
        (["2023-12-01"], [], 10_000),  # three on the first day of the month that starts
        (["2023-12-02"], [], 15_000),
    ],
)
def test_monthly_child_allowance(children: list[str], elder: list[str], monthly: int) -> None:
    answers = changed(
        CHILD_ALLOWANCE,
        children=[child(birth) for birth in children],
        has_older=bool(elder),
        older_children=[older(birth) for birth in elder],
    )
    assert computed(K01, answers)["monthly_amount"] == monthly


@pytest.mark.parametrize(
    ("event", "today", "deadline", "start"),
    [
        ("2026-11-20", date(2026, 11, 24), date(2026, 12, 7), date(2026, 12, 1)),  # 5th: Saturday
        ("2026-11-25", date(2026, 12, 10), date(2026, 12, 10), date(2026, 12, 1)),
        ("2026-11-25", date(2026, 12, 11), date(2026, 12, 10), date(2027, 1, 1)),
        ("2026-12-31", date(2027, 1, 15), date(2027, 1, 15), date(2027, 1, 1)),
        ("2026-06-01", date(2026, 11, 24), date(2026, 6, 16), date(2026, 12, 1)),
    ],
)
def test_the_fifteen_day_rule(event: str, today: date, deadline: date, start: date) -> None:
    answers = changed(CHILD_ALLOWANCE, event={"date": event}, children=[child(event)])
    found = computed(K01, answers, today=today)
    assert (found["event.deadline"], found["event.start"]) == (deadline, start)
    late = "event.date" in messages(K01, answers, today=today)[1]
    assert late is (today > deadline)


def test_the_shown_fifteen_day_deadline_is_the_counted_one() -> None:
    counted = SPECS[K01].service.counted_deadline
    assert counted is not None
    assert counted.from_field == "event.date"
    # 2026-11-04 and fifteen days is a Thursday, so no closed day moves it
    answers = changed(CHILD_ALLOWANCE, event={"date": "2026-11-04"})
    expected = date(2026, 11, 4) + timedelta(days=counted.days)
    assert computed(K01, answers)["event.deadline"] == expected


@pytest.mark.parametrize(
    ("change", "errors", "warnings"),
    [
        ({"event": {"date": "2026-11-25"}}, {"event.date"}, {"children"}),
        ({"event": {"reason": "moved_in", "date": "2026-11-25"}}, set(), {"event.date"}),
        ({"event": {"reason": "started_caring", "date": "2026-11-25"}}, {"event.date"}, set()),
        ({"children": [child("1990-05-06")]}, {"children"}, set()),
        ({"children": [child("2026-11-20"), child("2007-01-01")]}, set(), {"children"}),
        ({"children": [child("2026-11-20", cares=False)]}, {"children"}, set()),
        ({"children": [child("2026-11-21")]}, set(), {"children"}),
        ({"spouse": {"earns_more": True}}, set(), {"spouse.earns_more"}),
        (
            {"work": {"occupation": "civil_servant", "paid_by_office": True}},
            {"work.paid_by_office"},
            set(),
        ),
        ({"work": {"occupation": "civil_servant", "paid_by_office": False}}, set(), set()),
    ],
)
def test_child_allowance_checks(change: Answers, errors: set[str], warnings: set[str]) -> None:
    assert messages(K01, changed(CHILD_ALLOWANCE, **change)) == (errors, warnings)


def test_living_apart_asks_for_more() -> None:
    shown = evaluate(FORMS[K01], CHILD_ALLOWANCE, today=TODAY)
    assert shown.shows("children.1.address")
    assert not shown.shows("children.0.address")
    assert shown.shows("apart_statement")
    assert shown.shows("apart_declaration")
    together = changed(CHILD_ALLOWANCE, children=[child("2026-11-20")])
    shown = evaluate(FORMS[K01], together, today=TODAY)
    assert not shown.shows("apart_statement")
    assert not shown.shows("apart_declaration")


def test_two_apart_children_keep_their_own_addresses() -> None:
    two = [apart("2012-04-02"), apart("2014-04-02")]
    final = final_answers(FORMS[K01], changed(CHILD_ALLOWANCE, children=two), today=TODAY)
    assert [row["address"]["city"] for row in final["children"]] == [ELSEWHERE["city"]] * 2


def test_a_fleeing_parent_is_never_asked_for_the_other_address() -> None:
    answers = changed(CHILD_ALLOWANCE, spouse={"living": "apart", "apart_reason": "safety"})
    shown = evaluate(FORMS[K01], answers, today=TODAY)
    assert not shown.shows("spouse.address")
    assert shown.shows("living_with_child_first")


# --- K15 妊娠の届出 ----------------------------------------------------------------------------


def test_the_month_of_pregnancy_counts_four_weeks() -> None:
    for weeks, month in ((1, 1), (3, 1), (4, 2), (11, 3), (12, 4), (39, 10)):
        answers = changed(PREGNANCY, pregnancy={"weeks": weeks})
        assert computed(K15, answers)["pregnancy.months"] == month


@pytest.mark.parametrize(
    ("change", "errors", "warnings"),
    [
        ({"pregnancy": {"expected_date": "2026-10-01"}}, {"pregnancy.expected_date"}, None),
        ({"pregnancy": {"expected_date": "2027-12-01"}}, {"pregnancy.expected_date"}, None),
        ({"pregnancy": {"expected_date": "2027-03-29"}}, set(), {"pregnancy.weeks"}),
        ({"pregnancy": {"weeks": 20, "expected_date": "2027-04-13"}}, set(), {"pregnancy.weeks"}),
        ({"interview": {"contact_by": "email"}}, {"interview.email"}, set()),
        ({"submitter": {"kind": "partner"}}, {"submitter.name", "submitter.phone"}, set()),
    ],
)
def test_pregnancy_checks(change: Answers, errors: set[str], warnings: set[str] | None) -> None:
    found = messages(K15, changed(PREGNANCY, **change))
    assert found[0] == errors
    assert warnings is None or found[1] == warnings


# --- C01 要介護・要支援認定 --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("birth", "age", "asks_disease", "errors"),
    [
        ("1986-11-26", 39, False, {"insured.birth_date"}),
        ("1986-11-25", 40, True, {"disease"}),  # the law counts from the eve of the birthday
        ("1961-11-26", 64, True, {"disease"}),
        ("1961-11-25", 65, False, set()),
    ],
)
def test_the_sixteen_diseases_are_asked_from_40_to_64(
    birth: str, age: int, asks_disease: bool, errors: set[str]
) -> None:
    insurance = {"kind": "employees", "insurer": "見本健康保険組合", "number": "1"}
    answers = changed(CARE, insured={"birth_date": birth}, medical_insurance=insurance)
    shown = evaluate(FORMS[C01], answers, today=TODAY)
    assert shown.computed["insured.age"].value == age
    assert shown.shows("disease") is asks_disease
    assert set(check(FORMS[C01], answers, today=TODAY).errors) == errors


def test_sixteen_specified_diseases() -> None:
    disease = FORMS[C01].nodes["disease"].field
    assert isinstance(disease, ChoiceField)
    assert len(disease.options) == 16


def test_a_care_manager_gives_the_office_number() -> None:
    office = {"kind": "care_manager", "office_name": "見本ケア", "office_place": "見本市"}
    answers = changed(CARE, filer=office | {"office_number": "123"})
    assert set(check(FORMS[C01], answers, today=TODAY).errors) == {"filer.office_number"}
    answers = changed(CARE, filer=office | {"office_number": "0800000001"})
    assert check(FORMS[C01], answers, today=TODAY).ok


def test_a_guardian_has_to_prove_it() -> None:
    answers = changed(CARE, filer={"kind": "guardian"})
    assert messages(C01, answers)[0] == {"filer.proxy"}
    assert messages(C01, changed(CARE, filer={"kind": "guardian", "proxy": FILE}))[0] == set()


@pytest.mark.parametrize(("moved", "level"), [("2026-11-10", "in time"), ("2026-11-09", "late")])
def test_certification_moves_along_within_14_days(moved: str, level: str) -> None:
    condition = {"certified_before": "valid_elsewhere", "moved_date": moved}
    found = check(FORMS[C01], changed(CARE, condition=condition), today=TODAY)
    said = found.warnings["condition.moved_date"]
    assert ("受給資格証明書" in said) is (level == "in time")


# --- D01 罹災証明 ------------------------------------------------------------------------------


def test_the_disaster_is_declared_as_a_sample() -> None:
    period = SPECS[D01].service.open
    assert period.only_during is not None
    assert "サンプル" in period.only_during.ja
    assert period.open_now


@pytest.mark.parametrize("serious", ["collapsed", "tilted", "above_floor"])
def test_self_assessment_is_not_for_serious_damage(serious: str) -> None:
    damage = {"kinds": [serious], "flood_depth": 30}
    assert messages(D01, changed(DAMAGE, damage=damage))[0] == {"assessment.method"}


def test_self_assessment_needs_consent_and_photographs() -> None:
    answers = changed(
        DAMAGE,
        assessment={"self_consent": False},
        photo_sides=[],
        photo_nameplate=[],
        photo_damage=[],
    )
    needed = {"assessment.self_consent", "photo_sides", "photo_nameplate", "photo_damage"}
    assert messages(D01, answers)[0] == needed


def test_a_survey_needs_no_photographs() -> None:
    survey = {"method": "survey", "available": "平日の午前", "inside_needed": True}
    answers = changed(DAMAGE, assessment=survey)
    for key in ("photo_sides", "photo_nameplate", "photo_damage"):
        del answers[key]
    assert messages(D01, answers) == (set(), set())


def test_six_classes_of_damage() -> None:
    issue = SPECS[D01].workflow.action("issue")
    damage_class = next(f for f in issue.inputs if f.id == "damage_class")
    assert isinstance(damage_class, ChoiceField)
    assert [o.label.ja for o in damage_class.options] == [
        "全壊",
        "大規模半壊",
        "中規模半壊",
        "半壊",
        "準半壊",
        "準半壊に至らない（一部損壊）",
    ]


def test_survey_and_self_assessment_both_lead_to_the_certificate() -> None:
    workflow = SPECS[D01].workflow
    assert workflow.action("accept_self").to == workflow.action("record_survey").to == "deciding"
    assert workflow.action("issue").from_ == ("deciding",)


# --- X02 通勤・通学助成 ------------------------------------------------------------------------


def month(number: str, days: int, cost: int, allowance: int | None = 0) -> Answers:
    row: Answers = {"month": number, "ticket": "pass", "days": days, "cost": cost}
    return row if allowance is None else row | {"allowance": allowance}


@pytest.mark.parametrize(
    ("months", "total"),
    [
        ([month("04", 20, 60_000, 55_000)], 5_000),
        ([month("04", 20, 60_000, 0)], 10_000),
        ([month("04", 20, 60_000, 60_000)], 0),
        ([month("04", 20, 60_000, 70_000)], 0),
        ([month("04", 14, 60_000, 0)], 0),
        ([month("04", 15, 60_000, 0), month("05", 20, 9_000, 0)], 19_000),
        ([month(f"{n:02}", 20, 60_000, 0) for n in range(4, 12)], 80_000),
    ],
)
def test_commuting_subsidy(months: list[Answers], total: int) -> None:
    assert computed(X02, changed(COMMUTING, months=months))["total"] == total


def test_students_have_no_allowance_to_deduct() -> None:
    answers = changed(
        COMMUTING, category={"kind": "student"}, months=[month("04", 20, 8_000, None)]
    )
    shown = evaluate(FORMS[X02], answers, today=TODAY)
    assert not shown.shows("months.0.allowance")
    assert shown.computed["total"].value == 8_000


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"category": {"permanent": False}}, {"category.permanent"}),
        ({"category": {"work_start": "2017-03-31"}}, {"category.work_start"}),
        ({"category": {"graduated": "2024-03-31"}}, {"category.graduated"}),
        ({"category": {"graduated": "2024-04-01"}}, set()),
        ({"route": {"line": "railway", "station": "itako"}}, set()),
        (
            {
                "route": {"line": "railway", "station": "itako"},
                "months": [month("04", 20, 49_999)],
            },
            {"months"},
        ),
        ({"months": [month("04", 20, 1), month("04", 20, 1)]}, {"months"}),
        ({"months": [month("12", 20, 60_000)]}, {"months"}),
        ({"months": [month("11", 20, 60_000)]}, set()),
        ({"period": {"fiscal_year": "2025"}, "months": [month("03", 20, 60_000)]}, set()),
    ],
)
def test_commuting_checks(change: Answers, errors: set[str]) -> None:
    assert messages(X02, changed(COMMUTING, **change))[0] == errors


@pytest.mark.parametrize(
    ("birth", "errors"), [("1976-04-02", set()), ("1976-04-01", {"category.moved_date"})]
)
def test_moved_in_before_fifty(birth: str, errors: set[str]) -> None:
    category = {"kind": "moved_in", "moved_date": "2026-04-01", "lived_before": False}
    answers = changed(COMMUTING, applicant={"birth_date": birth}, category=category)
    assert messages(X02, answers)[0] == errors
