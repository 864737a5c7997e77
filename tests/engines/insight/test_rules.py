from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from suigo.engines.insight import rules
from suigo.engines.insight.providers import ServiceRef
from suigo.engines.insight.rules import State
from suigo.engines.insight.spec import Cell, PlanSpec
from suigo.kernel.content import load

PLAN = load(Path(__file__).parents[3] / "cities" / "example" / "plan.yaml", PlanSpec)
IDS = [measure.id for measure in PLAN.measures()]
YEARS = [year.id for year in PLAN.years]

refs = st.builds(ServiceRef, id=st.text(max_size=5), title=st.text(max_size=5), works=st.booleans())
declared = st.dictionaries(st.sampled_from([*IDS, "9-9-99"]), st.lists(refs, max_size=4))


@given(st.lists(refs))
def test_only_a_declaration_makes_a_measure_work(services: list[ServiceRef]) -> None:
    state = rules.state_of(services)
    assert (state is State.WORKING) == any(service.works for service in services)
    assert (state is State.PLANNED) == (services == [])


@given(st.lists(refs), refs)
def test_one_more_service_never_takes_a_measure_back(
    services: list[ServiceRef], added: ServiceRef
) -> None:
    order = [State.PLANNED, State.PARTIAL, State.WORKING]
    before, after = rules.state_of(services), rules.state_of([*services, added])
    assert order.index(after) >= order.index(before)


@given(declared)
def test_every_measure_is_listed_once_in_the_order_of_the_plan(
    services: dict[str, list[ServiceRef]],
) -> None:
    found = rules.entries(PLAN, services)
    assert [entry.measure.id for entry in found] == IDS
    assert [list(entry.services) for entry in found] == [services.get(one, []) for one in IDS]
    assert rules.counts(found).total == len(IDS)


@given(declared)
def test_states_share_the_measures_out(services: dict[str, list[ServiceRef]]) -> None:
    found = rules.entries(PLAN, services)
    shares = [rules.selected(found, state=state) for state in State]
    assert sorted(e.measure.id for share in shares for e in share) == IDS
    counted = rules.counts(found)
    assert {state: len(share) for state, share in zip(State, shares, strict=True)} == {
        State.WORKING: counted.working,
        State.PARTIAL: counted.partial,
        State.PLANNED: counted.planned,
    }


def chosen(**criteria: str) -> list[str]:
    found = rules.entries(PLAN, {})
    return [
        entry.measure.id
        for entry in rules.selected(
            found, policy=criteria.get("policy"), department=criteria.get("department")
        )
    ]


def test_filters_meet_all_criteria() -> None:
    assert chosen() == IDS
    assert chosen(policy="1") == ["1-1-01", "1-1-02"]
    assert chosen(department="welfare") == IDS
    assert chosen(department="general-affairs") == ["1-1-02", "2-1-01"]
    assert chosen(policy="2", department="welfare") == ["2-1-01"]
    assert chosen(policy="3") == []


def row(*cells: tuple[list[str], list[str]]) -> list[tuple[list[str], list[str]]]:
    measure = next(PLAN.measures()).model_copy(
        update={"timetable": tuple(Cell(years=tuple(y), phases=tuple(p)) for y, p in cells)}
    )
    return [
        ([year.id for year in slot.years], [phase.id for phase in slot.phases])
        for slot in rules.timetable(PLAN, measure)
    ]


def test_a_row_keeps_spanning_cells_and_shows_empty_years() -> None:
    assert row((["R8"], ["study"]), (["R9", "R10"], ["trial", "review"])) == [
        (["R8"], ["study"]),
        (["R9", "R10"], ["trial", "review"]),
    ]
    assert row((["R9"], ["trial"])) == [(["R8"], []), (["R9"], ["trial"]), (["R10"], [])]


@given(st.lists(st.integers(min_value=1, max_value=3), max_size=3), st.lists(st.booleans()))
def test_a_row_covers_every_year_exactly_once(spans: list[int], filled: list[bool]) -> None:
    cells: list[tuple[list[str], list[str]]] = []
    at = 0
    for span, is_filled in zip(spans, filled, strict=False):
        years = YEARS[at : at + span]
        at += span
        if years and is_filled:
            cells.append((years, ["study"]))
    slots = row(*cells)
    assert [year for years, _phases in slots for year in years] == YEARS
    assert [slot for slot in slots if slot[1]] == cells


def test_faults_name_what_points_nowhere() -> None:
    assert rules.faults(PLAN, departments={"welfare", "general-affairs"}, services={}) == []
    assert rules.faults(PLAN, departments={"welfare"}, services={"9-9-99": ()}) == [
        "plan.yaml: 1-1-02: no department 'general-affairs' in org.yaml",
        "a service names the measure '9-9-99', which plan.yaml does not have",
    ]
