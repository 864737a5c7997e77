"""A whole application in a browser that runs no script: an old phone, a locked-down machine."""

import re

from playwright.sync_api import expect

from browser import OpenPage
from journeys.claim import photo
from journeys.hands import Pointer, anchor
from reliability.conftest import product
from reliability.product import Product
from reliability.visitor import ANSWERS, PROCEDURE

__all__ = ["product"]


def test_an_application_is_filled_in_mended_and_sent(product: Product, page_at: OpenPage) -> None:
    host, port = product.address
    page = page_at(360, javascript=False)
    hands = Pointer(page)

    def answer(path: str, text: str) -> None:
        hands.type(page.locator(f"#{anchor(path)}"), text)

    def go_on() -> None:
        hands.press(page.locator("[data-guard] .actions [data-type=primary]"))

    page.goto(f"http://{host}:{port}/procedures/{PROCEDURE}/")
    hands.press(page.locator("form[action$='/start/'] button").first)
    for path, text in ANSWERS["applicant"].items():
        if path.startswith("applicant.") or path in {"phone", "email"}:
            answer(path, text)
    hands.pick(page.locator("#f-birthday-era"), "西暦")
    for part, text in (("year", "1990"), ("month", "13"), ("day", "1")):
        answer(f"birthday.{part}", text)
    answer("address.postal_code", "3112424")
    hands.press(page.locator("button[name=_lookup]"))
    assert page.url.endswith("#f-address")  # back at the place, not at the top
    expect(page.locator("#f-address-city")).to_have_value("潮来市")
    answer("address.block", "999-1")
    hands.choose(page.locator("#f-commutes-yes"))
    go_on()
    # the month is explained, and the question that the answer brings up has appeared
    links = page.locator("#error-summary a")
    expect(links).to_have_count(2)
    hands.press(links.first)
    expect(page.locator("#f-birthday-year")).to_be_in_viewport()
    answer("birthday.month", "4")
    answer("workplace", "見本商店")
    go_on()
    hands.choose(page.locator("#f-branch-central"))
    hands.choose(page.locator("#f-card_kinds-books"))
    hands.choose(page.locator("#f-large_print-no"))
    go_on()
    page.locator("#f-proof-files").set_input_files(photo())
    hands.choose(page.locator("#f-rules"))
    go_on()
    expect(page).to_have_url(re.compile(r"/check/$"))
    for text in ("試験　太郎", "見本商店", "通帳.png", "中央図書館"):
        expect(page.locator("main")).to_contain_text(text)
    hands.press(page.get_by_role("button", name="この内容で送信する"))
    expect(page.locator(".done__number")).to_have_text(re.compile(r"^R\d+-S01-\d{4}$"))
