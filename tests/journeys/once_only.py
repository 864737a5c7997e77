"""Whether a screen asks for something that was answered before: by what its questions mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

from suigo.engines.cases.rules.loading import load_specs
from suigo.engines.forms.rules import CompiledForm, compile_form
from suigo.engines.forms.rules.compiling import Node, fact_of, list_of
from suigo.engines.forms.spec.fields import AnswerField
from suigo.kernel.content import Text
from suigo.services.counter.rules.meanings import LIST, meaning, part_of
from suigo.services.counter.rules.sharing import COMMON, common

ITAKO = Path(__file__).parents[2] / "cities" / "itako"
FORMS = (
    "k01-child-allowance-claim",
    "k11-childcare-certification",
    "k12-childcare-place-application",
)
FOUR = ("person.name", "person.birth_date", "person.address", "person.sex")
CHILD = ("household.children/name", "household.children/birth_date")
GUARDIANS = ("household.guardians/name", "household.guardians/birth_date")
MAY_BE_EMPTY = (".building", ".era")
BOXES = """all => all
  .filter(box => box.name && !box.name.startsWith('_') && box.type !== 'hidden'
    && box.type !== 'file')
  .map(box => [box.name, /radio|checkbox/.test(box.type) ? box.checked : box.value !== ''])"""


@cache
def forms() -> Mapping[str, CompiledForm]:
    """The three forms of a birth, and the common questions that the counter makes of them."""
    specs = {spec.id: spec for spec in load_specs(ITAKO, known=None)}
    compiled = {name: compile_form(specs[name].form) for name in FORMS}
    title = Text.model_validate("共通")
    shared = common(list(compiled.values()), without=frozenset(FOUR), title=title)
    assert shared is not None
    return {**compiled, COMMON: shared.form}


def meaning_at(form: CompiledForm, node: Node) -> str:
    """What a question means wherever it is asked: of a child's name, whether in a list or alone."""
    around, star, _inside = node.path.partition(".*.")
    group = form.nodes.get(node.path.rpartition(".")[0])
    if star:
        return f"{str(meaning(form.nodes[around])).removeprefix(LIST)}/{part_of(node)}"
    if group is not None and list_of(group.field) and fact_of(node.field):
        return f"{list_of(group.field)}/{fact_of(node.field)}"
    return meaning(node) or ""


def questions(page: Page, form: CompiledForm) -> dict[str, tuple[str, bool]]:
    """The open questions of a screen by path: what each means, and whether an answer stands."""
    found: dict[str, tuple[str, bool]] = {}
    chosen: dict[str, bool] = {}
    boxes = page.locator("[data-form-region] :is(input, select, textarea)").evaluate_all(BOXES)
    for name, filled in boxes:
        chosen[name] = chosen.get(name, False) or filled
    for name, filled in chosen.items():
        path = name
        while path and not (
            (node := form.node_at(path)) is not None and isinstance(node.field, AnswerField)
        ):
            path = path.rpartition(".")[0]
        assert path, name
        node = form.node_at(path)
        assert node is not None
        whole = filled or name.endswith(MAY_BE_EMPTY)
        before = found.get(path, ("", True))[1]
        found[path] = (meaning_at(form, node), before and whole)
    return found


@dataclass
class Memory:
    """What was answered so far, by meaning, and what was seen to stand there already."""

    known: set[str] = field(default_factory=set)
    stood: dict[str, set[str]] = field(default_factory=dict)

    def expect_filled(self, page: Page, form_id: str) -> None:
        """On paper or screen at home: whatever was answered before stands in its place."""
        for path, (means, filled) in questions(page, forms()[form_id]).items():
            if means in self.known and not path.startswith("sibling"):
                assert filled, f"{form_id} asks {path} again ({means})"
                self.stood.setdefault(form_id, set()).add(means)

    def expect_not_asked(self, page: Page, form_id: str) -> None:
        """At the counter: whatever was answered before is no question any more."""
        for path, (means, _filled) in questions(page, forms()[form_id]).items():
            assert means not in self.known, f"{form_id} asks {path} again ({means})"

    def remember(self, page: Page, form_id: str) -> None:
        """Everything that is answered on the screen now. Guardians begin with the applicant."""
        form = forms()[form_id]
        self.known |= {
            means for means, filled in questions(page, form).values() if means and filled
        }
        if {"person.name", "person.birth_date"} <= self.known:
            self.known |= set(GUARDIANS)
