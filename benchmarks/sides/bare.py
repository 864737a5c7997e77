"""What visitors do at the bare application."""

from __future__ import annotations

import json

from harness.browser import Browser, WrongAnswer
from harness.servers import Stage, bare_environment

PAGES = (
    {
        "family": "試験",
        "given": "花子",
        "family_kana": "シケン",
        "given_kana": "ハナコ",
        "birthday": "1990-04-01",
    },
    {
        "postal_code": "999-0001",
        "address": "見本県見本市川辺1丁目2番3号",
        "phone": "090-1234-5678",
        "email": "hanako@example.com",
        "commutes": "no",
    },
    {
        "branch": "central",
        "kinds": ["books", "music"],
        "per_month": "5",
        "wishes": "読み聞かせの会を増やしてください。",
        "rules": "on",
    },
)
ALL = {name: value for page in PAGES for name, value in page.items()}
DEPARTMENT, STATE = "library", "received"
INPUTS = 15


def prepare(here: Stage) -> None:
    """Make its database."""
    here.make_database("bare")
    here.run(
        ["django", "migrate", "--run-syncdb", "--verbosity=0"], bare_environment(here, full=True)
    )


class BareVisitor:
    """One visitor. ``protected`` says whether the server wants a token with each post (B)."""

    def __init__(self, port: int, *, protected: bool) -> None:
        self.browser = Browser(port)
        if protected:
            self.browser.open_form("/form/")

    def do_nothing(self) -> None:
        """The no-op."""
        if self.browser.get("/").body != b"ok":
            raise WrongAnswer("no-op")

    def insert(self) -> None:
        """One row."""
        answer = self.browser.post("/insert/", ALL, expect=200)
        if len(answer.between("<p>", "</p>")) != 16:
            raise WrongAnswer(answer.text())

    def see_form(self) -> None:
        """The page with fifteen fields."""
        text = self.browser.get("/form/").text()
        if not text.rstrip().endswith("</html>") or 'name="rules"' not in text:
            raise WrongAnswer(text)

    def apply(self) -> None:
        """The flow of five posts."""
        place = self.browser.post("/flow/", {}).location
        for page in PAGES:
            place = self.browser.post(place, page).location
        _require_reference(self.browser.post(place, {}, expect=200).between('reference">', "<"))

    def apply_page_by_page(self) -> None:
        """The same with every page in between looked at."""
        place = self.browser.post("/flow/", {}).location
        for page in PAGES:
            self.browser.get(place)
            place = self.browser.post(place, page).location
        if "花子" not in self.browser.get(place).text():
            raise WrongAnswer("check your answers")
        _require_reference(self.browser.post(place, {}, expect=200).between('reference">', "<"))

    def see_inbox(self) -> None:
        """Fifty rows and the total."""
        page = self.browser.get(f"/inbox/?department={DEPARTMENT}&state={STATE}")
        if page.text().count("<tr>") != 51 or int(page.between('total">', "<")) < 50:
            raise WrongAnswer(page.text())


def fill_inbox(here: Stage, *, rows: int) -> None:
    """Bring the inbox table to so many rows: three departments, eight states."""
    here.sql(
        "bare",
        f"""
        INSERT INTO bare_item
            (number, title, name, department, state, due_date, received_at)
        SELECT 'S01-2026-' || lpad(n::text, 7, '0'), '図書館カードの申込み', '試験 花子' || n,
            ({_array(["library", "welfare", "general-affairs"])})[n % 3 + 1],
            ({_array([STATE, *(f"state-{i}" for i in range(7))])})[(n / 3) % 8 + 1],
            date '2026-11-01' + (n * 7919 % 120), timestamptz '2026-11-01' - n * interval '1 min'
        FROM generate_series((SELECT count(*) FROM bare_item)::int + 1, {rows}) AS n
        """,
    )
    here.sql("bare", "VACUUM ANALYZE bare_item")


def _array(words: list[str]) -> str:
    return "ARRAY[" + ", ".join(f"'{word}'" for word in words) + "]"


def _require_reference(reference: str) -> None:
    if len(reference) != 16:
        raise WrongAnswer(json.dumps(reference))
