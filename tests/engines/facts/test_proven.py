"""What a card or GビズID proved, as the start of a form."""

from datetime import UTC, date, datetime

import pytest

from suigo.engines.facts.proven import proven_facts
from suigo.engines.facts.rules import with_derived
from suigo.engines.facts.spec import kept_kinds, kinds
from suigo.engines.forms.rules import Known
from suigo.engines.identity.providers import BusinessFacts, FourItems
from suigo.engines.identity.queries.records import Confirmed
from suigo.kernel.japanese.addresses import split_address

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
ITEMS = FourItems("水野　葉子", "見本県見本市見本町６２６番地", date(1990, 4, 1), "2")


def card(items: FourItems = ITEMS) -> Confirmed:
    return Confirmed(items, None, AT)


def test_three_items_of_a_card_are_firm_facts() -> None:
    found = proven_facts(card(), {})
    assert found == {
        "person.name": Known({"family": "水野", "given": "葉子"}, "card", "2026-11-24", firm=True),
        "person.birth_date": Known("1990-04-01", "card", "2026-11-24", firm=True),
        "person.address": Known(
            {
                "prefecture": "見本県",
                "city": "見本市",
                "town": "見本町",
                "block": "６２６番地",
            },
            "card",
            "2026-11-24",
            firm=True,
        ),
    }


def test_the_reading_of_the_same_name_stays() -> None:
    told = {
        "family": "水野",
        "given": "葉子",
        "family_kana": "ミズノ",
        "given_kana": "ヨウコ",
    }
    known = {"person.name": Known(told, "declared", "2026-01-01")}
    found = proven_facts(card(), known)
    assert found["person.name"] == Known(told, "card", "2026-11-24", firm=True)
    assert with_derived(known | found)["person.kana"].value == "ミズノ ヨウコ"
    other = {"person.name": Known({**told, "family": "田中"}, "declared", "2026-01-01")}
    assert "family_kana" not in proven_facts(card(), other)["person.name"].value


def test_a_name_without_two_parts_is_typed() -> None:
    items = FourItems("NGUYEN　THI　LAN", "見本県", date(1998, 1, 31), "2")
    assert "person.name" not in proven_facts(card(items), {})


def test_a_business_starts_its_forms() -> None:
    facts = BusinessFacts(
        2,
        "5000012345674",
        "見本製菓株式会社",
        "見本県",
        "見本市見本町３丁目４番５号",
        "見本　太郎",
        "試験　一葉",
        "シケン　カズハ",
        "0299000000",
    )
    found = proven_facts(Confirmed(None, facts, AT), {})
    assert {key: one.value for key, one in found.items()} == {
        "organisation.name": "見本製菓株式会社",
        "organisation.number": "5000012345674",
        "organisation.head": {"family": "見本", "given": "太郎"},
        "organisation.address": split_address("見本県見本市見本町３丁目４番５号"),
        "person.name": {
            "family": "試験",
            "given": "一葉",
            "family_kana": "シケン",
            "given_kana": "カズハ",
        },
        "person.phone": "0299000000",
    }


def test_what_a_provider_tells_is_never_kept() -> None:
    assert kinds().keys() - kept_kinds().keys() == {
        "organisation.name",
        "organisation.number",
        "organisation.head",
        "organisation.address",
    }


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "見本県見本市川辺町１２３番地４　見本荘１０１",
            {
                "prefecture": "見本県",
                "city": "見本市",
                "town": "川辺町",
                "block": "１２３番地４",
                "building": "見本荘１０１",
            },
        ),
        ("海の見える家", {"town": "海の見える家"}),
        ("", {}),
    ],
)
def test_an_address_in_its_parts(text: str, parts: dict[str, str]) -> None:
    assert split_address(text) == parts
