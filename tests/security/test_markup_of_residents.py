"""Stored and reflected scripts: markup in every control of every procedure's form.

Each page of the form is first sent with markup in every control at once, whatever the control is
for; what can't be read comes back to be mended. Then the case is sent with markup in every answer
that takes free words, decided with markup in everything a clerk may write, and every page, paper
and list that shows it is read as a browser reads it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from content.every_procedure import (
    PROCEDURES,
    TODAY,
    answers_to,
    one_way_over_everything,
    posted,
)
from content.test_every_procedure_lived import CATALOGUE, chosen, material, take
from engines.cases.conftest import browser  # noqa: F401 - a fixture
from engines.cases.world import NOW, resident
from security.markup import ELEMENT, PAYLOAD, Found
from suigo.engines.cases import actions
from suigo.engines.cases.models import Case, CaseLetter
from suigo.engines.cases.queries import procedures as registry
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.forms.rules import evaluate
from suigo.engines.forms.spec import AddressField, MultilineField, NameField, TextField
from suigo.engines.identity import organisation
from suigo.engines.identity.models import Account, PostHolding
from suigo.engines.identity.spec import Department, OrgSpec, Post, Role
from suigo.kernel.access import Actor, Assurance, capabilities

pytestmark = pytest.mark.django_db
every_procedure = pytest.mark.parametrize("name", sorted(PROCEDURES))
DEPARTMENTS = sorted({p.spec.service.department for p in PROCEDURES.values()})


def _everything() -> organisation.Organisation:
    """One department for each that a procedure names, and one post that may do all in all."""
    named = {"ja": "見本課"}
    return organisation.Organisation(
        OrgSpec(
            departments=tuple(
                Department.model_validate({"id": d, "name": named}) for d in DEPARTMENTS
            ),
            roles=(
                Role.model_validate(
                    {"id": "all", "name": named, "capabilities": sorted(capabilities.known())}
                ),
            ),
            posts=tuple(
                Post.model_validate(
                    {"id": f"{d}-all", "department": d, "title": named, "rank": 1, "roles": ["all"]}
                )
                for d in DEPARTMENTS
            ),
        )
    )


@pytest.fixture(autouse=True)
def _both_cities(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry._catalogue, "get", lambda: CATALOGUE)
    org = _everything()
    monkeypatch.setattr(organisation._organisation, "get", lambda: org)


def clerk_of(department: str) -> Actor:
    account = Account.objects.create(
        kind="staff", email="clerk@example.jp", name="審査 花子", created_at=NOW
    )
    PostHolding.objects.create(
        account=account, post=f"{department}-all", valid_from_date=TODAY - timedelta(days=30)
    )
    return Actor(
        kind="staff",
        account_id=account.pk,
        name=account.name,
        assurance=Assurance.IDENTITY,
        departments=frozenset({department}),
        capabilities=frozenset(capabilities.known()),
        posts=(f"{department}-all",),
    )


def read(response: Any, what: str) -> Found:
    """The page, which holds no element and no address that somebody typed."""
    assert response.status_code in {200, 400, 409, 422}, (what, response.status_code)
    found = Found(response.content.decode())
    assert found.faults == [], what
    return found


def free_words(procedure: Procedure, path: str) -> bool:
    """Does this control take any words one likes?"""
    whole, _dot, part = path.rpartition(".")
    node = procedure.form.node_at(path)
    if node is not None:
        spec = node.field
        if isinstance(spec, TextField):
            free = spec.pattern is None and spec.input_mode == "text"
            return free and spec.max_length >= len(PAYLOAD)
        return isinstance(spec, MultilineField) and spec.max_length >= len(PAYLOAD)
    around = procedure.form.node_at(whole)
    if around is None:
        return False
    if isinstance(around.field, NameField):
        return part in {"family", "given"}
    return isinstance(around.field, AddressField) and part in {"town", "block", "building"}


def fill(
    client: Client, procedure: Procedure, address: str, sent: Mapping[str, list[str]]
) -> list[str]:
    """Send a page with markup in every control, then in those that take free words. Returns the
    latter."""
    hostile = {path: [PAYLOAD for _text in texts] for path, texts in sent.items()}
    refused = client.post(address, hostile)
    if refused.status_code != 302:
        read(refused, address)
    free = [path for path in sent if free_words(procedure, path)]
    trying = {**sent, **{path: [PAYLOAD] for path in free}}
    answer = client.post(address, trying)
    if answer.status_code == 200:  # warnings are read and confirmed
        read(answer, address)
        answer = client.post(address, {**trying, "_confirmed": answer.context["confirmed"]})
    told = answer.content.decode() if answer.status_code != 302 else ""
    assert answer.status_code == 302, (address, re.findall(r'href="#f-[^<]*<', told))
    if free:
        assert read(client.get(address), address).shows_it
    return free


@every_procedure
def test_markup_in_a_form_stays_words_everywhere(
    name: str,
    browser: Callable[[Actor], Client],  # noqa: F811
) -> None:
    procedure = chosen(name)
    applicant = replace(resident(), assurance=Assurance.SIGNATURE)
    mine = browser(applicant)
    answers = answers_to(procedure.form, "most", material(applicant))
    started = mine.post(f"/procedures/{procedure.id}/start/", follow=True)
    draft = started.redirect_chain[-1][0].split("/page/")[0]
    values = posted(procedure.form, answers)
    taken: list[str] = []
    for page in evaluate(procedure.form, answers, today=TODAY).pages:
        own = {n.path.split(".")[0] for top in procedure.form.page(page).nodes for n in top.walk()}
        sent = {path: texts for path, texts in values.items() if path.split(".")[0] in own}
        taken += fill(mine, procedure, f"{draft}/page/{page}/", sent)
    assert taken
    assert read(mine.get(f"{draft}/check/"), "check").shows_it
    assert mine.post(f"{draft}/check/").status_code == 200
    case = Case.objects.get()
    assert ELEMENT in str(case.answers)

    clerk = clerk_of(case.department)
    if procedure.spec.service.sensitive:
        actions.give_reason(case.public_id, reason="other", note=PAYLOAD, actor=clerk, now=NOW)
    office = browser(clerk)
    pages_of(case, mine, office)
    for number, step in enumerate(one_way_over_everything(procedure.spec.workflow)):
        take(case, procedure, step, applicant, days=number)
        case.refresh_from_db()
        if number < 3:
            pages_of(case, mine, office)
    pages_of(case, mine, office)


def pages_of(case: Case, mine: Client, office: Client) -> None:
    """Read every page that shows the case."""
    kept = {"case_id": case.public_id}
    assert read(office.get(reverse("case", kwargs=kept)), "case").shows_it
    read(mine.get(reverse("my-application", kwargs=kept)), "my-application")
    read(mine.get(reverse("application-done", kwargs=kept)), "application-done")
    for name in ("my-page", "account", "my-facts", "my-looks"):
        read(mine.get(reverse(name)), name)
    for name in ("inbox", "ledger", "notices", "figures", "people"):
        read(office.get(reverse(name), {"q": PAYLOAD}), name)
    for action in procedure_actions(case):
        answer = office.get(reverse("case-action", kwargs={**kept, "action_id": action}))
        if answer.status_code != 404:
            read(answer, action)
    for letter in CaseLetter.objects.filter(case=case):
        answer = office.get(reverse("case-letter", kwargs={**kept, "letter_id": letter.public_id}))
        assert answer["Content-Type"] == "application/pdf"


def procedure_actions(case: Case) -> list[str]:
    found = CATALOGUE.by_id[case.procedure_id].spec.workflow.actions
    return [a.id for a in found if case.state in a.from_ and a.who != "applicant"]


def test_the_reading_finds_what_was_not_escaped() -> None:
    """The measure itself: each of these must be found."""
    assert Found(f"<p>{PAYLOAD}</p>").faults
    assert Found(f'<input value="{PAYLOAD}">').faults
    assert Found(f"<input value='{PAYLOAD}'>").faults
    assert Found('<a href=" javascript:alert(1)">x</a>').faults
    assert Found("<p onclick=x>").faults
    assert Found("<script>1</script>").faults
    assert not Found("<p>&lt;x-q&gt;</p>").faults
    assert Found("<p>&lt;x-q&gt;</p>").shows_it
