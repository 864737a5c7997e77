"""The city hall that journeys visit: `./suigo run` with the first city and few demonstrations."""

import json
import re
import subprocess
import time
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from reliability.product import CLI, ROOT, Product
from suigo.project.demo import PASSWORD

CASES = 25
ARRANGE = Path(__file__).with_name("arrange.py")
# one process runs them all: to start Django takes longer than any of them
PROGRAMS = """
import contextlib, io, json, sys, traceback
from django.db import connections
for line in sys.stdin:
    printed, failure = io.StringIO(), ""
    try:
        with contextlib.redirect_stdout(printed):
            exec(json.loads(line), {"__name__": "program"})
    except BaseException:
        failure = traceback.format_exc()
    connections.close_all()
    print(json.dumps([printed.getvalue(), failure]), flush=True)
"""


@dataclass
class Hall(Product):
    """A running city hall, what was arranged in it, and its mail."""

    things: dict[str, Any] = field(default_factory=dict)
    city: str = "itako"
    shell: subprocess.Popen[str] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """A demonstration of the city that the repository brings, with fewer cases."""
        return {
            **super().environment,
            "SUIGO_ENV": "demo",
            "SUIGO_CITY": str(ROOT / "cities" / self.city),
            "SUIGO_DEMO_CASES": str(CASES),
            "SUIGO_WEB_WORKERS": "1",
        }

    @property
    def url(self) -> str:
        """Where it answers."""
        host, port = self.address
        return f"http://{host}:{port}"

    def arrange(self) -> None:
        """Make what the demonstration lacks (see arrange.py) and remember it."""
        self.things = json.loads(self.run(ARRANGE.read_text()))

    def run(self, program: str) -> str:
        """Run Python inside this installation; returns the last line that it printed."""
        if self.shell is None:
            self.shell = subprocess.Popen(
                [*CLI, "shell", "--data", str(self.data), "-c", PROGRAMS],
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self.shell.stdin is not None
        assert self.shell.stdout is not None
        self.shell.stdin.write(f"{json.dumps(program)}\n")
        self.shell.stdin.flush()
        printed, failure = json.loads(self.shell.stdout.readline())
        assert not failure, failure
        return str(printed).strip().splitlines()[-1]

    def stop(self) -> None:
        """Everything, the shell too."""
        if self.shell is not None:
            self.shell.kill()
            self.shell.communicate()
        super().stop()

    def mails(self, address: str) -> list[EmailMessage]:
        """What arrived for somebody, oldest first."""
        found = []
        for file in sorted((self.data / "mail").glob("*.eml")):
            message = message_from_bytes(file.read_bytes(), policy=default)
            if isinstance(message, EmailMessage) and address in str(message["To"]):
                found.append(message)
        return found

    def mail(self, address: str, words: str, *, within: float = 30, after: int = 0) -> str:
        """Subject and text of the newest mail for somebody that says ``words``; waits for one
        that is not among the first ``after``."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            for message in reversed(self.mails(address)[after:]):
                body = message.get_body(("plain",))
                text = f"{message['Subject']}\n{body.get_content() if body else ''}"
                if words in text:
                    return text
            time.sleep(0.1)
        subjects = [str(message["Subject"]) for message in self.mails(address)]
        raise AssertionError(f"no mail for {address} says {words!r}, only {subjects}")

    def code(self, address: str, *, after: int = 0) -> str:
        """The six digits of the newest sign-in mail for somebody, not among the first ``after``."""
        found = re.search(r"\b(\d{6})\b", self.mail(address, "コード", after=after))
        assert found is not None
        return found[1]

    def enter_resident(self, page: Page, address: str) -> None:
        """Sign a resident in by the code from the mail."""
        known = len(self.mails(address))
        page.goto(f"{self.url}/sign-in/")
        page.locator("#email").fill(address)
        page.locator("form:has(#email) button").click()
        page.wait_for_url("**/sign-in/code/")
        page.locator("#code").fill(self.code(address, after=known))
        page.locator("main form button").first.click()
        expect(page).to_have_url(re.compile("/my/$"))  # says what stood there instead

    def enter_with_card(self, page: Page, person: str) -> None:
        """From a page that asks for a proof to the invented provider and back, as ``person``."""
        page.get_by_role("button", name="マイナンバーカードで進む").click()
        page.locator(f"button[value={person}]").click()
        page.wait_for_url(f"{self.url}/**")

    def show_own_card(self, page: Page, name: str, born: str, address: str) -> None:
        """At the invented provider, a card that no other journey of this hall uses: whose card
        somebody signed in with once stays theirs."""
        page.locator("summary").click()
        for box, value in (("name", name), ("born", born), ("address", address)):
            page.locator(f"#written_{box}").fill(value)
        page.locator("button[value=written]").click()

    def enter_staff(self, page: Page, address: str) -> None:
        """Sign one of the demonstration's staff in, who need no second step."""
        page.goto(f"{self.url}/staff/sign-in/")
        page.locator("#email").fill(address)
        page.locator("#password").fill(PASSWORD)
        page.locator("form:has(#password) button").click()
        page.wait_for_url(lambda url: "sign-in" not in url)
