"""Signing in takes along what this browser began, uploaded and sent."""

import io
from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
import time_machine
from django.test import Client

from engines.cases import world
from engines.cases.test_web_apply import consent_page, fill, picture, posted, start
from suigo.engines.cases import actions
from suigo.engines.cases.models import Case, CaseLetter, Draft
from suigo.engines.documents.actions import store_file, store_letter
from suigo.engines.documents.models import StoredFile
from suigo.engines.documents.spec import FileBrief
from suigo.engines.identity.models import Account
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel.access import ANONYMOUS, SYSTEM, Actor
from suigo.kernel.audit.queries import history_of, verify_chain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_ten() -> Iterator[None]:
    with time_machine.travel(world.NOW, tick=False):
        yield


def sign_in(client: Client, actor: Actor) -> None:
    """What a sign-in does to the session of a browser that was here before."""
    store = SessionStore(client.cookies["session"].value)
    account = Account.objects.get(pk=actor.account_id)
    store.begin(account, assurance=actor.assurance, device="Firefox", keep_data=True, now=world.NOW)
    store.save()
    client.cookies["session"] = store.session_key or ""


def test_the_files_of_a_draft_come_along() -> None:
    client, who = Client(headers={"accept-language": "ja"}), world.resident()
    address = consent_page(client)
    client.post(address, posted("consent") | {"proof": "", "proof.upload": picture()})
    (file_id,) = Draft.objects.get().answers["proof"]
    sign_in(client, who)
    assert client.get(address).status_code == 200
    assert client.get(f"/my/files/{file_id}/").status_code == 200
    assert StoredFile.objects.get().owner_account_id == who.account_id
    again = client.post(address, posted("consent") | {"proof": ["", file_id]})
    assert again.status_code == 302
    assert Draft.objects.get().answers["proof"] == [file_id]


def test_what_was_sent_already_comes_along() -> None:
    client, who = Client(headers={"accept-language": "ja"}), world.resident()
    client.post(fill(client, start(client)))
    case = Case.objects.get()
    letter = store_letter(
        SYSTEM,
        name="通知書.pdf",
        content=b"%PDF-1.7 letter",
        owner_account_id=None,
        retention_date=date(2032, 3, 31),
        held=True,
        now=world.NOW,
    )
    CaseLetter.objects.create(
        case=case,
        kind="notice",
        letter_id="notice",
        title="通知書",
        content={},
        file_id=letter.public_id,
        created_at=world.NOW,
        issued_at=world.NOW,
    )
    page = f"/my/applications/{case.public_id}/"
    sign_in(client, who)
    assert case.number in client.get("/my/").content.decode()
    assert client.get(page).status_code == 200
    assert client.get(f"/my/files/{letter.public_id}/").status_code == 200
    taken = Case.objects.get()
    assert (taken.applicant_id, taken.owner_token) == (who.account_id, "")
    assert taken.version == case.version + 1
    newest = history_of(subject_kind="case", subject_id=str(case.public_id))[0]
    assert (
        newest.sentence == f"水野 葉子がログインし、{case.number}を自分の申請として引き継ぎました"
    )
    assert verify_chain().broken is None


def test_sending_right_after_signing_in_sends_as_the_resident() -> None:
    client, who = Client(headers={"accept-language": "ja"}), world.resident()
    check = fill(client, start(client))
    sign_in(client, who)
    assert client.post(check).status_code == 200
    case = Case.objects.get()
    assert (case.applicant_id, case.owner_token) == (who.account_id, "")


def test_what_another_browser_sent_stays_there() -> None:
    case = world.received()
    who = world.resident()
    assert actions.adopt_drafts(actor=who, owner_token="another browser", now=world.NOW) == 0
    case.refresh_from_db()
    assert case.applicant_id is None


def upload(actor: Actor) -> FileBrief:
    return store_file(
        actor,
        name="hyou.png",
        content_type_claimed="image/png",
        stream=io.BytesIO(picture().getvalue()),
        accept=("image",),
        owner_token="" if actor.account_id else world.TOKEN,
        now=world.NOW,
    )


def test_only_files_of_the_form_live_on_with_a_draft() -> None:
    """An id typed as text, such as the one of a letter, changes nothing about that file."""
    attached, typed = upload(ANONYMOUS), upload(ANONYMOUS)
    draft = world.draft_of(ANONYMOUS, world.answers(proof=[str(attached.public_id)]))
    later = world.NOW.replace(day=30)
    actions.save_page(
        draft,
        page="applicant",
        posted={"commutes": ["yes"], "workplace": [str(typed.public_id)]},
        actor=ANONYMOUS,
        owner_token=world.TOKEN,
        now=later,
    )
    assert Draft.objects.get().answers["workplace"] == str(typed.public_id)

    def kept(file_id: UUID) -> date:
        return StoredFile.objects.get(public_id=file_id).retention_date

    assert kept(attached.public_id) == date(2026, 12, 30)
    assert kept(typed.public_id) == date(2026, 12, 24)
