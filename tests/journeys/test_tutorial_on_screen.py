"""Chapter 1 of docs/tutorial.md, press by press in a real browser, with no word but its own."""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Download, Locator, Page, expect

from browser import OpenPage, axe_violations, overflow
from journeys.hall import Hall
from reliability.product import CLI, ROOT

TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
CHAPTER = TUTORIAL.partition("\n## 2. ")[0]
WALKS = {
    name: text.strip().splitlines()
    for name, text in re.findall(r"^```text walk=(\w+)\n(.*?)^```$", CHAPTER, re.M | re.S)
}
COMMANDS = CHAPTER.partition("```sh run=check\n")[2].partition("\n```")[0].splitlines()
PROGRAMS = {"python3": [sys.executable], "./suigo": CLI}
TITLE = "犬を飼い始めたとき（犬の登録）"
PROCEDURE = "a02-dog-registration"


@pytest.fixture(scope="module")
def village(browser: Browser) -> Iterator[Hall]:
    """The example city, as a newcomer starts it."""
    data = Path(tempfile.mkdtemp(prefix="suigo-tutorial-"))
    data.chmod(0o755)
    hall = Hall(data, city="example")
    hall.start()
    try:
        yield hall
    finally:
        hall.stop()
        shutil.rmtree(data, ignore_errors=True)


class Reader:
    """Somebody who does what is written, and knows nothing else."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.saved: Download | None = None

    def does(self, step: str) -> None:
        """One line of the text."""
        verb, _colon, what = step.partition(": ")
        label, _sign, value = what.partition(" = ")
        match verb:
            case "開く":
                self._open(self._named("summary", "link", what))
            case "書く":
                self._field(label).fill(value.replace("\\n", "\n"))
            case "選ぶ":
                self._field(label).select_option(label=value)
            case "押す":
                with self.page.expect_navigation():
                    self._named("button", what).click()
            case "保存":
                with self.page.expect_download() as download:
                    self._named("link", what).click()
                self.saved = download.value
            case _:
                raise AssertionError(f"nobody can do this: {step}")
        assert self.page.locator("[role=alert]").count() == 0, step
        assert axe_violations(self.page) == [], step
        assert overflow(self.page) == 0, step

    def _open(self, what: Locator) -> None:
        if what.evaluate("one => one.tagName") == "SUMMARY":
            what.click()
            return
        with self.page.expect_navigation():
            what.click()

    def _named(self, *roles_and_name: str) -> Locator:
        *roles, name = roles_and_name
        # what only screen readers hear is set off by a space
        words = re.compile("^" + re.escape(name).replace(":", r"\s*:") + "$")
        for role in roles:
            found = (
                self.page.locator("summary").filter(has_text=words)
                if role == "summary"
                else self.page.get_by_role(role, name=words)  # type: ignore[arg-type]
            ).filter(visible=True)
            if found.count():
                return found.first
        raise AssertionError(f"nothing is called {name!r} at {self.page.url}")

    def _field(self, label: str) -> Locator:
        """The box with this label; of a text in three languages the Japanese one."""
        words = re.compile(f"^{re.escape(label)}\\s*(必須|任意)?$")
        own = self.page.get_by_label(words).and_(self.page.locator("input, select, textarea"))
        of_group = self.page.get_by_role("group", name=words).get_by_label("日本語で", exact=True)
        found = own.or_(of_group).filter(visible=True)
        expect(found, f"{label} at {self.page.url}").to_have_count(1)
        return found


def test_whoever_follows_the_text_adds_a_procedure(
    village: Hall, page_at: OpenPage, tmp_path: Path
) -> None:
    maker, approver = Reader(page_at(1280, 900)), Reader(page_at(1280, 900))
    for reader, address in (
        (maker, "general-affairs-clerk@example.jp"),
        (approver, "general-affairs-head@example.jp"),
    ):
        assert f"`{address}`" in CHAPTER
        village.enter_staff(reader.page, address)
        reader.page.get_by_role("link", name="手続をつくる", exact=True).first.click()
    for walk, steps in WALKS.items():
        reader = approver if walk == "approver" else maker
        if walk == "approver":
            reader.page.reload()
        for step in steps:
            reader.does(step)

    resident = page_at(360)
    resident.goto(f"{village.url}/procedures/{PROCEDURE}/")
    expect(resident.get_by_role("heading", name=TITLE)).to_be_visible()

    assert maker.saved is not None
    shutil.copytree(ROOT / "cities" / "example", tmp_path / "cities" / "example")
    maker.saved.save_as(tmp_path / maker.saved.suggested_filename)
    for line in COMMANDS:
        program, *arguments = line.split()
        done = subprocess.run(
            [*PROGRAMS[program], *arguments],
            cwd=tmp_path,
            env=village.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "cities/example/services" / PROCEDURE / "form.yaml").is_file()
    assert "✓ 3 手続" in done.stdout
