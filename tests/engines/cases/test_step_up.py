"""A procedure, or its result, that needs more than a code by mail: asked for, and back again."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from pydantic import ValidationError

from engines.cases import world
from suigo.engines.cases.models import Case, CaseLetter
from suigo.engines.cases.queries import procedures
from suigo.engines.cases.spec.procedure import ServiceSpec
from suigo.engines.identity.models import Account
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel.access import Actor, Assurance

pytestmark = pytest.mark.django_db
CHECK = "/sign-in/?next=%2Fapply%2F{draft}%2Fcheck%2F&level=identity"


@pytest.fixture(autouse=True)
def _at_ten() -> Iterator[None]:
    with time_machine.travel(world.NOW, tick=False):
        yield


@pytest.fixture
def change_the_city(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the library card ask for something else."""

    def change(**update: object) -> None:
        spec = procedures.procedure(world.CARD).spec
        service = spec.service.model_copy(update=update)
        changed = procedures.as_procedure(spec.model_copy(update={"service": service}))
        catalogue = procedures.Catalogue({world.CARD: changed}, {changed.hash: changed})
        monkeypatch.setattr(procedures._catalogue, "get", lambda: catalogue)

    return change


def sign_in(client: Client, actor: Actor, assurance: Assurance) -> Client:
    """The actor in this browser, as sure as that; what the session held stays."""
    cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
    store = SessionStore(cookie.value if cookie else None)
    account = Account.objects.get(pk=actor.account_id)
    store.begin(account, assurance=assurance, device="", keep_data=True, now=world.NOW)
    store.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = store.session_key or ""
    return client


@pytest.mark.parametrize(("needed", "asked"), [("identity", "identity"), ("signature", "identity")])
def test_beginning_asks_for_just_what_it_needs(
    needed: str, asked: str, change_the_city: Callable[..., None]
) -> None:
    change_the_city(assurance=needed)
    actor = world.resident()
    client = sign_in(Client(), actor, Assurance.CONTACT)
    page = client.get(f"/procedures/{world.CARD}/").content.decode()
    assert "マイナンバーカードなどでの本人確認" in page
    start = f"/procedures/{world.CARD}/start/"
    refused = client.post(start)
    assert refused["Location"] == f"/sign-in/?next=%2Fprocedures%2F{world.CARD}%2F&level={asked}"
    # who is signed in already is not sent round in a circle, but asked
    shown = client.get(refused["Location"])
    assert (shown.status_code, "本人確認をしてください" in shown.content.decode()) == (200, True)
    sign_in(client, actor, Assurance.IDENTITY)
    assert client.post(start)["Location"].startswith("/apply/")
    assert client.get(refused["Location"])["Location"] == f"/procedures/{world.CARD}/"


def test_sending_leads_to_the_proof_and_back_to_the_same_page(
    change_the_city: Callable[..., None],
) -> None:
    change_the_city(assurance="identity")
    actor = world.resident()
    client = sign_in(Client(), actor, Assurance.IDENTITY)
    draft = world.draft_of(Actor(**{**_plain(actor), "assurance": Assurance.IDENTITY}))
    sign_in(client, actor, Assurance.CONTACT)  # an hour later, or another day
    refused = client.post(f"/apply/{draft}/check/")
    assert (refused.status_code, refused["Location"]) == (302, CHECK.format(draft=draft))
    assert not Case.objects.exists()
    sign_in(client, actor, Assurance.IDENTITY)
    assert client.get(f"/apply/{draft}/check/").status_code == 200
    assert client.post(f"/apply/{draft}/check/").status_code == 200
    assert Case.objects.get().applicant_id == actor.account_id


def _plain(actor: Actor) -> dict[str, Any]:
    return {name: getattr(actor, name) for name in Actor.__dataclass_fields__}


def test_a_result_that_needs_a_proof_is_opened_only_with_it(
    change_the_city: Callable[..., None],
) -> None:
    change_the_city(view_assurance="identity")
    people = world.desk()
    case = world.received(people.resident)
    world.act(case, "start_check", people.clerk)
    world.tick_all(case, people.clerk)
    world.act(case, "approve", people.head)
    client = sign_in(Client(), people.resident, Assurance.CONTACT)
    for path in ("", "receipt.pdf", "done/"):
        place = f"/my/applications/{case.public_id}/{path}"
        refused = client.get(place)
        assert refused.status_code == 302, path
        assert refused["Location"].endswith("&level=identity")
    sign_in(client, people.resident, Assurance.IDENTITY)
    assert client.get(f"/my/applications/{case.public_id}/").status_code == 200


def test_a_letter_by_its_own_address_needs_the_proof_too(
    change_the_city: Callable[..., None],
) -> None:
    change_the_city(view_assurance="identity")
    people = world.desk()
    case = world.received(people.resident)
    world.act(case, "start_check", people.clerk)
    world.tick_all(case, people.clerk)
    world.act(case, "approve", people.head)
    file_id = UUID(int=7)
    CaseLetter.objects.filter(case=case).update(file_id=file_id, issued_at=world.NOW)
    client = sign_in(Client(), people.resident, Assurance.CONTACT)
    refused = client.get(f"/my/files/{file_id}/")
    assert refused["Location"] == f"/sign-in/?next=%2Fmy%2Ffiles%2F{file_id}%2F&level=identity"
    other = sign_in(Client(), world.resident("別 人", "b@example.jp"), Assurance.CONTACT)
    assert other.get(f"/my/files/{file_id}/").status_code == 404  # says nothing to others


def test_a_signature_is_no_way_to_sign_in() -> None:
    service = procedures.procedure(world.CARD).spec.service.model_dump()
    with pytest.raises(ValidationError, match="needs signature: required"):
        ServiceSpec.model_validate({**service, "assurance": "signature"})


def test_others_learn_nothing_from_the_question(change_the_city: Callable[..., None]) -> None:
    change_the_city(view_assurance="identity")
    case = world.received(world.resident())
    other = sign_in(Client(), world.resident("別 人", "b@example.jp"), Assurance.CONTACT)
    assert other.get(f"/my/applications/{case.public_id}/").status_code == 404
    assert Client().get(f"/my/applications/{case.public_id}/").status_code == 404


def test_the_office_is_not_asked(change_the_city: Callable[..., None]) -> None:
    change_the_city(assurance="identity", view_assurance="identity")
    people = world.desk()
    case = world.received(Actor(**{**_plain(people.resident), "assurance": Assurance.IDENTITY}))
    client = sign_in(Client(), people.clerk, Assurance.NONE)
    assert client.get(f"/staff/cases/{case.public_id}/").status_code == 200
