"""The city's own words, however they are written, are in no password of staff."""

import pytest
from django.conf import settings as configured
from hypothesis import given
from hypothesis import strategies as st

from engines.identity.sample import NOW, PASSWORD
from suigo.engines.identity import actions
from suigo.engines.identity.organisation import load_organisation
from suigo.engines.identity.passwords import CityWordsValidator, city_words
from suigo.engines.identity.rules.passwords import found_word, place_words
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel.access import SYSTEM
from suigo.kernel.errors import Invalid

ITAKO = place_words("潮来市", "いたこし", "Itako City")


def test_a_place_is_known_by_all_its_names() -> None:
    assert {"潮来市", "潮来", "いたこし", "いたこ", "itakoshi", "itako"} == ITAKO
    assert {"美浦", "みほ", "miho"} <= place_words("美浦村", "みほむら", "Miho Village")


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("itako-2026-summer", "itako"),
        ("I.T.A.K.O 4ever yes", "itako"),
        ("1t4k0-kawa-no-fune", "itako"),
        ("ＩＴＡＫＯ夏まつり2026", "itako"),
        ("私の潮来の花火大会", "潮来"),
        ("イタコのあやめまつり", "いたこ"),
        ("blue giraffe of the moon", None),
    ],
)
def test_a_word_is_found_however_it_is_written(password: str, word: str | None) -> None:
    assert found_word(password, ITAKO) == word


@given(before=st.text(max_size=20), after=st.text(max_size=20), word=st.sampled_from(sorted(ITAKO)))
def test_no_neighbour_hides_a_word(before: str, after: str, word: str) -> None:
    assert found_word(f"{before} {word} {after}", ITAKO) is not None


def test_short_ids_are_left_alone() -> None:
    assert found_word("redux-and-adxb-more", {"dx"}) is None


def test_the_words_come_from_the_city(db: None) -> None:
    words = city_words()
    assert {"見本市", "見本", "みほん", "mihon", "welfare", "suigo"} <= words
    for word in ("mihon", "suigo", "水郷"):
        made = actions.create_staff(
            SYSTEM,
            email=f"{len(word)}{word[0] > 'n'}@example.jp",
            name="青山",
            name_kana="",
            now=NOW,
        )
        session = SessionStore()
        actions.begin_staff_sign_in(
            session,
            email=f"{len(word)}{word[0] > 'n'}@example.jp",
            password=made.temporary_password or "",
            network="203.0.113.7",
            device="Edge",
            now=NOW,
        )
        with pytest.raises(Invalid) as refused:
            actions.set_first_password(session, password=f"kaze-{word}-to-hikari-2026", now=NOW)
        assert f"「{word}」" in str(refused.value.field_errors["new_password"])
        actions.set_first_password(session, password=PASSWORD, now=NOW)


def test_more_words_are_added_in_content() -> None:
    more = load_organisation(configured.SUIGO_CITY.parent / "itako").spec.password_words
    assert found_word("Ayame-no-hana-2026", more) == "ayame"
    assert CityWordsValidator().get_help_text()
