"""The vocabulary holds together, and forms use its words rightly."""

from typing import Any

import yaml

from suigo.engines.facts.rules import form, kind_at, misused, page_id, with_derived
from suigo.engines.facts.spec import kinds, vocabulary
from suigo.engines.forms.rules import Known, compile_form
from suigo.engines.forms.spec import FileField, FormSpec, MyNumberField
from suigo.kernel.content import Text


def test_every_word_is_said_in_three_languages_and_has_one_address() -> None:
    def texts(value: Any) -> list[Text]:
        if isinstance(value, Text):
            return [value]
        found = [getattr(value, name) for name in getattr(type(value), "model_fields", {})]
        flat = [one for v in found for one in (v if isinstance(v, tuple) else (v,))]
        return [text for one in flat for text in texts(one)]

    for text in texts(vocabulary()):
        assert {"ja", "easy", "en"} <= text.root.keys(), text.ja
    assert len({page_id(key) for key in kinds()}) == len(kinds()) == len(form().pages)
    assert {kind_at(page_id(key)) for key in kinds()} == set(kinds().values())
    assert not [k for k in kinds().values() if isinstance(k.field, MyNumberField | FileField)]


def found(field: str) -> list[str]:
    page = {"id": "p", "title": "題", "fields": [yaml.load(field, Loader=yaml.BaseLoader)]}
    return [m for _p, m in misused(compile_form(FormSpec.model_validate({"pages": [page]})))]


def test_a_form_that_asks_wrongly_is_told_so() -> None:
    assert found("{id: a, kind: text, label: い, fact: person.shoe}") == [
        "no fact is called 'person.shoe'; facts/vocabulary.yaml has them all"
    ]
    assert found("{id: a, kind: text, label: い, fact: person.birth_date}") == [
        "person.birth_date is a date, not a text"
    ]
    assert found("{id: a, kind: name, label: い, fact: person.name}") == [
        "person.name is the applicant's own: say of_applicant, or fact_when it is"
    ]
    rows = "{id: r, kind: repeat, label: い, item: い, fact: household.children, fields: [%s]}"
    assert found(rows % "{id: a, kind: text, label: い, fact: shoe}") == [
        "household.children has no part 'shoe'"
    ]
    assert found(rows % "{id: a, kind: text, label: い, fact: name}") == [
        "name is a name, not a text"
    ]
    assert found(rows % "{id: a, kind: name, label: い, fact: name}") == []
    group = "{id: g, kind: group, label: い, item: い, fact: '%s', fields: [%s]}"
    one = "household.children[]"
    assert found(group % (one, "{id: a, kind: name, label: い, fact: name}")) == []
    assert found(group % (one, "{id: a, kind: text, label: い, fact: name}")) == [
        "name is a name, not a text"
    ]
    assert found(group % (one, "{id: a, kind: text, label: い, fact: shoe}")) == [
        "household.children has no part 'shoe'"
    ]
    assert found(group % (one, "{id: a, kind: text, label: い}")) == [
        "no field here takes a part of household.children: say fact: name, for example"
    ]
    for word in ("household.pets[]", "person.name[]"):
        assert found(group % (word, "{id: a, kind: name, label: い, fact: name}"))[0] == (
            f"no list of facts is called {word[:-2]!r}"
        )
    alone = "{id: r, kind: repeat, label: い, item: い, fields: [%s]}"
    assert found(alone % "{id: a, kind: name, label: い, fact: name}") == [
        "name is a part of a list, but r asks for no known list"
    ]


def test_a_reading_follows_from_a_name() -> None:
    name = {"family": "水野", "given": "葉子", "family_kana": "ミズノ", "given_kana": "ヨウコ"}
    known = with_derived({"person.name": Known(name, "checked", "2026-11-01", firm=True)})
    assert known["person.kana"] == Known("ミズノ ヨウコ", "checked", "2026-11-01", firm=True)
    unread = with_derived({"person.name": Known({"family": "水野"}, "declared", "2026-11-01")})
    assert "person.kana" not in unread


def test_guardians_are_first_of_all_the_holder_and_their_spouse() -> None:
    name, spouse = {"family": "水野", "given": "葉子"}, {"family": "水野", "given": "涼"}
    known = {
        "person.name": Known(name, "account", "2026-11-01"),
        "work.employer": Known("見本商店", "declared", "2026-11-02"),
        "spouse.name": Known(spouse, "declared", "2026-11-02"),
        "spouse.birth_date": Known("1990-01-01", "declared", "2026-11-02"),
    }
    assert with_derived(known)["household.guardians"] == Known(
        [
            {"name": name, "workplace": "見本商店"},
            {"name": spouse, "birth_date": "1990-01-01"},
        ],
        "derived",
        "2026-11-01",
    )
    # whoever kept guardians keeps those
    own = Known([{"name": spouse}], "declared", "2026-11-03")
    assert with_derived(known | {"household.guardians": own})["household.guardians"] == own
    # a spouse alone does not say who the holder is
    assert "household.guardians" not in with_derived({"spouse.name": known["spouse.name"]})
