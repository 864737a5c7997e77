"""The base data of the first city: complete, consistent and honestly marked."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from suigo.engines.identity.spec import OrgSpec
from suigo.engines.insight import rules
from suigo.engines.insight.spec import PlanSpec
from suigo.kernel.content import load
from suigo.kernel.content.city import load_city
from suigo.kernel.japanese import numbers, postal
from suigo.kernel.japanese.phones import parse_phone

ITAKO = Path(__file__).parents[2] / "cities" / "itako"
PLAN = load(ITAKO / "plan.yaml", PlanSpec)
ORG = load(ITAKO / "org.yaml", OrgSpec)
CITY = load_city(ITAKO).spec
SECTIONS = {"1-1": 19, "1-2": 5, "2-1": 1, "2-2": 10, "3-1": 12, "3-2": 3}
IDS = [f"{section}-{n:02}" for section, count in SECTIONS.items() for n in range(1, count + 1)]


def rows(name: str) -> list[dict[str, str]]:
    with (ITAKO / "places" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def timetable(measure_id: str) -> list[tuple[str, list[str]]]:
    measure = next(m for m in PLAN.measures() if m.id == measure_id)
    return [
        ("-".join(year.id for year in slot.years), [phase.title.ja for phase in slot.phases])
        for slot in rules.timetable(PLAN, measure)
    ]


def test_the_plan_has_its_fifty_measures() -> None:
    assert [measure.id for measure in PLAN.measures()] == IDS
    assert len(IDS) == 50


def test_the_plan_points_nowhere_wrong() -> None:
    departments = {department.id for department in ORG.departments}
    assert rules.faults(PLAN, departments=departments, services={}) == []


def test_titles_are_those_of_the_plan() -> None:
    titles = {measure.id: measure.title.ja for measure in PLAN.measures()}
    assert titles["1-1-10"] == "移住・定住促進のオンライン相談会の実施"
    assert titles["1-2-03"] == (
        "潮来市独自の農地台帳システムから全国一元的な農地情報公開システム"
        "（通称：eMAFF農地ナビ）への移行"
    )
    assert titles["3-1-12"] == "学習支援事業におけるSNSを活用した連絡体制の構築"


STUDY, TRIAL, REVIEW = "事業の検討／実施計画の作成", "試行実施／事業の実施", "効果検証・改善"


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("1-1-01", [("R5", [STUDY]), ("R6", [TRIAL]), ("R7", [REVIEW])]),
        (
            "1-1-16",
            [
                ("R5", ["平日夜間・休日受付、出張申請"]),
                ("R6-R7", ["交付率、国の動向を注視し対応"]),
            ],
        ),
        ("1-1-17", [("R5-R6-R7", [STUDY, TRIAL, REVIEW])]),
        ("1-1-18", [("R5-R6-R7", ["条例、規則等の点検及び見直し"])]),
        ("2-2-01", [("R5", [STUDY]), ("R6-R7", [TRIAL, REVIEW])]),
        ("3-1-06", [("R5", [STUDY, TRIAL]), ("R6-R7", [REVIEW])]),
        ("3-2-02", [("R5", ["外部研修の内容検討"]), ("R6-R7", ["外部研修の実施"])]),
    ],
)
def test_the_timetable_is_that_of_the_plan(
    measure: str, expected: list[tuple[str, list[str]]]
) -> None:
    assert timetable(measure) == expected


def test_timetables_that_could_not_be_read_are_marked() -> None:
    assert [m.id for m in PLAN.measures() if m.verify] == ["1-2-05", "2-1-01"]


def test_responsible_departments_of_shared_measures() -> None:
    shared = {m.id: m.departments for m in PLAN.measures() if len(m.departments) != 1}
    assert shared == {
        "2-2-02": ("finance", "accounting"),
        "2-2-03": ("tax", "social-welfare"),
        "2-2-08": (),
        "3-1-08": ("environment", "agriculture"),
    }


def test_the_city_carries_valid_numbers() -> None:
    assert numbers.accepted_municipality_code(CITY.code) == CITY.code
    assert CITY.corporate_number is not None
    assert numbers.accepted_corporate_number(CITY.corporate_number) == CITY.corporate_number
    assert CITY.phone is not None
    assert parse_phone(CITY.phone).hyphenated == CITY.phone
    (office,) = postal.areas_of(CITY.postal_code)
    assert office.office == f"{CITY.name.ja}役所"


def test_every_post_of_a_department_can_decide_check_and_assign() -> None:
    capabilities = {role.id: set(role.capabilities) for role in ORG.roles}
    for department in ORG.departments:
        held = {
            capability
            for post in ORG.posts
            if post.department == department.id
            for role in post.roles
            for capability in capabilities[role]
        }
        assert {"cases.view", "cases.check", "cases.assign", "cases.decide"} <= held, department.id


def test_what_the_city_has_not_confirmed_is_marked() -> None:
    assert all(department.verify for department in ORG.departments if department.division)
    assert all(post.verify for post in ORG.posts)
    schools = {row["id"]: row["verify"] for row in rows("facilities.csv")}
    merging = ("tsuchi-elementary", "ushibori-junior-high", "itako-first-junior-high")
    assert {schools[one] for one in merging} == {"true"}


def addresses() -> Iterator[tuple[str, str]]:
    for row in rows("postal_codes.csv"):
        if row["kind"] == "town":
            yield row["postal_code"], row["town"]


def test_postal_codes_agree_with_the_national_list() -> None:
    mine = set(addresses())
    national = {(area.postal_code, area.town) for area in postal.towns_of(CITY.code[:5])}
    assert mine == national


def test_towns_carry_a_postal_code_of_the_city() -> None:
    codes = {code for code, _town in addresses()}
    towns = rows("towns.csv")
    assert len(towns) == 51
    assert {row["postal_code"] for row in towns} <= codes


def test_desks_name_departments_and_places_that_exist() -> None:
    departments = {department.id for department in ORG.departments}
    places = {row["id"] for row in rows("facilities.csv")}
    desks = rows("desks.csv")
    assert {desk["department"] for desk in desks} == departments
    assert {desk["place"] for desk in desks} <= places
    assert {department.place for department in ORG.departments} <= places
