"""Cards, prepared lines, waiting times: pure rules."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suigo.services.counter.adapters.fake import PEOPLE, connect
from suigo.services.counter.providers import CardItems, ReaderUnavailable, reader_at
from suigo.services.counter.rules import prepared
from suigo.services.counter.rules.cards import answers_of
from suigo.services.counter.rules.prepared import OldLine, Prepared, UnreadableLine
from suigo.services.counter.rules.waiting import estimate, spread

DAY = date(2026, 11, 24)


def seal(plain: bytes) -> tuple[str, bytes]:
    return "key", bytes(b ^ 0x55 for b in plain)


def opened(key: str, sealed: bytes) -> bytes:
    if key != "key":
        raise ValueError(key)
    return bytes(b ^ 0x55 for b in sealed)


def line_of(person: dict[str, str], guides: tuple[str, ...] = ()) -> str:
    return prepared.write(Prepared(person, guides, "ja", DAY), seal=seal)


@given(
    st.dictionaries(st.text(max_size=10), st.text(max_size=60), max_size=6),
    st.lists(st.text(max_size=30), max_size=3),
    st.integers(0, 14),
)
def test_a_line_holds_what_was_written(
    person: dict[str, str], guides: list[str], later: int
) -> None:
    line = line_of(person, tuple(guides))
    today = DAY + timedelta(days=later)
    assert prepared.read(line, opened=opened, today=today) == Prepared(
        person, tuple(guides), "ja", DAY
    )
    assert set(line) <= set(prepared.DIGITS)
    # as somebody types it who reads it out, and as a keyboard with caps lock sends it
    spoilt = " ".join(line[i : i + 5] for i in range(0, len(line), 5)).lower()
    assert prepared.read(spoilt.replace("1", "l"), opened=opened, today=today).person == person


@given(st.text(max_size=200))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(UnreadableLine):
        prepared.read(text, opened=opened, today=DAY)


@pytest.mark.parametrize("day", [DAY - timedelta(days=1), DAY + timedelta(days=15)])
def test_a_line_is_good_for_two_weeks(day: date) -> None:
    with pytest.raises(OldLine):
        prepared.read(line_of({}), opened=opened, today=day)


def test_a_line_that_would_inflate_without_end_is_refused() -> None:
    bomb = prepared.write(Prepared({"a": "あ" * 100_000}, (), "ja", DAY), seal=seal)
    with pytest.raises(UnreadableLine):
        prepared.read(bomb, opened=opened, today=DAY)


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        (
            PEOPLE["mizuno"],
            {
                "name": {"family": "水野", "given": "葉子"},
                "address": {
                    "prefecture": "見本県",
                    "city": "見本市",
                    "town": "見本町",
                    "block": "６２６番地",
                },
                "birth_date": "1990-04-01",
                "sex": "2",
            },
        ),
        (
            PEOPLE["tanaka"],
            {
                "name": {"family": "田中", "given": "一郎"},
                "address": {
                    "prefecture": "見本県",
                    "city": "見本市",
                    "town": "川辺町",
                    "block": "１２３番地４",
                    "building": "見本荘１０１",
                },
                "birth_date": "1945-08-15",
                "sex": "1",
            },
        ),
        (
            CardItems("水野", "京都府京都市左京区吉田町", "00000000", "3"),
            {
                "name": {"family": "水野"},
                "address": {"prefecture": "京都府", "city": "京都市左京区", "town": "吉田町"},
            },
        ),
    ],
)
def test_a_card_as_answers(card: CardItems, expected: dict[str, object]) -> None:
    assert answers_of(card) == expected


@given(st.text(max_size=30), st.text(max_size=60), st.text(max_size=8), st.text(max_size=1))
def test_a_card_with_anything_on_it(name: str, address: str, day: str, sex: str) -> None:
    found = answers_of(CardItems(name, address, day, sex))
    assert "".join(found["address"].values()) == address.strip().replace("\u3000", "", 1)


def test_the_reader_of_the_rehearsal() -> None:
    """The fake keeps the protocol, as every adapter has to."""
    assert reader_at("") is None
    reader = reader_at("fake:")
    assert reader is not None
    assert reader.read(window=1) == PEOPLE["mizuno"]
    assert connect("fake:?person=tanaka").read(window=None) == PEOPLE["tanaka"]
    assert reader.check_config() != []
    with pytest.raises(ReaderUnavailable):
        connect("fake:?person=none").read(window=1)


@pytest.mark.parametrize(
    ("ahead", "serving", "handled", "minutes", "measured"),
    [
        (0, 0, [], 0, False),  # nobody before them and nobody served: at once
        (0, 1, [], 8, False),  # half of the usual quarter of an hour
        (1, 0, [], 15, False),
        (3, 1, [], 53, False),
        (3, 2, [10.0, 10.0, 40.0], 20, True),
        (3, 2, [10.0, 40.0], 30, False),  # two are not enough
    ],
)
def test_the_wait(
    ahead: int, serving: int, handled: list[float], minutes: int, measured: bool
) -> None:
    found = estimate(ahead=ahead, serving=serving, handled=handled, usual_minutes=15)
    assert (found.minutes, found.measured) == (minutes, measured)


@given(st.lists(st.floats(0, 500), min_size=1, max_size=50))
def test_spread(minutes: list[float]) -> None:
    found = spread(minutes)
    assert found is not None
    assert found.count == len(minutes)
    assert round(min(minutes), 1) <= found.median <= found.p90 <= round(max(minutes), 1) or (
        found.median <= found.p90
    )
    assert sum(m <= found.p90 + 0.05 for m in minutes) >= 0.9 * len(minutes)


def test_spread_of_nothing() -> None:
    assert spread([]) is None
    assert spread([1.0, 2.0, 9.0]) is not None
