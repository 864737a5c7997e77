"""A 個人番号 is sealed when it arrives, and every look at it leaves its reason."""

from dataclasses import replace
from typing import Any

import pytest

from engines.cases.world import CARD, NOW, answers, desk, received
from suigo.engines.cases import actions
from suigo.engines.cases.actions.drafts import seal_number
from suigo.engines.cases.models import Case
from suigo.engines.cases.queries import procedures as registry
from suigo.engines.cases.queries.procedures import as_procedure, procedure
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.forms.spec import MyNumberField
from suigo.kernel.access import Actor
from suigo.kernel.audit.queries import history_of, verify_chain
from suigo.kernel.content.definitions import freeze
from suigo.kernel.errors import Forbidden, Invalid, NotFound
from suigo.kernel.japanese.numbers import personal_number_check_digit

pytestmark = pytest.mark.django_db
NUMBER = "12345678901" + str(personal_number_check_digit("12345678901"))


@pytest.fixture
def chosen() -> Procedure:
    """The library card, asking for a 個人番号 besides."""
    spec = procedure(CARD).spec
    field = MyNumberField.model_validate({"kind": "my_number", "id": "number", "label": "個人番号"})
    first, *others = spec.form.pages
    pages = (first.model_copy(update={"fields": (*first.fields, field)}), *others)
    form = spec.form.model_copy(update={"pages": pages})
    return as_procedure(spec.model_copy(update={"form": form}))


@pytest.fixture
def case(chosen: Procedure) -> Case:
    freeze(kind="procedure", name=CARD, document=chosen.document, now=NOW, digest=chosen.hash)
    made = received()
    made.definition_id = chosen.hash
    made.answers = {**made.answers, "number": {"sealed": seal_number(NUMBER)}}
    made.save(update_fields=["definition", "answers"])
    return made


def look(case: Case, actor: Actor, path: str = "number", reason: str = "照合のため") -> str:
    return actions.reveal_my_number(case.public_id, path, reason=reason, actor=actor, now=NOW)


def test_whoever_may_sees_it_and_the_ledger_knows_why(case: Case) -> None:
    clerk = desk().clerk
    handler = replace(clerk, capabilities=clerk.capabilities | {"mynumber.view"})
    assert look(case, handler) == NUMBER
    lines = history_of(subject_kind="case", subject_id=str(case.public_id))
    assert lines[0].sentence == (
        "司書 一郎がR8-S01-0001の個人番号を表示しました（理由: 照合のため）"
    )
    assert NUMBER not in str(case.answers)
    assert verify_chain().broken is None


def test_nobody_else_does(case: Case) -> None:
    people = desk()
    handler = replace(people.clerk, capabilities=people.clerk.capabilities | {"mynumber.view"})
    stranger = replace(people.other, capabilities=people.other.capabilities | {"mynumber.view"})
    with pytest.raises(Forbidden):
        look(case, people.clerk)
    with pytest.raises(NotFound):
        look(case, stranger)
    with pytest.raises(Invalid):
        look(case, handler, reason=" ")
    for path in ("phone", "nothing", "number.sealed"):
        with pytest.raises(NotFound):
            look(case, handler, path=path)
    assert len(history_of(subject_kind="case", subject_id=str(case.public_id))) == 1


@pytest.mark.parametrize(
    ("sent", "accepted"), [(NUMBER, True), ("123456789012", False), (12, False), (None, False)]
)
def test_a_program_sends_twelve_digits_and_they_are_sealed(
    chosen: Procedure, monkeypatch: pytest.MonkeyPatch, sent: Any, accepted: bool
) -> None:
    catalogue = registry.Catalogue({CARD: chosen}, {chosen.hash: chosen})
    monkeypatch.setattr(registry._catalogue, "get", lambda: catalogue)
    given = answers() | {"number": sent}

    def send() -> None:
        actions.submit_answers(
            CARD, given, actor=desk().chief, now=NOW, language="ja", idempotency_key="k"
        )

    if not accepted:
        with pytest.raises(Invalid) as refused:
            send()
        assert list(refused.value.field_errors) == ["number"]
        return
    send()
    kept = Case.objects.get().answers["number"]
    assert list(kept) == ["sealed"]
    assert NUMBER not in str(kept)
