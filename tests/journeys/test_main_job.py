"""The main job from end to end: apply, check, correct, decide, answer.

On a phone, on a desk, and by keyboard alone; everything real: server, worker, database, mail.
"""

import json
import re
from collections.abc import Callable
from datetime import date
from secrets import token_hex

import pyotp
import pytest
from playwright.sync_api import Locator, Page, expect

from browser import OpenPage
from journeys.claim import MONTHLY, NAME, PROCEDURE, Claim
from journeys.hall import Hall
from journeys.hands import Hands, Keys, Pointer
from suigo.engines.documents.rendering import pdf_text
from suigo.kernel.clock import local_date, now

BORN, ADDRESS = "1990-05-06", "茨城県潮来市潮来999番地1"
LEDGER = """
import json
from suigo.kernel.audit import queries
from suigo.kernel.audit.models import AuditEntry
report = queries.verify_chain()
lines = [queries.sentence_of(entry) for entry in AuditEntry.objects.order_by("id")]
broken = report.broken and report.broken.reason
print(json.dumps({"broken": broken, "entries": report.entries, "lines": lines}))
"""


@pytest.mark.parametrize(
    ("number", "width", "hands_of"),
    [
        pytest.param(0, 360, Pointer, id="phone"),
        pytest.param(1, 1280, Pointer, id="desk"),
        pytest.param(2, 1280, Keys, id="keyboard"),
    ],
)
def test_a_claim_is_applied_for_checked_corrected_decided_and_answered(
    hall: Hall, page_at: OpenPage, number: int, width: int, hands_of: Callable[[Page], Hands]
) -> None:
    address = f"journey-{number}-{token_hex(3)}@example.jp"
    resident = hands_of(page_at(width))
    clerk, head = hands_of(page_at(1280)), hands_of(page_at(1280))

    case_number = apply(hall, resident, address)
    ask_for_two_corrections(hall, clerk, f"journey-clerk-{number}@example.jp", case_number)
    correct(hall, resident, address, case_number)
    finish_the_check(clerk, case_number)
    approve(hall, head, f"journey-head-{number}@example.jp", case_number)
    read_the_letter(hall, resident, address, case_number)

    ledger = json.loads(hall.run(LEDGER))
    assert (ledger["broken"], ledger["entries"]) == (None, len(ledger["lines"]))
    assert [
        line for line in ledger["lines"] if re.search(r"[a-z]+\.[a-z-]+ \{|\{\w+\}", line)
    ] == []
    own = [line for line in ledger["lines"] if case_number in line]
    assert len(own) >= 6  # received, correction asked and answered, check, decision, letter


def apply(hall: Hall, hands: Hands, address: str) -> str:
    """Sign in on the way to the form, fill it in, send it; returns the number on the screen."""
    page = hands.page
    page.goto(f"{hall.url}/")
    hands.type(page.locator("main input[type=search]"), "児童手当")
    hands.press(page.locator("main").get_by_role("button", name="さがす"))
    page.wait_for_url("**/procedures/?q=*")
    hands.press(page.get_by_role("link", name="児童手当を初めて請求する").first)
    page.wait_for_url(f"**/procedures/{PROCEDURE}/")
    begin = page.locator("form[action$='/start/'] button").first
    hands.press(begin)
    page.wait_for_url("**/sign-in/?next=*")
    hands.type(page.locator("#email"), address)
    hands.press(page.get_by_role("button", name="コードを送る"))
    page.wait_for_url("**/sign-in/code/")
    hands.type(page.locator("#code"), hall.code(address))
    hands.press(page.get_by_role("button", name="ログインする"))
    page.wait_for_url(f"**/procedures/{PROCEDURE}/")
    hands.press(begin)
    Claim(hands, today()).fill()

    answers = page.locator("main")
    for text in (NAME, "見本　みどり", "見本　そら", "東京都千代田区", "通帳.png", "25,000円"):
        expect(answers).to_contain_text(text)
    expect(answers).not_to_contain_text("123456789018")  # a 個人番号 is never sent back
    hands.press(page.get_by_role("button", name="電子署名に進む"))
    page.wait_for_url("**/sign/")
    sheet = page.locator(".sign-sheet")
    for text in ("見本　みどり", "東京都千代田区", "通帳.png"):
        expect(sheet).to_contain_text(text)
    expect(sheet).not_to_contain_text("123456789018")
    hands.press(page.get_by_role("button", name="カードで署名して送信する"))
    page.wait_for_url("**/protocol/openid-connect/auth?**")
    hands.press(page.locator("summary"))
    for part, text in (("name", NAME), ("born", BORN), ("address", ADDRESS)):
        hands.type(page.locator(f"#written_{part}"), text)
    hands.press(page.get_by_role("button", name="このカードで進む"))
    shown = page.locator(".done__number")
    expect(shown).to_have_text(re.compile(r"^R\d+-K01-\d{4}$"))
    case_number = shown.inner_text()
    assert case_number in hall.mail(address, case_number)
    return case_number


def sign_in(hall: Hall, hands: Hands, address: str) -> None:
    """Password, then the code of the authenticator app."""
    page = hands.page
    page.goto(f"{hall.url}/staff/sign-in/")
    hands.type(page.locator("#email"), address)
    hands.type(page.locator("#password"), hall.things["password"])
    hands.press(page.get_by_role("button", name="次へ進む"))
    page.wait_for_url("**/second-step/")
    hands.type(page.locator("#code"), pyotp.TOTP(hall.things["secret"]).now())
    hands.press(page.get_by_role("button", name="ログインする"))
    page.wait_for_url("**/staff/inbox/")


def open_case(hands: Hands, case_number: str) -> None:
    """Find a case by its number in the search box of every page."""
    page = hands.page
    hands.type(page.locator("#staff-search"), case_number)
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/inbox/?*")
    hands.press(page.get_by_role("link", name=case_number, exact=True))
    page.wait_for_url("**/staff/cases/*/")
    expect(page.locator("h1")).to_contain_text(case_number)


def ask_for_two_corrections(hall: Hall, hands: Hands, address: str, case_number: str) -> None:
    page = hands.page
    sign_in(hall, hands, address)
    open_case(hands, case_number)
    hands.press(page.get_by_role("button", name="確認を始める"))
    expect(page.locator(".staff-head")).to_contain_text("確認中")
    hands.press(page.get_by_role("link", name="通帳.png"))
    expect(page.locator(".evidence__pages img").first).to_be_visible()
    for path, message in (
        ("applicant-phone", "昼間につながる番号をお願いします。"),
        ("children-1-address", "寮の番地までお願いします。"),
    ):
        hands.press(page.locator(f"#row-{path} summary"))
        hands.type(page.locator(f"#i-{path}"), message)
    hands.press(page.locator("#i-items button"))
    page.wait_for_url("**/actions/request_correction/")
    expect(page.locator(".letter-text")).to_contain_text("寮の番地までお願いします。")
    hands.press(page.locator("button[name=step][value=done]"))
    page.wait_for_url("**/staff/cases/*/")
    expect(page.locator(".staff-head")).to_contain_text("補正のお願い中")


def correct(hall: Hall, hands: Hands, address: str, case_number: str) -> None:
    """The mail leads to my page, which says first what to do."""
    page = hands.page
    mail = hall.mail(address, "直し")
    assert "090-0000-0000" not in mail
    page.goto(f"{hall.url}/my/")
    hands.press(page.locator("#tasks ~ * a").first)
    page.wait_for_url("**/correct/")
    expect(page.get_by_text("昼間につながる番号をお願いします。")).to_be_visible()
    expect(page.get_by_text("寮の番地までお願いします。")).to_be_visible()
    expect(page.locator("#f-applicant-name-family")).to_have_count(0)
    hands.type(page.locator("#f-applicant-phone"), "0299-00-1111")
    hands.press(page.locator('button[name=_lookup][value="children.1.address"]'))
    expect(page.locator("#f-applicant-phone")).to_have_value("0299-00-1111")  # not sent yet
    hands.type(page.locator("#f-children-1-address-block"), "1-2-3 見本寮")
    hands.press(page.get_by_role("button", name="直した内容を送信する"))
    page.wait_for_url("**/my/applications/*/?done=corrected")
    expect(page.locator("main")).to_contain_text(case_number)
    expect(page.locator(".standing")).to_contain_text("確認")


def finish_the_check(hands: Hands, case_number: str) -> None:
    page = hands.page
    open_case(hands, case_number)
    expect(page.locator("#row-applicant-phone")).to_contain_text("0299-00-1111")
    expect(page.locator("#row-applicant-phone")).to_contain_text("補正前: 090-0000-0000")
    boxes = page.locator("#checklist input[type=checkbox]")
    for index in range(boxes.count()):
        with page.expect_response("**/checklist/"):
            hands.choose(boxes.nth(index))
        expect(page.locator("#checklist input:checked")).to_have_count(index + 1)
    hands.press(page.get_by_role("link", name="確認を終えて決定へ回す"))
    page.wait_for_url("**/actions/finish_check/")
    hands.press(page.locator("button[name=step]"))
    page.wait_for_url("**/staff/cases/*/")
    expect(page.locator(".staff-head")).to_contain_text("決定の手続中")


def approve(hall: Hall, hands: Hands, address: str, case_number: str, name: str = NAME) -> None:
    """The decider fills in what is decided, sees the letter, and sends it."""
    page = hands.page
    sign_in(hall, hands, address)
    open_case(hands, case_number)
    hands.press(page.get_by_role("link", name="認定する"))
    page.wait_for_url("**/actions/approve/")
    hands.press(page.locator("button[name=step]"))  # too early: nothing is decided yet
    expect(page.locator("#error-summary a")).to_have_count(4)
    first = date(today().year + today().month // 12, today().month % 12 + 1, 1)
    hands.pick(page.locator("#f-start_month-era"), "西暦")
    for part, text in (("year", first.year), ("month", first.month), ("day", 1)):
        hands.type(page.locator(f"#f-start_month-{part}"), str(text))
    hands.type(page.locator("#f-monthly_amount"), f"{MONTHLY:,}")
    hands.type(page.locator("#f-children"), "2")
    hands.type(page.locator("#f-children_counted"), "2")
    hands.press(page.locator("button[name=step]"))
    letter = page.locator(".letter-text")
    for text in (case_number, name, "認定", "25,000円", "電子署名されています"):
        expect(letter).to_contain_text(text)
    hands.press(page.locator("button[name=step][value=done]"))
    page.wait_for_url("**/staff/cases/*/")
    expect(page.locator(".staff-head")).to_contain_text("認定")


def read_the_letter(hall: Hall, hands: Hands, address: str, case_number: str) -> None:
    """The mail says that there is an answer and nothing more; the letter is on my page."""
    page = hands.page
    mail = hall.mail(address, "結果が出ました")
    assert case_number in mail
    assert NAME not in mail
    assert "25,000" not in mail
    page.goto(f"{hall.url}/my/")
    hands.press(page.get_by_role("link", name=case_number))
    page.wait_for_url("**/my/applications/*/")
    letter = printed(page)
    answer = page.request.get(f"{hall.url}{letter.get_attribute('href')}")
    hands.press(letter)
    assert answer.headers["content-type"] == "application/pdf"
    text = "".join(pdf_text(answer.body()).split())
    for words in ("見本花子様", case_number, "認定", "25,000円", "見本みどり", "見本そら"):
        assert words in text
    assert "署名用電子証明書（見本花子）で電子署名されています" in text


def printed(page: Page) -> Locator:
    """The letter's link on the page of an application, once the worker has printed it."""
    letter = page.get_by_role("link", name="児童手当 認定通知書")
    for _ in range(30):  # within seconds
        if letter.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    return letter


def today() -> date:
    return local_date(now())
