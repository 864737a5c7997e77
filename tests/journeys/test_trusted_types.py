"""What a browser with Trusted Types lets markup in a script's hands do: nothing."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

TRIES = {
    "an element that loads and fails": "<img src=nothing onerror='window.ran = 1'>",
    "a frame": "<iframe srcdoc='<script>parent.ran = 1</script>'></iframe>",
    "a frame with code for an address": "<iframe src='javascript:parent.ran=1'></iframe>",
    "a link": "<a id=led href=' java\tscript:window.ran=1'>x</a>",
    "inside a template, as htmx wraps": "<template><img src=x onerror='ran=1'></template>",
    "drawn": "<svg><a xlink:href='javascript:ran=1'><text>x</text></a><script>ran=1</script></svg>",
    "another base": "<base href='https://evil.example/'>",
}


@pytest.fixture
def page(browser: Browser, pages_without_database: str) -> Iterator[Page]:
    """A page whose console may say what it refused."""
    opened = browser.new_page()
    opened.goto(f"{pages_without_database}/gallery/home/")
    opened.wait_for_load_state("networkidle")
    yield opened
    opened.close()


@pytest.mark.parametrize("markup", TRIES.values(), ids=TRIES)
def test_markup_given_to_a_script_is_made_harmless(page: Page, markup: str) -> None:
    left = page.evaluate(
        """markup => {
          const box = document.createElement('div');
          document.body.append(box);
          box.innerHTML = markup;
          return box.innerHTML;
        }""",
        markup,
    )
    for word in ("onerror", "script", "iframe", "srcdoc", "<base"):
        assert word not in left
    assert page.evaluate("() => window.ran") is None


def test_ordinary_markup_stays_what_it_is(page: Page) -> None:
    markup = '<div class="file" id="f-1"><a href="/files/1/">見本.pdf</a><input value="1"></div>'
    same = page.evaluate(
        "markup => { const t = document.createElement('template'); t.innerHTML = markup;"
        " return t.innerHTML }",
        markup,
    )
    assert same == markup
    whole = page.evaluate(
        "() => new DOMParser().parseFromString('<html><body class=a><p>b</p></body></html>',"
        " 'text/html').body.className"
    )
    assert whole == "a"


@pytest.mark.parametrize(
    "sink",
    [
        "() => { document.createElement('script').src = '/static/ui/menu.js' }",
        "() => { document.createElement('script').text = 'window.ran = 1' }",
        "() => { window.trustedTypes.createPolicy('mine', { createHTML: (x) => x }) }",
        "() => { window.trustedTypes.createPolicy('default', { createHTML: (x) => x }) }",
    ],
)
def test_no_script_is_made_of_a_text(page: Page, sink: str) -> None:
    refused = page.evaluate(
        f"() => {{ try {{ ({sink})(); return '' }} catch (e) {{ return e.name }} }}"
    )
    assert refused == "TypeError"
