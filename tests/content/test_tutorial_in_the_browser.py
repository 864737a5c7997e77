"""What docs/tutorial.md says about the screens, without a browser, and what follows from it.

`tests/journeys/test_tutorial_on_screen.py` does the same in a real browser."""

import io
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from content.clerk import Clerk
from content.test_tutorial import BLOCKS, PROCEDURE, ROOT, TUTORIAL
from engines.cases import world
from engines.cases.conftest import browser
from journeys.keystrokes import estimate
from suigo.engines.cases.actions import start_draft, submit_application
from suigo.engines.cases.models import Case
from suigo.engines.cases.queries.procedures import procedure
from suigo.kernel.access import Actor
from suigo.project.city_check import check_city
from suigo.services.builder.models import Design
from suigo.services.builder.published import PUBLISHED

__all__ = ["browser"]

pytestmark = pytest.mark.django_db
STEPS = {
    block.argument: block.text.strip().splitlines() for block in BLOCKS if block.purpose == "walk"
}
ANSWERS: dict[str, Any] = {
    "applicant": {
        "name": world.ANSWERS["applicant"],
        "address": world.ANSWERS["address"],
        "phone": "090-0000-0000",
    },
    "dog_name": "ポチ",
    "sex": "male",
    "acquired": "2026-11-01",
    "has_chip": True,
    "chip": "392140000000000",
}


@pytest.fixture(autouse=True)
def _nothing_published() -> Iterator[None]:
    PUBLISHED.forget()
    yield
    PUBLISHED.forget()


@pytest.fixture
def published(
    browser: Callable[[Actor], Client], django_capture_on_commit_callbacks: Callable[..., Any]
) -> Client:
    """Both people have done what the tutorial says. Gives the maker's browser."""
    maker = browser(world.staff("general-affairs-officer", "主事 春子"))
    approver = browser(world.staff("general-affairs-head", "課長 四郎"))
    with django_capture_on_commit_callbacks(execute=True):
        for steps, who in ((STEPS["maker"], maker), (STEPS["approver"], approver)):
            clerk = Clerk(who)
            clerk.go("/staff/builder/")
            for step in steps:
                clerk.does(step)
    return maker


def test_the_exported_folder_passes_the_city_check(published: Client, tmp_path: Path) -> None:
    city = tmp_path / "example"
    shutil.copytree(ROOT / "cities" / "example", city)
    response = published.get(f"/staff/builder/p/{PROCEDURE}/package.zip")
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        archive.extractall(city / "services")
    report = check_city(city)
    assert [str(error) for error in report.errors] == []
    assert PROCEDURE in report.procedures


def test_an_application_goes_through(published: Client) -> None:
    resident = world.resident()
    draft = start_draft(PROCEDURE, actor=resident, now=world.NOW, owner_token="", answers=ANSWERS)
    receipt = submit_application(draft, actor=resident, now=world.NOW, language="ja")
    case = Case.objects.get(public_id=receipt.case_id)
    assert receipt.number == "R8-A02-0001"
    assert case.answers["deadline"] == "2026-12-01"
    service = procedure(PROCEDURE).spec.service
    assert (service.fee.amount, service.legal_basis[0].title) == (3000, "狂犬病予防法")


def test_the_package_comes_back_as_it_went(published: Client) -> None:
    sent = published.get(f"/staff/builder/p/{PROCEDURE}/package.zip").content
    archive = io.BytesIO(sent)
    archive.name = "package.zip"
    published.post("/staff/builder/new/", {"way": "zip", "package": archive})
    again = Design.objects.get(procedure_id=PROCEDURE, state="editing")
    back = published.get(f"/staff/builder/d/{again.public_id}/package.zip").content
    assert back == sent


def test_the_text_says_what_it_takes() -> None:
    """An estimate, and said to be one; following it stays clearly below twenty minutes."""
    chapter = TUTORIAL.partition("\n## 2. ")[0]
    found = estimate([step for steps in STEPS.values() for step in steps], chapter)
    assert found.sentence in chapter.replace("\n", "")
    assert found.minutes <= 15
