"""What docs/tutorial.md says is done here, file by file."""

import json
import re
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from suigo.engines.cases.rules.checks import Known
from suigo.engines.cases.rules.letters import compile_inputs, fill
from suigo.engines.cases.rules.loading import load_specs
from suigo.engines.cases.spec import ProcedureSpec
from suigo.engines.forms.rules import check, compile_form, evaluate, final_answers
from suigo.engines.identity.spec import OrgSpec
from suigo.kernel.content import ContentErrors, load
from suigo.kernel.japanese.plain import date_in_words

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 24)
FENCE = re.compile(r"^```(\w+) (\w+)(?:=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROCEDURE = "a02-dog-registration"


@dataclass(frozen=True)
class Block:
    """A fenced block that says what it is for: ``file``, ``error`` or ``answers``."""

    purpose: str
    argument: str
    text: str


TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
BLOCKS = [Block(purpose, argument, text) for _, purpose, argument, text in FENCE.findall(TUTORIAL)]


def the_block(purpose: str) -> Block:
    (found,) = [block for block in BLOCKS if block.purpose == purpose]
    return found


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """The example city, with the files that the reader has written."""
    folder = tmp_path / "example"
    shutil.copytree(ROOT / "cities" / "example", folder)
    for block in BLOCKS:
        if block.purpose == "file":
            file = folder / block.argument
            file.parent.mkdir(parents=True, exist_ok=True)
            assert not file.exists(), "the tutorial only adds files"
            file.write_text(block.text, encoding="utf-8")
    return folder


def known(city: Path) -> Known:
    departments = frozenset(d.id for d in load(city / "org.yaml", OrgSpec).departments)
    capabilities = frozenset({"cases.check", "cases.decide", "cases.reopen"})
    return Known(departments=departments, capabilities=capabilities)


def dog_registration(city: Path) -> ProcedureSpec:
    specs = {spec.id: spec for spec in load_specs(city, known=known(city))}
    return specs[PROCEDURE]


def test_the_example_city_gains_one_procedure(city: Path) -> None:
    before = {p.name for p in (ROOT / "cities" / "example" / "services").iterdir()}
    after = {spec.id for spec in load_specs(city, known=known(city))}
    assert after == before | {PROCEDURE}


def test_the_answers_give_the_promised_deadline(city: Path) -> None:
    form = compile_form(dog_registration(city).form)
    answers = json.loads(the_block("answers").text)
    found = check(form, answers, today=TODAY)
    assert (found.errors, found.warnings) == ({}, {})
    deadline = evaluate(form, answers, today=TODAY).computed["dog.deadline"].value
    assert deadline == date(2026, 12, 30)
    assert date_in_words(deadline, language="ja").split("（")[0] in TUTORIAL


def test_the_letters_are_filled(city: Path) -> None:
    spec = dog_registration(city)
    form = compile_form(spec.form)
    answers = final_answers(form, json.loads(the_block("answers").text), today=TODAY)
    decisions = {"approval": {"note": "よい散歩を"}, "rejection": {"reason": "登録済みのため"}}
    rows = {}
    for action in spec.workflow.actions:
        if action.letter is not None:
            letter = fill(
                spec.letter(action.letter),
                form=form,
                answers=answers,
                inputs=compile_inputs(action.inputs),
                decision=decisions[action.letter],
                facts={"case.number": "R8-A02-0001"},
                issued=TODAY,
            )
            rows[letter.id] = dict(letter.rows)
    assert rows == {
        "approval": {
            "受付番号": "R8-A02-0001",
            "犬の名前": "ポチ（雑種、オス）",
            "ひとこと": "よい散歩を",
        },
        "rejection": {"受付番号": "R8-A02-0001", "理由": "登録済みのため"},
    }


def test_the_shown_mistake_is_reported_as_shown(city: Path) -> None:
    block = the_block("error")
    file = city / "services" / PROCEDURE / "form.yaml"
    right = block.argument.replace("aquired", "acquired")
    broken = file.read_text(encoding="utf-8").replace(f"? {right}", f"? {block.argument}")
    file.write_text(broken, encoding="utf-8")
    with pytest.raises(ContentErrors) as caught:
        load_specs(city, known=known(city))
    said = [str(error).replace(f"{city}/", "") for error in caught.value.errors]
    assert said == [block.text.strip()]
