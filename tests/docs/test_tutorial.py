"""The tutorial's procedure is really used: found, applied for, checked, approved, answered.

That its files are right, and its promised values, is tested in ``tests/content/test_tutorial.py``.
"""

import json
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from engines.cases.world import NOW, resident, staff
from suigo.engines.cases import actions
from suigo.engines.cases.queries.detail import case_detail
from suigo.engines.cases.queries.residents import my_case
from suigo.engines.identity.queries import organisation
from suigo.kernel.access import Actor
from suigo.kernel.audit.queries import history_of, verify_chain

ROOT = Path(__file__).parents[2]
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
FILES = re.findall(r"^```yaml file=(\S+)\n(.*?)^```$", TUTORIAL, re.MULTILINE | re.DOTALL)
DOG = "a02-dog-registration"
ISSUED = date(2026, 11, 24)


@pytest.fixture
def city(tmp_path: Path, settings: Settings) -> Path:
    """The example city with the tutorial's files, as the city of this deployment."""
    folder = tmp_path / "example"
    shutil.copytree(ROOT / "cities" / "example", folder)
    for name, text in FILES:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    settings.SUIGO_CITY = folder
    return folder


def answers() -> dict[str, object]:
    block = re.search(r"^```json answers\n(.*?)^```$", TUTORIAL, re.MULTILINE | re.DOTALL)
    assert block
    given: dict[str, object] = json.loads(block[1])
    return given


def holder_of(capability: str) -> Actor:
    org = organisation()
    post = next(
        post.id
        for post in org.posts_of("general-affairs")
        if capability in org.capabilities_of(post.id)
    )
    return staff(post, f"総務 {capability}")


@pytest.mark.django_db
def test_a_resident_finds_it_and_gets_its_paper(city: Path) -> None:
    with time_machine.travel(NOW, tick=False):
        browser = Client()
        assert "犬を飼い始めたとき" in browser.get("/procedures/").content.decode()
        page = browser.get(f"/procedures/{DOG}/").content.decode()
        assert "犬の登録" in page
        assert "サンプル" in page
        paper = browser.get(f"/procedures/{DOG}/paper.pdf")
        assert b"".join(paper).startswith(b"%PDF")


@pytest.mark.django_db
def test_it_goes_from_application_to_letter(city: Path) -> None:
    applicant, clerk, head = resident(), holder_of("cases.check"), holder_of("cases.decide")
    draft = actions.start_draft(DOG, actor=applicant, now=NOW, answers=answers())
    receipt = actions.submit_application(draft, actor=applicant, now=NOW, language="ja")
    assert (receipt.number, receipt.created) == ("R8-A02-0001", True)
    assert receipt.due_date == date(2026, 12, 1)

    for item in ("resident", "not_registered", "fee"):
        actions.mark_checklist(receipt.case_id, item, ticked=True, actor=clerk, now=NOW)
    version = 1
    for action, actor in (("start_check", clerk), ("approve", head)):
        given = actions.Given(decision={"note": "よい散歩を"} if action == "approve" else {})
        moved = actions.take_action(
            receipt.case_id, action, actor=actor, version=version, now=NOW, given=given
        )
        version = moved.version
    assert (moved.state, moved.phase) == ("approved", "done")

    (letter,) = case_detail(head, receipt.case_id, today=ISSUED).letters
    actions.issue_letter(letter.public_id, now=NOW)
    mine = my_case(applicant, receipt.case_id, language="ja", today=ISSUED)
    assert [kept.title for kept in mine.letters] == ["犬の登録のお知らせ（サンプル）"]
    lines = history_of(subject_kind="case", subject_id=str(receipt.case_id))
    assert lines[-1].sentence.startswith("R8-A02-0001 犬を飼い始めたとき")
    assert verify_chain().broken is None
