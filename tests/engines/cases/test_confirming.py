"""要確認の一覧: every mark of the content is collected, counted, narrowed and taken out."""

import csv
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from engines.cases.world import Desk, desk
from suigo.engines.cases.queries.confirming import doubts_by_department
from suigo.engines.cases.queries.procedures import procedures
from suigo.engines.cases.rules.confirming import Doubt, doubts_of
from suigo.engines.cases.rules.loading import load_specs
from suigo.engines.cases.spec import (
    CountedDeadline,
    LegalBasis,
    ProcedureSpec,
    ServiceSpec,
    ToConfirm,
)
from suigo.kernel.access import Actor

SignIn = Callable[[Actor], Client]
PAGE = "/staff/procedures/to-confirm/"
ITAKO = Path(__file__).parents[3] / "cities" / "itako"


@pytest.fixture
def people(db: None) -> Desk:
    return desk()


def spec_with(**changes: object) -> ProcedureSpec:
    spec = procedures()[0].spec
    service: ServiceSpec = spec.service.model_copy(update=changes)
    return spec.model_copy(update={"service": service})


def test_what_is_marked_is_collected_and_what_is_not_is_left_out() -> None:
    known = list(doubts_of(spec_with()))
    marked = spec_with(
        official_title="国の名前",
        official_title_verify=True,
        legal_basis=(
            LegalBasis(title="見本法", article="1条", verify=True),
            LegalBasis(title="確かな法", article="2条"),
        ),
        counted_deadline=CountedDeadline(days=15, article="8条", verify=True),
        to_confirm=(ToConfirm(what="締切", note="他市は10月", source="資料"),),
    )
    added = [d for d in doubts_of(marked) if d not in known]
    assert added == [
        Doubt("verify", "name", "国の名前"),
        Doubt("verify", "deadline", "15", note="8条"),
        Doubt("verify", "law", "見本法 1条"),
        Doubt("to_confirm", "open", "締切", note="他市は10月", source="資料"),
    ]


def test_no_mark_in_a_file_of_the_city_is_missed() -> None:
    """Counted a second way: the lines of the files that carry a mark."""
    mark = re.compile(r"\b(?:verify|sample|official_title_verify): true\b|^  - \{what: ", re.M)
    for spec in load_specs(ITAKO, known=None):
        folder = ITAKO / "services" / spec.id
        texts = [f.read_text("utf-8") for f in folder.rglob("*.yaml")]
        own = {f.stem for f in (folder / "letters").glob("*.yaml")}
        shared = [letter for letter in spec.letters if letter.id not in own and letter.sample]
        bare = [re.sub(r"^ *#.*$", "", text, flags=re.M) for text in texts]
        written = sum(len(mark.findall(text)) for text in bare)
        assert len(list(doubts_of(spec))) == written + len(shared), spec.id


def test_the_list_is_for_reviewers(people: Desk, browser: SignIn) -> None:
    assert Client().get(PAGE).status_code == 302
    assert browser(people.resident).get(PAGE).status_code == 302
    assert browser(people.clerk).get(PAGE).status_code == 403
    assert browser(people.head).get(PAGE).status_code == 200


def test_everything_is_listed_by_department_and_can_be_narrowed(
    people: Desk, browser: SignIn
) -> None:
    client = browser(people.head)
    every = doubts_by_department(language="ja")
    assert len(every) > 1
    client.get(PAGE)  # the first page of a session notes that it is used
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = unescape(client.get(PAGE).content.decode())
    assert len(asked) == 4
    for department in every:
        assert f"{department.name}（{department.count}件）" in page
        for procedure in department.procedures:
            assert page.count(f'id="{procedure.id}"') == 1
    assert page.count("<tr>") - page.count("<thead><tr>") == sum(d.count for d in every)

    first, others = every[0], every[1:]
    narrowed = unescape(client.get(PAGE, {"department": first.id}).content.decode())
    assert f'id="of-{first.id}"' in narrowed
    assert [d.id for d in others if f'id="of-{d.id}"' in narrowed] == []
    assert "確かめることはありません" in client.get(PAGE, {"department": "moon"}).content.decode()


@pytest.mark.parametrize(("encoding", "codec"), [("utf-8", "utf-8-sig"), ("cp932", "cp932")])
def test_the_list_can_be_taken_out(
    people: Desk, browser: SignIn, encoding: str, codec: str
) -> None:
    response = browser(people.head).get("/staff/procedures/to-confirm.csv", {"encoding": encoding})
    body = b"".join(response.streaming_content).decode(codec)  # type: ignore[attr-defined]
    header, *rows = csv.reader(body.splitlines())
    assert header[:4] == ["課", "記号", "手続", "印"]
    assert len(rows) == sum(d.count for d in doubts_by_department(language="ja"))
    assert {row[3] for row in rows} <= {"要確認", "サンプル", "市に聞くこと"}
