"""A claim for child allowance with two children, one living apart, as a resident fills it in."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO

from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from journeys.hands import Hands, anchor
from suigo.kernel.japanese.numbers import personal_number_check_digit

PROCEDURE = "k01-child-allowance-claim"
MONTHLY = 25_000  # 10,000 yen for the elder child, 15,000 yen for the baby
NAME = "見本　花子"


def personal_number(start: str) -> str:
    """A 個人番号 whose check digit is right."""
    return start + str(personal_number_check_digit(start))


def photo() -> FilePayload:
    """A picture of a bank book."""
    out = BytesIO()
    Image.new("RGB", (300, 200), "white").save(out, format="PNG")
    return {"name": "通帳.png", "mimeType": "image/png", "buffer": out.getvalue()}


@dataclass
class Claim:
    """Fills page after page with the hands it was given."""

    hands: Hands
    today: date

    @property
    def page(self) -> Page:
        return self.hands.page

    def fill(self) -> None:
        """From the first page to the one that checks the answers."""
        self._event()
        self._applicant()
        self._work()
        self._spouse()
        self._children()
        self._choose("has_older-no")
        self.go_on("older-children", "amount")
        expect(self.page.locator(f"#{anchor('monthly_amount')} output")).to_have_text(
            f"{MONTHLY:,}円"
        )
        self.go_on("amount", "account")
        self._account()
        self._choose("apart_declaration")
        self.go_on("documents", "consent")
        self._choose("records_consent")
        self._choose("truth")
        self.go_on("consent", "check")

    def go_on(self, here: str, there: str) -> None:
        """Press the button that goes on, and arrive."""
        expect(self.page).to_have_url(re.compile(rf"/page/{here}/(#.*)?$"))
        self.press_next()
        expect(self.page).to_have_url(re.compile(rf"/(page/)?{there}/$"))

    def press_next(self) -> None:
        """Press 次へ進む."""
        self.hands.press(self.page.locator("[data-guard] .actions [data-type=primary]"))

    # -- pages ----------------------------------------------------------------------------------

    @property
    def born(self) -> date:
        """The baby's birthday: four days ago, so within the 15 days of the law."""
        return self.today - timedelta(days=4)

    def _event(self) -> None:
        self._choose("event.reason-birth")
        self._date("event.date", self.born)
        self.go_on("event", "applicant")

    def _applicant(self) -> None:
        self._name("applicant.name", "見本", "花子", "ミホン", "ハナコ")
        self._address("applicant.address", "3112424")
        self._type("applicant.phone", "090-0000-0000")
        self._type("applicant.my_number", personal_number("12345678901"))
        self._choose("applicant.jan1-same")
        # a slip of the pen: the fifth month has no 32nd day
        self._date("applicant.birth_date", date(1990, 5, 6), day="32")
        self.press_next()
        self._mend()
        self.go_on("applicant", "work")

    def _mend(self) -> None:
        """The summary has the focus, says what to do, and leads to the field."""
        summary = self.page.locator("#error-summary")
        expect(summary).to_be_focused()
        assert self.page.title().startswith("エラー")
        links = summary.locator("a")
        expect(links).to_have_count(1)
        self.hands.press(links.first)
        day = self.page.locator(f"#{anchor('applicant.birth_date.day')}")
        expect(self.page.locator(f"#{anchor('applicant.birth_date')}")).to_contain_text(
            links.first.inner_text()
        )
        expect(self.page.locator(f"#{anchor('applicant.birth_date')} input:focus")).to_have_count(1)
        expect(day).to_have_value("32")
        expect(self.page.locator(f"#{anchor('applicant.name.family')}")).to_have_value("見本")
        self.hands.type(day, "6")

    def _work(self) -> None:
        self._choose("work.occupation-employee")
        self._type("work.employer", "見本商店")
        self._choose("work.pension-employees")
        self.go_on("work", "spouse")

    def _spouse(self) -> None:
        self._choose("spouse.has-yes")
        self._name("spouse.name", "見本", "太郎", "ミホン", "タロウ")
        self._date("spouse.birth_date", date(1989, 1, 2))
        self._type("spouse.my_number", personal_number("12345678902"))
        self._choose("spouse.occupation-self_employed")
        self._choose("spouse.earns_more-no")
        self._choose("spouse.jan1-same")
        self._choose("spouse.living-together")
        self.go_on("spouse", "children")

    def _children(self) -> None:
        self._child(0, "みどり", "ミドリ", self.born)
        self._choose("children.0.living-together")
        self.hands.press(self.page.locator("button[name=_add]"))
        expect(self.page.locator(f"#{anchor('children.1')}")).to_be_visible()
        self._child(1, "そら", "ソラ", date(self.today.year - 14, 5, 1))
        self._choose("children.1.living-apart")
        self._choose("children.1.apart_reason-school")
        self._type("children.1.apart_detail", "寮に住み、毎月仕送りをしています。")
        self._address("children.1.address", "1000001")
        self._type("children.1.my_number", personal_number("12345678903"))
        self.go_on("children", "older-children")

    def _child(self, number: int, given: str, given_kana: str, born: date) -> None:
        child = f"children.{number}"
        self._name(f"{child}.name", "見本", given, "ミホン", given_kana)
        self._date(f"{child}.birth_date", born)
        self._choose(f"{child}.relation-child")
        self._choose(f"{child}.cares-yes")
        self._choose(f"{child}.livelihood-shared")

    def _account(self) -> None:
        account = "payment.account"
        self._choose("payment.public_account-no")
        self._type(f"{account}.bank_name", "常陽")
        self.hands.press(self.page.locator(f'button[value="{account}#bank"]'))
        expect(self.page.get_by_text("常陽（0130）")).to_be_visible()  # one match needs no choice
        self._type(f"{account}.branch_name", "本店")
        self.hands.press(self.page.locator(f'button[value="{account}#branch"]'))
        self._choose(f"{account}.branch_code-004")
        self._choose(f"{account}.account_type-1")
        self._type(f"{account}.number", "0123456")
        self._type(f"{account}.holder_kana", "ミホン　ハナコ")
        self.hands.attach(self.page.locator(f"#{anchor('payment.account_proof')}-files"), photo())
        expect(self.page.get_by_role("link", name="通帳.png")).to_be_visible()
        self.go_on("account", "documents")

    # -- fields ---------------------------------------------------------------------------------

    def _type(self, path: str, text: str) -> None:
        self.hands.type(self.page.locator(f"#{anchor(path)}"), text)

    def _choose(self, path: str) -> None:
        self.hands.choose(self.page.locator(f"#{anchor(path)}"))

    def _name(self, path: str, family: str, given: str, family_kana: str, given_kana: str) -> None:
        parts = {
            "family": family,
            "given": given,
            "family_kana": family_kana,
            "given_kana": given_kana,
        }
        for part, text in parts.items():
            self._type(f"{path}.{part}", text)

    def _date(self, path: str, when: date, **slip: str) -> None:
        self.hands.pick(self.page.locator(f"#{anchor(path)}-era"), "西暦")
        parts = {"year": str(when.year), "month": str(when.month), "day": str(when.day), **slip}
        for part, text in parts.items():
            self._type(f"{path}.{part}", text)

    def _address(self, path: str, postal_code: str) -> None:
        self._type(f"{path}.postal_code", postal_code)
        self.hands.press(self.page.locator(f'button[value="{path}"]'))
        expect(self.page.locator(f"#{anchor(path)}-town")).not_to_have_value("")
        self._type(f"{path}.block", "999-1")
