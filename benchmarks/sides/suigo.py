"""What visitors do at Suigo: the procedure ``s01-library-card`` of the invented city."""

from __future__ import annotations

import queue
import re

from harness.browser import Browser, WrongAnswer
from harness.load import UsedUp
from harness.servers import Stage, suigo_environment

PROCEDURE = "s01-library-card"
PAGES: tuple[tuple[str, dict[str, str | list[str]]], ...] = (
    (
        "applicant",
        {
            "applicant.family": "試験",
            "applicant.given": "花子",
            "applicant.family_kana": "シケン",
            "applicant.given_kana": "ハナコ",
            "birthday.era": "平成",
            "birthday.year": "2",
            "birthday.month": "4",
            "birthday.day": "1",
            "address.postal_code": "999-0001",
            "address.prefecture": "見本県",
            "address.city": "見本市",
            "address.town": "川辺",
            "address.block": "1丁目2番3号",
            "address.building": "",
            "phone": "090-1234-5678",
            "email": "hanako@example.com",
            "commutes": "no",
        },
    ),
    (
        "card",
        {
            "branch": "central",
            "card_kinds": ["", "books", "music"],
            "per_month": "5",
            "large_print": "no",
            "wishes": "読み聞かせの会を増やしてください。",
        },
    ),
    ("consent", {"rules": ["", "yes"]}),
)
NUMBER = re.compile(r"R\d+-S01-\d{4,}")


def prepare(here: Stage) -> None:
    """Make its database and collect its static files."""
    here.make_database("suigo")
    here.run(["suigo.project.cli", "migrate"], suigo_environment(here))


class Resident:
    """Somebody who isn't signed in, on one browser."""

    def __init__(self, port: int) -> None:
        self.browser = Browser(port)
        self.browser.open_form(f"/procedures/{PROCEDURE}/")
        self.form_page = ""  # a draft's first page, once there is one
        self.receipt = ""  # the address of the last receipt

    def begin(self) -> str:
        """Start a draft and return its address."""
        return self.browser.post(f"/procedures/{PROCEDURE}/start/", {}).location

    def keep_a_form(self) -> None:
        """Start a draft whose first page can be looked at."""
        self.form_page = self.browser.get(self.begin(), expect=302).location
        self.see_form()

    def see_form(self) -> None:
        """A complete form page."""
        text = self.browser.get(self.form_page).text()
        if not text.rstrip().endswith("</html>") or 'name="commutes"' not in text:
            raise WrongAnswer(text)

    def apply(self) -> None:
        """The flow of five posts; the last answer holds the number."""
        draft = self.begin()
        for page, fields in PAGES:
            self._save(f"{draft}page/{page}/", fields)
        self.confirm(draft)

    def apply_page_by_page(self) -> None:
        """The same as a browser does it: with every redirect followed and every page seen."""
        draft = self.begin()
        place = self.browser.get(draft, expect=302).location
        for _page, fields in PAGES:
            self.browser.open_form(place)
            place = self._save(place, fields)
        if "花子" not in self.browser.open_form(place).text():
            raise WrongAnswer("check your answers")
        self.confirm(draft)

    def confirm(self, draft: str) -> str:
        """The last click; returns the number that the answer itself holds."""
        answer = self.browser.post(f"{draft}check/", {}, expect=200)
        number = answer.between('class="done__number">', "<")
        if not NUMBER.fullmatch(number):
            raise WrongAnswer(number)
        self.receipt = answer.headers["content-location"].removesuffix("done/") + "receipt.pdf"
        return number

    def save_receipt(self) -> None:
        """The receipt as PDF."""
        answer = self.browser.get(self.receipt)
        if not answer.body.startswith(b"%PDF-") or b"%%EOF" not in answer.body[-64:]:
            raise WrongAnswer("not a PDF")

    def _save(self, place: str, fields: dict[str, str | list[str]]) -> str:
        multipart = place.endswith("/consent/")  # the page with a file on it
        following = self.browser.post(place, fields, multipart=multipart).location
        if following == place:
            raise WrongAnswer(f"{place} was not accepted")
        return following


class Confirmer:
    """Confirms drafts that were prepared as copies of one finished draft."""

    def __init__(self, here: Stage, port: int) -> None:
        self.resident = Resident(port)
        self._here = here
        self._ready: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._original = self.resident.begin()
        for page, fields in PAGES:
            self.resident.browser.post(f"{self._original}page/{page}/", fields)

    def stock(self, count: int) -> None:
        """Have at least ``count`` drafts ready."""
        missing = count - self._ready.qsize()
        if missing <= 0:
            return
        original = self._original.strip("/").split("/")[-1]
        rows = self._here.sql(
            "suigo",
            f"""
            INSERT INTO cases_draft (public_id, procedure_id, definition_id, owner_id, owner_token,
                channel, answers, page, version, created_at, updated_at, expires_at)
            SELECT gen_random_uuid(), procedure_id, definition_id, owner_id, owner_token,
                channel, answers, page, version, created_at, updated_at, expires_at
            FROM cases_draft, generate_series(1, {missing}) WHERE public_id = '{original}'
            RETURNING public_id
            """,
        )
        for (public_id,) in rows:
            self._ready.put(f"/apply/{public_id}/")

    def confirm(self) -> None:
        """The last click of the next draft."""
        try:
            draft = self._ready.get_nowait()
        except queue.Empty:
            raise UsedUp from None
        self.resident.confirm(draft)

    def confirm_and_save_receipt(self) -> None:
        """The last click and the receipt as PDF."""
        self.confirm()
        self.resident.save_receipt()
