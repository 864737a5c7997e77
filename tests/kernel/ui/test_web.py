"""Display settings, the city's colours, error pages. None of these may touch the database."""

import gzip
import importlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.staticfiles import finders
from django.template.loader import get_template, render_to_string
from django.test import Client, RequestFactory

from suigo.kernel.content import city
from suigo.kernel.ui import colours, emergency, urls
from suigo.kernel.ui.gallery import EXAMPLES
from suigo.kernel.ui.web import city_style, colour_problems

FIRST_LOAD = 100 * 1024  # bytes of style and script, compressed, besides the font slices


def text_of(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize(
    ("name", "value", "cookie"),
    [
        ("language", "ja-easy", "language"),
        ("text_size", "20", "text-size"),
        ("scheme", "dark", "scheme"),
    ],
)
def test_a_setting_is_kept_in_a_cookie_and_leads_back(
    client: Client, name: str, value: str, cookie: str
) -> None:
    answer = client.post("/display/", {name: value, "next": "/gallery/form/?page=2"})

    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert answer.headers["Location"] == "/gallery/form/?page=2"
    assert answer.cookies[cookie].value == value
    assert answer.cookies[cookie]["samesite"] == "Lax"
    assert answer.cookies[cookie]["httponly"] is True


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "", "\\\\evil"]
)
def test_the_way_back_never_leaves_the_site(client: Client, target: str) -> None:
    answer = client.post("/display/", {"text_size": "18", "next": target})

    assert answer.headers["Location"] == "/"


def test_made_up_settings_are_refused_with_a_sentence(client: Client) -> None:
    unknown = client.post("/display/", {"text_size": "900"})
    missing = client.post("/display/", {})

    assert (unknown.status_code, missing.status_code) == (400, 400)
    assert "選べない設定です" in text_of(unknown)
    assert "設定が選ばれていません" in text_of(missing)


def test_settings_need_no_token_because_pages_stay_cacheable(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post("/display/", {"text_size": "18"}).status_code == HTTPStatus.SEE_OTHER
    assert "csrfmiddlewaretoken" not in text_of(client.get("/gallery/"))
    assert client.get("/gallery/").cookies == {}


def test_the_page_follows_the_settings(client: Client) -> None:
    client.cookies["text-size"] = "24"
    client.cookies["language"] = "ja-easy"
    page = text_of(client.get("/gallery/"))

    assert '<html lang="ja" data-face="public" data-text="24">' in page
    assert 'value="ja-easy" lang="ja" aria-pressed="true"' in page


def test_a_made_up_cookie_falls_back_to_the_standard(client: Client) -> None:
    client.cookies["text-size"] = '"><script>'
    client.cookies["scheme"] = "x"

    assert 'data-text="16"' in text_of(client.get("/gallery/"))
    assert 'data-scheme="auto"' in text_of(client.get("/gallery/inbox/"))


def test_the_settings_page_offers_all_choices(client: Client) -> None:
    page = text_of(client.get("/display/?next=/gallery/"))

    assert re.findall(r'class="button[^>]*name="text_size" value="(\d+)"', page) == [
        "16",
        "18",
        "20",
        "24",
    ]
    assert '<a href="/gallery/">' in page


def test_city_colours_are_readable_in_both_schemes() -> None:
    accent = city().spec.accent
    found = dict(re.findall(r"--([\w-]+): (#\w{6});", city_style()))

    assert colour_problems() == []
    assert colours.contrast(found["city-accent-ink"], accent.soft) >= colours.CALM_TEXT
    assert colours.contrast(found["city-accent-dark"], colours.DARK_PAPER) >= colours.CALM_TEXT


def test_city_colours_are_revalidated_cheaply(client: Client) -> None:
    first = client.get("/city.css")
    again = client.get("/city.css", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Content-Type"] == "text/css; charset=utf-8"
    assert first.headers["Cache-Control"] == "public, max-age=3600"
    assert (again.status_code, again.content) == (HTTPStatus.NOT_MODIFIED, b"")


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422, 429, 503])
def test_error_pages_say_what_to_do(status: int) -> None:
    request = RequestFactory().get("/somewhere/")
    page = render_to_string(f"{status}.html", {}, request)

    assert f"エラー番号: {status}" in page
    assert page.count("<h1>") == 1
    assert page.count("<title>") == 1


def test_an_unknown_address_gets_the_kind_page(client: Client) -> None:
    answer = client.get("/no/such/page/")

    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "ページが見つかりません" in text_of(answer)


def test_the_page_for_our_own_faults_needs_nothing() -> None:
    template = get_template("500.html")
    source = Path(template.origin.name).read_text(encoding="utf-8")  # type: ignore[attr-defined]

    assert "{%" not in source
    assert "{{" not in source
    assert "ページを表示できません" in template.render()
    linked = re.findall(r'href="/static/([^"]+\.css)"', source)
    assert [name for name in linked if finders.find(name) is None] == []
    assert len(linked) == 5


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.slug)
def test_every_gallery_page_is_complete(client: Client, example: object) -> None:
    answer = client.get(f"/gallery/{example.slug}/")  # type: ignore[attr-defined]
    page = text_of(answer)

    assert answer.status_code == HTTPStatus.OK
    assert page.count("<h1") == 1
    assert "<c-" not in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids))


def test_an_unknown_example_is_not_found(client: Client) -> None:
    assert client.get("/gallery/nothing/").status_code == HTTPStatus.NOT_FOUND


@pytest.fixture
def _urls_restored() -> Iterator[None]:
    yield
    importlib.reload(urls)


@pytest.mark.usefixtures("_urls_restored")
def test_production_has_no_gallery(settings: LazySettings) -> None:
    settings.SUIGO_ENV = "production"
    production = importlib.reload(urls)

    served = [str(pattern.pattern) for pattern in production.urlpatterns]
    assert served == ["city.css", "favicon.ico", ".well-known/security.txt", "display/"]


def test_an_emergency_stands_above_everything(client: Client) -> None:
    emergency.announce_from(
        lambda: emergency.Emergency(
            title="避難してください <b>",
            body="川の近くにいる人は高い所へ。",
            issued_at=datetime(2026, 11, 22, 0, 30, tzinfo=UTC),
        )
    )
    try:
        public, staff = text_of(client.get("/gallery/")), text_of(client.get("/gallery/inbox/"))
    finally:
        emergency.announce_from(None)

    for page in (public, staff):
        assert page.index("避難してください &lt;b&gt;") < page.index("<header")
        assert (
            '<time datetime="2026-11-22T09:30:00+09:00">令和8年11月22日（日） 午前9時30分</time>'
            in page
        )
    assert "避難してください" not in text_of(client.get("/gallery/"))


def test_first_load_of_a_public_page_is_light(client: Client) -> None:
    page = text_of(client.get("/gallery/form/"))
    links = re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', page)
    files = [Path(str(finders.find(link))) for link in links]
    sizes = {file.name: len(gzip.compress(file.read_bytes(), 9)) for file in files}

    assert {"fonts.css", "base.css", "components.css", "form.js"} <= sizes.keys()
    assert sum(sizes.values()) + len(gzip.compress(page.encode())) <= FIRST_LOAD
