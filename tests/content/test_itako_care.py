"""The special rules of the care procedures, by value."""

from datetime import date
from typing import Any

import pytest

from content.every_procedure import MATERIAL, TODAY
from content.itako_procedures import FORMS, SPECS
from suigo.engines.cases.rules.deadlines import legal_deadline
from suigo.engines.forms.rules import check, evaluate, final_answers, replace_at
from suigo.engines.forms.rules.answers import Answers
from suigo.engines.forms.rules.examples import example_answers
from suigo.kernel.content.calendar import working_days

RENEWAL, CHANGE = "c02-care-renewal", "c03-care-level-change"
HIGH_COST, LIMIT = "c07-high-cost-care-service", "c08-care-facility-limit"
EQUIPMENT, RENOVATION = "c09-care-equipment-purchase", "c10-care-home-renovation"
MOVED = "c11-care-certification-after-moving"
OLD = "1941-02-03"


def answers(procedure: str, today: date = TODAY, **changes: Any) -> Answers:
    """Answers that pass, then with other values at some paths (``a__b`` is ``a.b``)."""
    made = example_answers(FORMS[procedure], today=today, seed=5, material=MATERIAL)
    made = replace_at(made, "insured.birth_date", OLD)
    for path, value in changes.items():
        made = replace_at(made, path.replace("__", "."), value)
    return made


def said(procedure: str, given: Answers, path: str, today: date = TODAY) -> str:
    """What stands beside the field: its error, or its warning."""
    found = check(FORMS[procedure], given, today=today)
    return found.errors.get(path, "") or found.warnings.get(path, "")


def computed(procedure: str, given: Answers, path: str, today: date = TODAY) -> Any:
    return evaluate(FORMS[procedure], given, today=today).computed[path].value


# --- C02: from 60 days before the last day of validity until that day


@pytest.mark.parametrize(
    ("valid_to", "window", "begins"),
    [
        ("2027-01-24", "まだ申請できません", "まだ更新の申請はできません"),
        ("2027-01-23", "申請できます", ""),  # 60 days after 2026-11-24
        ("2026-12-25", "申請できます", ""),
        ("2026-12-24", "申請できます", "満了日まで30日もない"),
        ("2026-11-24", "申請できます", "満了日まで30日もない"),
        ("2026-11-23", "期間が過ぎています", "有効期間が終わっているため"),
    ],
)
def test_renewal_has_a_window(valid_to: str, window: str, begins: str) -> None:
    given = answers(RENEWAL, condition__valid_to=valid_to, condition__valid_from=None)
    assert computed(RENEWAL, given, "condition.window") == window
    message = said(RENEWAL, given, "condition.valid_to")
    assert message.startswith(begins)
    assert bool(message) is bool(begins)


def test_the_first_day_of_the_window_is_shown() -> None:
    given = answers(RENEWAL, condition__valid_to="2027-03-31", condition__valid_from=None)
    assert computed(RENEWAL, given, "condition.opens") == date(2027, 1, 30)


# --- C03


def test_a_change_of_level_needs_a_certification_and_its_reason() -> None:
    ended = answers(CHANGE, condition__valid_to="2026-11-23")
    assert said(CHANGE, ended, "condition.valid_to").startswith("今の認定の期間が終わっている")
    last_day = answers(CHANGE, condition__valid_to="2026-11-24")
    assert said(CHANGE, last_day, "condition.valid_to") == ""
    without = answers(CHANGE, condition__reason=None)
    assert said(CHANGE, without, "condition.reason") == "「変更を申請する理由」を選んでください。"


# --- C07: two years from the first day of the month after the services


@pytest.mark.parametrize(
    ("used", "expires", "lapsed"),
    [
        ("2024-10-01", date(2026, 10, 31), True),
        ("2024-10-31", date(2026, 10, 31), True),
        ("2024-11-01", date(2026, 11, 30), False),
        ("2024-11-30", date(2026, 11, 30), False),
        ("2026-01-15", date(2028, 1, 31), False),
    ],
)
def test_a_month_can_be_claimed_for_two_years(used: str, expires: date, lapsed: bool) -> None:
    given = answers(HIGH_COST, months=[{"used": used}])
    assert computed(HIGH_COST, given, "months.0.expires") == expires
    assert said(HIGH_COST, given, "months").startswith("2年の時効") is lapsed


def test_the_last_day_of_the_two_years_counts() -> None:
    given = answers(HIGH_COST, months=[{"used": "2024-10-15"}])
    assert said(HIGH_COST, given, "months", today=date(2026, 10, 31)) == ""
    late = said(HIGH_COST, given, "months", today=date(2026, 11, 1))
    assert late.startswith("2年の時効")


def test_one_month_is_claimed_once_and_after_it_has_ended() -> None:
    twice = answers(HIGH_COST, months=[{"used": "2026-08-01"}, {"used": "2026-08-31"}])
    assert said(HIGH_COST, twice, "months") == "同じ月が2回書かれています。"
    running = answers(HIGH_COST, months=[{"used": "2026-11-01"}])
    assert said(HIGH_COST, running, "months").startswith("まだ終わっていない月")


# --- C08: 1 August to 31 July; spouse, assets, consent


@pytest.mark.parametrize(
    ("today", "valid_to"),
    [
        (date(2026, 7, 31), date(2026, 7, 31)),
        (date(2026, 8, 1), date(2027, 7, 31)),
        (date(2026, 11, 24), date(2027, 7, 31)),
        (date(2027, 3, 31), date(2027, 7, 31)),
        (date(2027, 4, 1), date(2027, 7, 31)),
    ],
)
def test_the_period_ends_on_31_july(today: date, valid_to: date) -> None:
    given = answers(LIMIT, today=today)
    assert computed(LIMIT, given, "stay.valid_to", today=today) == valid_to


def test_the_spouse_counts_even_living_apart() -> None:
    taxed = answers(LIMIT, spouse={"has": True, "same_home": False, "tax": "taxed"})
    assert said(LIMIT, taxed, "spouse.tax").startswith("配偶者が市民税の課税の方は")
    assert said(LIMIT, taxed, "spouse.address.town") or said(LIMIT, taxed, "spouse.address")
    alone = answers(LIMIT, spouse={"has": False, "tax": "taxed"})
    assert said(LIMIT, alone, "spouse.tax") == ""
    assert "tax" not in final_answers(FORMS[LIMIT], alone, today=TODAY)["spouse"]


def test_assets_are_what_is_left_after_debts() -> None:
    assets = {"deposits": 4_000_000, "securities": 500_000, "cash": 100_000, "debts": 600_000}
    given = answers(LIMIT, assets={**assets, "proofs": ["0196f000-0000-7000-8000-000000000001"]})
    assert computed(LIMIT, given, "assets.total") == 4_000_000
    deep = answers(LIMIT, assets={**assets, "debts": 9_000_000})
    assert computed(LIMIT, deep, "assets.total") == 0
    refused = answers(LIMIT, bank_consent=False)
    assert said(LIMIT, refused, "bank_consent") != ""


# --- C09: 100,000 yen a fiscal year


def item(price: int, bought: str) -> Answers:
    return {"kind": "bath", "product": "見本", "price": price, "bought": bought, "need": "入浴"}


@pytest.mark.parametrize(
    ("prices", "used", "share", "eligible", "benefit"),
    [
        ((40_000,), 0, "10", 40_000, 36_000),
        ((100_000,), 0, "10", 100_000, 90_000),
        ((100_001,), 0, "10", 100_000, 90_000),
        ((60_000, 60_000), 0, "20", 100_000, 80_000),
        ((60_000,), 70_000, "30", 30_000, 21_000),
        ((60_000,), 100_000, "10", 0, 0),
        ((12_345,), 0, "10", 12_345, 11_110),
        ((12_345,), 0, "30", 12_345, 8_641),
    ],
)
def test_costs_count_up_to_the_yearly_ceiling(
    prices: tuple[int, ...], used: int, share: str, eligible: int, benefit: int
) -> None:
    items = [item(price, "2026-10-01") for price in prices]
    given = answers(EQUIPMENT, items=items, cost={"used": used, "share": share})
    assert computed(EQUIPMENT, given, "cost.eligible") == eligible
    assert computed(EQUIPMENT, given, "cost.benefit") == benefit
    above = sum(prices) > 100_000 - used
    assert said(EQUIPMENT, given, "cost.used").startswith("年度の上限（10万円）") is above


def test_fiscal_years_are_claimed_separately() -> None:
    mixed = [item(1, "2026-03-31"), item(1, "2026-04-01")]
    assert said(EQUIPMENT, answers(EQUIPMENT, items=mixed), "items").startswith("年度")
    same = [item(1, "2026-04-01"), item(1, "2026-11-24")]
    assert said(EQUIPMENT, answers(EQUIPMENT, items=same), "items") == ""
    lapsed = answers(EQUIPMENT, items=[item(1, "2024-11-23")])
    assert said(EQUIPMENT, lapsed, "items").startswith("代金を払ってから2年")
    assert said(EQUIPMENT, answers(EQUIPMENT, items=[item(1, "2024-11-24")]), "items") == ""


# --- C10: before the works


def test_works_that_have_begun_are_not_covered() -> None:
    begun = answers(RENOVATION, plan__start="2026-11-24", plan__end="2026-12-24")
    assert said(RENOVATION, begun, "plan.start").startswith("工事を始めたあとの申請")
    soon = answers(RENOVATION, plan__start="2026-11-25", plan__end="2026-12-24")
    assert said(RENOVATION, soon, "plan.start").startswith("承認の通知には10開庁日ほど")
    later = answers(RENOVATION, plan__start="2027-01-20", plan__end="2027-02-24")
    assert said(RENOVATION, later, "plan.start") == ""


def test_works_count_up_to_what_is_left_of_200_000_yen() -> None:
    works = [{"kind": "rail", "place": "bath", "price": 150_000}] * 2
    first = answers(RENOVATION, works=works, house__before="never", cost={"share": "10"})
    assert computed(RENOVATION, first, "cost.eligible") == 200_000
    assert computed(RENOVATION, first, "cost.benefit") == 180_000
    again = answers(
        RENOVATION, works=works, house__before="same", cost={"share": "20", "used": 80_000}
    )
    assert computed(RENOVATION, again, "cost.eligible") == 120_000
    assert computed(RENOVATION, again, "cost.benefit") == 96_000


# --- C11: 14 days and the certificate of eligibility


@pytest.mark.parametrize(
    ("moved", "last_day", "in_time"),
    [
        ("2026-11-24", date(2026, 12, 8), True),
        ("2026-11-10", date(2026, 11, 24), True),
        ("2026-11-09", date(2026, 11, 23), False),
    ],
)
def test_a_certification_is_carried_over_within_14_days(
    moved: str, last_day: date, in_time: bool
) -> None:
    given = answers(MOVED, condition__moved_date=moved, condition__valid_to="2027-05-31")
    assert computed(MOVED, given, "condition.last_day") == last_day
    message = said(MOVED, given, "condition.moved_date")
    assert message.startswith("転入した日から14日を過ぎている") is not in_time
    counted = legal_deadline(SPECS[MOVED].service, given, received=TODAY, calendar=working_days())
    assert counted is not None
    assert counted.event == date.fromisoformat(moved)


def test_the_certificate_of_eligibility_is_needed() -> None:
    without = answers(MOVED, condition__certificate=None)
    assert said(MOVED, without, "condition.certificate").startswith("「受給資格証明書の写真」")
    (paper,) = (e for e in SPECS[MOVED].service.evidence if e.required)
    assert (paper.title.ja[:7], paper.original_needed) == ("受給資格証明書", True)


def test_unconfirmed_names_are_marked() -> None:
    for procedure in (EQUIPMENT, RENOVATION):
        confirm = SPECS[procedure].service.to_confirm
        assert [c.source for c in confirm if c.what == "手続の正式な名前"] == [
            "domain/procedures.md 1 [G]"
        ]
