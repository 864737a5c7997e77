"""Two ways to use a page: a finger or mouse, and the keyboard alone.

Both find a field by its path in the form's definition (`applicant.name.family`), which is what its
id is made of.
"""

from collections.abc import Callable
from typing import Protocol

from playwright.sync_api import FilePayload, Locator, Page
from playwright.sync_api import TimeoutError as Waited

MOST_STOPS = 400


def anchor(path: str) -> str:
    """The id of the control for a path."""
    return "f-" + path.replace(".", "-")


class Hands(Protocol):
    """What a person does to a page."""

    page: Page

    def type(self, where: Locator, text: str) -> None:
        """Replace what stands in a box."""

    def press(self, what: Locator) -> None:
        """Press a button or follow a link."""

    def choose(self, radio: Locator) -> None:
        """Choose a radio button, or tick a box."""

    def pick(self, select: Locator, value: str) -> None:
        """Choose an entry of a drop-down list."""

    def attach(self, files: Locator, payload: FilePayload) -> None:
        """Choose a file."""


class Pointer:
    """A finger on a phone, or a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def type(self, where: Locator, text: str) -> None:
        where.fill(text)

    def press(self, what: Locator) -> None:
        what.click()

    def choose(self, radio: Locator) -> None:
        radio.check()

    def pick(self, select: Locator, value: str) -> None:
        select.select_option(value)

    def attach(self, files: Locator, payload: FilePayload) -> None:
        with self.page.expect_response(lambda answer: "/upload/" in answer.url):
            files.set_input_files(payload)


class Keys:
    """The keyboard alone: Tab to get there, arrows inside a group, Space and Enter to do it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def type(self, where: Locator, text: str) -> None:
        self._reach(where)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def press(self, what: Locator) -> None:
        self._reach(what)
        self.page.keyboard.press("Enter")

    def choose(self, radio: Locator) -> None:
        if radio.is_checked():
            return
        if radio.get_attribute("type") == "checkbox":
            self._reach(radio)
            self.page.keyboard.press("Space")
            return
        name = radio.get_attribute("name")
        group = self.page.locator(f'input[type=radio][name="{name}"]')
        self._tab_until(
            f"the group {name}",
            lambda: bool(group.evaluate_all("all => all.includes(document.activeElement)")),
        )
        for _ in range(group.count()):
            if radio.is_checked():
                return
            if radio.evaluate("one => one === document.activeElement"):
                self.page.keyboard.press("Space")
            else:
                self.page.keyboard.press("ArrowDown")
        assert radio.is_checked(), f"the arrows never reach {radio}"

    def pick(self, select: Locator, value: str) -> None:
        self._reach(select)
        self.page.keyboard.press("Home")
        for _ in range(select.locator("option").count()):
            if select.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        assert select.input_value() == value

    def attach(self, files: Locator, payload: FilePayload) -> None:
        for key in ("Enter", "Space", "Enter"):
            self._reach(files)
            try:
                with self.page.expect_file_chooser(timeout=8_000) as chooser:
                    self.page.keyboard.press(key)
            except Waited:  # a busy Chromium swallows the key now and then
                continue
            with self.page.expect_response(lambda answer: "/upload/" in answer.url):
                chooser.value.set_files(payload)
            return
        raise AssertionError(f"no key opens the chooser of {files}")

    def _reach(self, what: Locator) -> None:
        self._tab_until(
            str(what), lambda: bool(what.evaluate("one => one === document.activeElement"))
        )

    def _tab_until(self, what: str, there: Callable[[], bool]) -> None:
        for _ in range(MOST_STOPS):
            if there():
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reaches {what}")
