"""Facts as forms understand them, and forms that ask for one fact. No database."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from suigo.engines.facts.spec import FactKind, kinds
from suigo.engines.forms.rules import CompiledForm, Known, compile_form
from suigo.engines.forms.rules.compiling import fact_of, list_of, parts_of
from suigo.engines.forms.spec import FormSpec, Page, RepeatField
from suigo.engines.forms.spec.fields import AnswerField

SOURCES = ("declared", "edited", "checked", "card")
FIRM = ("checked", "card")
NOT_KEPT = ("account", "derived")
"""Where a known fact comes from that its holder has not let the city keep as such."""
GUARDIANS = "household.guardians"


def page_id(key: str) -> str:
    """The fact's name in addresses: ``person-birth-date``."""
    return key.replace(".", "-").replace("_", "-")


def kind_at(page: str) -> FactKind | None:
    """The kind of fact that an address names."""
    return next((kind for kind in kinds().values() if page_id(kind.key) == page), None)


@cache
def form() -> CompiledForm:
    """One form with a page for each kind of fact."""
    pages = tuple(
        Page(id=page_id(kind.key), title=kind.field.label, fields=(kind.field,))
        for kind in kinds().values()
    )
    return compile_form(FormSpec(pages=pages))


def with_derived(known: Mapping[str, Known]) -> dict[str, Known]:
    """What is known, with what follows from it: the reading of a name on its own, and that
    guardians are first of all the holder and their spouse."""
    result = dict(known)
    guardians = first_guardians({key: fact.value for key, fact in known.items()})
    if guardians and GUARDIANS not in known:
        result[GUARDIANS] = Known(guardians, "derived", known["person.name"].date)
    name = known.get("person.name")
    if name is not None and name.value.get("family_kana") and name.value.get("given_kana"):
        reading = f"{name.value['family_kana']} {name.value['given_kana']}"
        result["person.kana"] = Known(reading, name.source, name.date, name.firm)
    return result


def first_guardians(known: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The people who answer for a child, as far as facts about one of them say: that person and
    their spouse, each with what is known. A form that asks for guardians starts from them."""
    found = []
    for who, workplace in (("person", known.get("work.employer")), ("spouse", None)):
        parts = {
            "name": known.get(f"{who}.name"),
            "birth_date": known.get(f"{who}.birth_date"),
            "workplace": workplace,
        }
        if parts["name"]:
            found.append({part: value for part, value in parts.items() if value})
    return found if known.get("person.name") else []


def misused(compiled: CompiledForm) -> Iterator[tuple[str, str]]:
    """``(path, message)`` for every field of a form that asks for facts in a wrong way."""
    for path, node in compiled.nodes.items():
        key, field = fact_of(node.field), node.field
        around, star, _inside = path.partition(".*.")
        word = list_of(field)
        if word is not None:
            listed = kinds().get(word)
            if listed is None or not isinstance(listed.field, RepeatField):
                yield path, f"no list of facts is called {word!r}"
            elif not parts_of(node):
                yield path, f"no field here takes a part of {word}: say fact: name, for example"
        above = around if star else path.rpartition(".")[0]
        if key is None:
            continue
        if star or (above and "." not in key and list_of(compiled.nodes[above].field)):
            yield from _misused_part(compiled, above, path, key)
            continue
        if key == "person.kana":
            if field.kind != "kana":
                yield path, "person.kana is the answer to a kana field"
            continue
        if key not in kinds():
            yield path, f"no fact is called {key!r}; facts/vocabulary.yaml has them all"
            continue
        if kinds()[key].field.kind != field.kind:
            yield path, f"{key} is a {kinds()[key].field.kind}, not a {field.kind}"
        own = getattr(field, "of_applicant", True)
        takes = isinstance(field, AnswerField) and field.fact_when is not None
        if key.startswith("person.") and not own and not takes:
            yield path, f"{key} is the applicant's own: say of_applicant, or fact_when it is"


def _misused_part(
    compiled: CompiledForm, above: str, path: str, key: str
) -> Iterator[tuple[str, str]]:
    field = compiled.nodes[above].field
    listed = kinds().get(fact_of(field) or list_of(field) or "")
    if listed is None or not isinstance(listed.field, RepeatField):
        if key.partition(".")[0] == "profile" or "." in key:
            yield path, "a row is nobody's profile: give the repeat a fact, and the row its parts"
        else:
            yield path, f"{key} is a part of a list, but {above} asks for no known list"
        return
    parts = {fact_of(f): f.kind for f in listed.field.fields}
    if key not in parts:
        yield path, f"{listed.key} has no part {key!r}"
    elif parts[key] != compiled.nodes[path].field.kind:
        yield path, f"{key} is a {parts[key]}, not a {compiled.nodes[path].field.kind}"
