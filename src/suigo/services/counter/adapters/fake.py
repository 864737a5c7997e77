"""A card reader for tests, rehearsals and the demonstration: ``fake:`` with an invented person.

``fake:?person=tanaka`` reads another one, ``fake:?person=none`` plays a reader without a card.
``apps.py`` never registers it in production, so that no invented person gets into real records.
"""

from urllib.parse import parse_qs, urlsplit

from suigo.services.counter.providers import CardItems, CardReader, ReaderUnavailable

PEOPLE = {
    "mizuno": CardItems("水野　葉子", "見本県見本市見本町６２６番地", "19900401", "2"),
    "tanaka": CardItems(
        "田中　一郎", "見本県見本市川辺町１２３番地４　見本荘１０１", "19450815", "1"
    ),
    "nguyen": CardItems("NGUYEN　THI　LAN", "見本県見本市見本町２０番地１", "19980131", "2"),
}


class Fake:
    """Reads the person named in its address."""

    def __init__(self, address: str) -> None:
        self._person = parse_qs(urlsplit(address).query).get("person", ["mizuno"])[0]

    def read(self, *, window: int | None) -> CardItems:
        """Raises ``ReaderUnavailable`` for ``none`` and for a person it does not know."""
        try:
            return PEOPLE[self._person]
        except KeyError as absent:
            raise ReaderUnavailable("no card lies on the rehearsal reader") from absent

    def check_config(self) -> list[str]:
        return ["SUIGO_CARD_READER: fake: reads invented people; name a real reader"]


def connect(address: str) -> CardReader:
    """The rehearsal reader."""
    return Fake(address)
