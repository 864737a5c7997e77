"""The public face in its three languages: no sentence of ours stays behind in another language."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
import time_machine
import yaml
from django.conf import settings
from django.test import Client
from django.utils import translation

from engines.cases import world
from suigo.engines.cases.models import Draft
from suigo.engines.identity.models import Account
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel.access import Actor, Assurance
from suigo.project.cli.messages import EASY, collect

pytestmark = pytest.mark.django_db
LANGUAGES = ("ja", EASY, "en")
JAPANESE = re.compile(r"[\u3005-\u30ff\u3400-\u9fff、。（）]")
SPOKEN = {"aria-label", "alt", "placeholder", "title", "data-count-text", "data-count-over"}
# what stays Japanese in an English sentence: how addresses are written, a language's own name
STAYS = ("1丁目2番3号", "〒", "やさしい日本語", "日本語")
TYPED = (
    "水野 葉子（ミズノ ヨウコ）",
    "水野",
    "葉子",
    "ミズノ",
    "ヨウコ",
    "見本県",
    "みほん市",
    "川辺町",
)


class Reader(HTMLParser):
    """What a page says, text by text, apart from what is marked as being in another language."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.page_language = ""
        self._open: list[tuple[str, bool]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.page_language = given.get("lang") or ""
        foreign = given.get("lang", self.page_language) != self.page_language
        silent = tag in {"script", "style"} or foreign or any(s for _, s in self._open)
        if not silent:
            self.said += [value for name, value in attrs if name in SPOKEN and value]
        if tag not in {"meta", "link", "input", "br", "img", "hr", "use", "path"}:
            self._open.append((tag, silent))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(silent for _, silent in self._open):
            self.said.append(" ".join(data.split()))


@pytest.fixture(autouse=True)
def _on_the_day() -> Iterator[None]:
    with time_machine.travel(world.NOW, tick=False):
        yield


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def browser(language: str, actor: Actor | None = None) -> Client:
    client = Client(headers={"accept-language": language})
    if actor is not None:
        store = SessionStore()
        account = Account.objects.get(pk=actor.account_id)
        store.begin(
            account, assurance=Assurance.CONTACT, device="Firefox", keep_data=False, now=world.NOW
        )
        store.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = store.session_key or ""
    return client


def _texts(value: object) -> Iterator[str]:
    """Every text in a file of the city that has Japanese in it."""
    if isinstance(value, str):
        yield from (line.strip() for line in (*value.splitlines(), " ".join(value.split())))
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


@pytest.fixture(scope="module")
def words_of_the_city() -> tuple[str, ...]:
    """What the city wrote itself, the longest first: it may be in Japanese only."""
    found: set[str] = set()
    for path in Path(settings.SUIGO_CITY).rglob("*.yaml"):
        content = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
        found |= {text for text in _texts(content) if JAPANESE.search(text)}
    return tuple(sorted(found, key=len, reverse=True))


@pytest.fixture(scope="module")
def changed_by_translation() -> dict[str, frozenset[str]]:
    """Our sentences without placeholders that read differently in a language."""
    plain = {m.id for m in collect() if isinstance(m.id, str) and m.id and "%" not in m.id}
    found = {}
    for language in (EASY, "en"):
        with translation.override(language):
            found[language] = frozenset(m for m in plain if translation.gettext(m) != m)
    return found


def pages(language: str) -> Iterator[tuple[str, str]]:
    """Where a resident gets to: the visitor's pages, an application with mistakes, my page."""
    visitor = browser(language)
    for address in ("/", "/procedures/", "/procedures/?q=zzzz", "/sign-in/", "/plan/", "/display/"):
        yield address, visitor.get(address).content.decode()
    yield "no page", visitor.get("/nowhere/").content.decode()
    yield "procedure", visitor.get(f"/procedures/{world.CARD}/").content.decode()
    wrong = visitor.post("/sign-in/", {"email": "nobody"})
    yield "sign-in with a mistake", wrong.content.decode()
    visitor.post("/sign-in/", {"email": "yoko@example.jp"})
    yield "code", visitor.get("/sign-in/code/").content.decode()
    yield "wrong code", visitor.post("/sign-in/code/", {"code": "1"}).content.decode()

    resident = world.resident()
    signed_in = browser(language, resident)
    signed_in.post(f"/procedures/{world.CARD}/start/")
    draft = f"/apply/{Draft.objects.get(owner_id=resident.account_id).public_id}"
    for page in ("applicant", "card", "consent"):
        address = f"{draft}/page/{page}/"
        yield f"page {page}", signed_in.get(address).content.decode()
        yield f"page {page} with mistakes", signed_in.post(address, {}).content.decode()
    for page in ("check", "saved", "discard"):
        yield page, signed_in.get(f"{draft}/{page}/").content.decode()
    case = world.received(resident)
    yield "my page", signed_in.get("/my/").content.decode()
    yield "account", signed_in.get("/my/account/").content.decode()
    mine = f"/my/applications/{case.public_id}"
    for address in (f"{mine}/", f"{mine}/done/", f"{mine}/withdraw/"):
        yield address.removeprefix(mine), signed_in.get(address).content.decode()


def test_no_sentence_of_ours_is_japanese_in_english(words_of_the_city: tuple[str, ...]) -> None:
    left: dict[str, list[str]] = {}
    for name, page in pages("en"):
        reader = Reader(page)
        assert reader.page_language == "en", name
        for said in reader.said:
            rest = said
            for known in (*TYPED, *STAYS, *words_of_the_city):
                rest = rest.replace(known, "")
            if JAPANESE.search(rest):
                left.setdefault(name, []).append(said)
    assert left == {}


@pytest.mark.parametrize("language", [EASY, "en"])
def test_no_sentence_of_ours_is_left_in_hard_japanese_or_in_english(
    language: str, changed_by_translation: dict[str, frozenset[str]]
) -> None:
    """Each text of each page, against the sentences that ought to read differently here."""
    left = {
        name: sorted(wrong)
        for name, page in pages(language)
        if (wrong := changed_by_translation[language] & set(Reader(page).said))
    }
    assert left == {}


def test_easy_japanese_is_japanese_to_a_screen_reader(language: str) -> None:
    page = browser(language).get("/").content.decode()

    assert Reader(page).page_language == {"ja": "ja", EASY: "ja", "en": "en"}[language]


def test_every_language_says_it_in_its_own_words() -> None:
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            said[language] = translation.gettext("手続をさがす")

    assert said == {"ja": "手続をさがす", EASY: "手続きを さがす", "en": "Find a procedure"}


def test_what_only_staff_read_falls_back_to_japanese_and_django_speaks_japanese_too() -> None:
    with translation.override(EASY):
        assert translation.gettext("配色: 暗い") == "配色: 暗い"
        assert translation.gettext("This field is required.") == "このフィールドは必須です。"
        assert translation.check_for_language(EASY)
