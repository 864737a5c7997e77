"""What a card or GビズID proved, in the words that forms use."""

from collections.abc import Mapping
from typing import Any

from suigo.engines.forms.rules import Known, name_fact
from suigo.engines.identity.providers import BusinessFacts, FourItems
from suigo.engines.identity.queries.records import Confirmed
from suigo.kernel.clock import local_date
from suigo.kernel.japanese.addresses import split_address


def proven_facts(proven: Confirmed, known: Mapping[str, Known]) -> dict[str, Known]:
    """Facts that are firm because somebody proved them, to stand above ``known``. A card has no
    reading of the name: that of the same name stays."""
    day = local_date(proven.at).isoformat()
    values = _of_card(proven.items, known) | _of_business(proven.business)
    return {key: Known(value, "card", day, firm=True) for key, value in values.items() if value}


def _of_card(items: FourItems | None, known: Mapping[str, Known]) -> dict[str, Any]:
    if items is None:
        return {}
    name = name_fact(items.name, "")
    told = known.get("person.name")
    if name is not None and told is not None and name.items() <= told.value.items():
        name = told.value
    return {
        "person.name": name,
        "person.birth_date": items.birth_date.isoformat(),
        "person.address": split_address(items.address),
    }


def _of_business(business: BusinessFacts | None) -> dict[str, Any]:
    if business is None:
        return {}
    return {
        "organisation.name": business.name,
        "organisation.number": business.corporate_number,
        "organisation.head": name_fact(business.representative, ""),
        "organisation.address": split_address(f"{business.prefecture}{business.address}"),
        "person.name": name_fact(business.person, business.person_kana),
        "person.phone": business.phone,
    }
