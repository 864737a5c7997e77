"""The real browser of the journeys: finding it, opening pages, and asking axe about them.

Fixtures are imported by the conftest.py of the folders that use them::

    from browser import browser, page_at  # noqa: F401
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, sync_playwright

AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
CANDIDATES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

# Answers that a journey asks for: refused forms, and requests that a test itself cuts off.
EXPECTED = re.compile(r"with a status of 4(?!04)\d\d|net::ERR_FAILED")

OpenPage = Callable[..., Page]


def find_chromium(playwright: Playwright | None = None) -> str | None:
    """The path of a Chromium: $SUIGO_CHROMIUM, the system's, or the one Playwright installed.

    Raises FileNotFoundError when $SUIGO_CHROMIUM names a file that does not exist.
    """
    chosen = os.environ.get("SUIGO_CHROMIUM")
    if chosen:
        if not Path(chosen).is_file():
            raise FileNotFoundError(f"SUIGO_CHROMIUM names {chosen}, which does not exist")
        return chosen
    for name in CANDIDATES:
        found = shutil.which(name)
        if found:
            return found
    own = playwright.chromium.executable_path if playwright else ""
    return own if own and Path(own).is_file() else None


def launch(playwright: Playwright) -> Browser:
    """Start the browser. Raises FileNotFoundError when there is none."""
    path = find_chromium(playwright)
    if path is None:
        raise FileNotFoundError(
            "no Chromium found: install the package `chromium`, or set SUIGO_CHROMIUM to its path"
        )
    # Chromium's sandbox refuses to run as root, as it does in containers.
    sandbox = () if os.geteuid() else ("--no-sandbox",)
    return playwright.chromium.launch(executable_path=path, args=[*FLAGS, *sandbox])


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for the whole run; without one, journeys are skipped, and fail under CI=true."""
    with sync_playwright() as playwright:
        try:
            started = launch(playwright)
        except FileNotFoundError as missing:
            if os.environ.get("CI") == "true":
                pytest.fail(str(missing))
            pytest.skip(str(missing))
        yield started
        started.close()


@pytest.fixture
def page_at(browser: Browser, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """Opens fresh pages of a width, each with cookies of its own.

    ``page_at(width, height=800, scheme="light", javascript=True, scale=1)``. The test fails when a
    page logged an error: a script that broke, a missing file, or something that the CSP refused.
    With SUIGO_SCREENSHOTS=DIR every page is kept there as it was at the end.
    """
    contexts = []
    problems: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and not EXPECTED.search(message.text):
            problems.append(f"{message.location.get('url', '')}: {message.text}")

    def open_page(
        width: int,
        height: int = 800,
        *,
        scheme: Literal["light", "dark"] = "light",
        javascript: bool = True,
        scale: float = 1,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            java_script_enabled=javascript,
            device_scale_factor=scale,
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield open_page
    album = os.environ.get("SUIGO_SCREENSHOTS")
    for number, context in enumerate(contexts):
        for shown in context.pages if album else []:
            shown.screenshot(path=f"{album}/{request.node.name}-{number}.png", full_page=True)
        context.close()
    assert problems == [], problems


@cache
def _axe_source() -> str:
    return AXE.read_text(encoding="utf-8")


def axe_violations(page: Page) -> list[str]:
    """What axe finds wrong on the page as it is now, one line per element; empty when nothing.

    Evaluated by the driver, so the page's CSP neither sees nor stops it.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_axe_source())
    found: list[dict[str, Any]] = page.evaluate(
        """rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})
                      .then(result => result.violations)""",
        list(RULES),
    )
    return [
        f"{violation['id']}: {node['html'][:160]} ({' '.join(node['failureSummary'].split())})"
        for violation in found
        for node in violation["nodes"]
    ]


def overflow(page: Page) -> int:
    """By how many CSS pixels the page is wider than the window (0: no sideways scrolling)."""
    wider: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wider


def focus_stops(page: Page, *, limit: int = 400) -> list[dict[str, Any]]:
    """Walk the page with the Tab key: what gets the focus, in order.

    Each stop has ``name`` (a readable description), ``visible`` (a focus mark is drawn, on the
    element or on the .choice around it) and ``inside`` (it is not hidden outside of the window).
    """
    stops: list[dict[str, Any]] = []
    page.evaluate(  # start at the top, even where a script has already moved the focus
        """() => {
             document.body.tabIndex = -1;
             document.body.focus();
             document.body.removeAttribute('tabindex');
           }"""
    )
    for _ in range(limit):
        page.keyboard.press("Tab")
        stop: dict[str, Any] | None = page.evaluate(
            """() => {
              const element = document.activeElement;
              if (!element || element === document.body) return null;
              if (element.dataset.seenByTab) return null;
              element.dataset.seenByTab = 'yes';
              const marked = [element, element.closest('.choice')].filter(Boolean).some(one => {
                const style = getComputedStyle(one);
                return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
              });
              const box = element.getBoundingClientRect();
              const label = element.id || element.textContent.trim().slice(0, 30) || element.name;
              return {
                name: element.tagName.toLowerCase() + ' ' + label,
                visible: marked,
                inside: box.bottom > 0 && box.top < innerHeight && box.right > 0,
              };
            }"""
        )
        if stop is None:
            break
        stops.append(stop)
    return stops
