"""Who may see what: the list and the single case must agree, whoever asks."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.cases.world import NOW, received, resident
from suigo.engines.cases import policy
from suigo.engines.cases.models import Case
from suigo.kernel.access import ANONYMOUS, SYSTEM, Actor
from suigo.kernel.content.models import FrozenDefinition

DEPARTMENTS = ("library", "welfare", "general-affairs")


@pytest.fixture
def cases(db: None) -> list[Case]:
    """A case in every department, from two residents and from nobody's account."""
    one, other = resident(), resident("他人", "other@example.jp")
    made = []
    for applicant in (one, other, ANONYMOUS):
        for department in DEPARTMENTS:
            case = received(applicant)
            case.department = department
            case.save(update_fields=["department"])
            made.append(case)
    assert FrozenDefinition.objects.count() == 1
    return made


def actors(accounts: list[int]) -> st.SearchStrategy[Actor]:
    return st.builds(
        Actor,
        kind=st.sampled_from(["anonymous", "resident", "staff", "system"]),
        account_id=st.sampled_from([None, *accounts, 10**9]),
        departments=st.frozensets(st.sampled_from([*DEPARTMENTS, "elsewhere"])),
        capabilities=st.frozensets(
            st.sampled_from(["cases.view", "cases.view_all", "cases.check", "mynumber.view"])
        ),
    )


@pytest.mark.django_db
def test_the_list_and_the_single_case_agree(cases: list[Case]) -> None:
    accounts = sorted({c.applicant_id for c in cases if c.applicant_id is not None})

    @given(actors(accounts))
    def agrees(actor: Actor) -> None:
        listed = set(policy.visible_cases(actor).values_list("pk", flat=True))
        assert listed == {c.pk for c in cases if policy.can_view_case(actor, c)}

    agrees()


@pytest.mark.django_db
def test_what_each_kind_of_person_sees(cases: list[Case]) -> None:
    first = cases[0].applicant_id

    def count(actor: Actor) -> int:
        return policy.visible_cases(actor).count()

    def staff(*capabilities: str, department: str = "library") -> Actor:
        return Actor(
            kind="staff",
            account_id=1,
            departments=frozenset({department}),
            capabilities=frozenset(capabilities),
        )

    assert count(SYSTEM) == 9
    assert count(ANONYMOUS) == 0
    assert count(Actor(kind="resident", account_id=first)) == 3
    assert count(staff("cases.view")) == 3
    assert count(staff("cases.view_all")) == 9
    assert count(staff("cases.check")) == 0
    assert count(staff("cases.view", department="elsewhere")) == 0


@pytest.mark.django_db
def test_only_the_browser_it_came_from_is_the_applicant_of_an_anonymous_case() -> None:
    case = received(ANONYMOUS)
    clerk = Actor(kind="staff", account_id=1, departments=frozenset({"library"}))
    owner = resident()
    for actor, token in product((ANONYMOUS, owner, clerk), ("", "wrong")):
        assert not policy.is_applicant(actor, case, owner_token=token)
    assert policy.is_applicant(ANONYMOUS, case, owner_token="a secret that only this browser has")
    assert case.received_at == NOW
