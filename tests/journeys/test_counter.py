"""At the counter: a birth becomes three applications, nothing is asked twice, one printed set."""

import json
import re
from datetime import date, timedelta

from playwright.sync_api import Page, expect

from browser import OpenPage, axe_violations
from journeys.filling import fill
from journeys.hall import Hall
from journeys.once_only import COMMON, FORMS, FOUR, GUARDIANS, Memory
from suigo.engines.documents.rendering import page_count, pdf_text
from suigo.kernel.clock import local_date, now

CLERK = "child-support-clerk@example.jp"
CASES = """
import json
from suigo.engines.cases.models import Case
rows = Case.objects.filter(channel="counter", applicant_name="水野 葉子").order_by("procedure_id")
print(json.dumps([[c.number, c.procedure_id, c.answers["applicant"]["phone"],
    c.answers["child"] if "child" in c.answers else c.answers["children"][0]] for c in rows]))
"""


def test_a_birth_becomes_three_applications_and_one_printed_set(
    hall: Hall, page_at: OpenPage
) -> None:
    clerk, tablet = page_at(1280, 900), page_at(820, 1180)
    hall.enter_staff(clerk, CLERK)
    clerk.goto(f"{hall.url}/staff/counter/")
    clerk.get_by_role("button", name="番号札なしで応対を始める").click()
    who_it_is(clerk)
    what_happened(clerk, local_date(now()))
    expect(clerk).to_have_url(re.compile(r"/common/$"))
    memory = Memory(known={*FOUR, *GUARDIANS})
    answer_everything(clerk, COMMON, memory)
    for number, procedure in enumerate(FORMS):
        expect(clerk).to_have_url(re.compile(f"/forms/{procedure}/$"))
        form = clerk.locator("[data-form-region]")
        for part in ("name.family", "birth_date.year", "address.block", "phone"):
            expect(form.locator(f'[name="applicant.{part}"]')).to_have_count(0)
        expect(form).to_contain_text("水野 葉子")
        expect(form).to_contain_text("090-0000-0000")
        memory.expect_not_asked(clerk, procedure)
        if number:  # the child of the first form stands in the others, read-only
            expect(form.locator('[name^="child.name"], [name^="child.birth_date"]')).to_have_count(
                0
            )
            expect(form).to_contain_text("水野 みどり")
        answer_everything(clerk, procedure, memory)
    expect(clerk).to_have_url(re.compile(r"/check/$"))
    check_and_sign(hall, clerk, tablet)
    # the clerk's page has seen it by itself
    clerk.get_by_role("button", name="3件をまとめて受け付ける").click()
    expect(clerk).to_have_url(re.compile(r"/done/$"))
    assert axe_violations(clerk) == []

    cases = json.loads(hall.run(CASES))
    assert [case[1] for case in cases] == list(FORMS)
    assert {case[2] for case in cases} == {"090-0000-0000"}
    children = [{part: case[3][part] for part in ("name", "birth_date")} for case in cases]
    assert children[1:] == [children[0]] * 2
    link = clerk.get_by_role("link", name="申請書一式を印刷する（PDF）").get_attribute("href")
    pdf = clerk.request.get(f"{hall.url}{link}").body()
    text = pdf_text(pdf)
    for case in cases:
        assert case[0] in text
    assert page_count(pdf) >= 4
    tablet.reload()
    expect(tablet.get_by_text("受け付けました")).to_be_visible()
    clerk.get_by_role("button", name="応対を終える").click()
    expect(clerk).to_have_url(re.compile(r"/staff/counter/$"))
    tablet.goto(tablet.url)
    expect(tablet.get_by_text("この画面は終わりました")).to_be_visible()


def who_it_is(page: Page) -> None:
    """From the card; the clerk asks for what no card says."""
    expect(page).to_have_url(re.compile(r"/person/$"))
    page.get_by_role("button", name="カードから読み取る").click()
    expect(page.locator("#f-name-family")).to_have_value("水野")
    page.locator("#f-name-family_kana").fill("ミズノ")
    page.locator("#f-name-given_kana").fill("ヨウコ")
    page.locator("#f-address-postal_code").fill("3112424")
    page.locator("#identity").select_option("photo_document")
    go_on(page)


def what_happened(page: Page, today: date) -> None:
    """A birth, and what the guide makes of it."""
    expect(page).to_have_url(re.compile(r"/events/$"))
    page.locator("input[value=birth]").check()
    page.get_by_role("button", name="質問へ進む").click()
    page.locator("#born_on").fill((today - timedelta(days=4)).isoformat())
    for name, value in (
        ("allowance", "first"),
        ("insurance", "work"),
        ("mother_national", "no"),
        ("situation", "nursery"),
    ):
        page.locator(f"input[name={name}][value={value}]").check()
    go_on(page)
    expect(page).to_have_url(re.compile(r"/items/$"))
    expect(page.locator("input[name=today]:checked")).to_have_count(3)
    expect(page.get_by_text("出生届", exact=False).first).to_be_visible()
    page.get_by_role("button", name="これで進む").click()


def go_on(page: Page) -> None:
    """Press the button that goes on."""
    page.locator(".visit-work form [data-type=primary]").last.click()


def answer_everything(page: Page, form: str, memory: Memory) -> None:
    """Answer what the page asks, also what the answers bring up, until it leads on."""
    here = page.url
    for _round in range(6):
        fill(page)
        memory.remember(page, form)
        with page.expect_navigation():
            go_on(page)
        if page.url.partition("#")[0] != here:
            return
    raise AssertionError(page.locator(".error-summary").inner_text())


def check_and_sign(hall: Hall, clerk: Page, tablet: Page) -> None:
    """The tablet shows it in large letters; the resident says yes and signs by finger."""
    clerk.get_by_role("button", name="住民の画面につなぐ").click()
    code = clerk.locator(".visit-pair__code").inner_text()
    tablet.goto(f"{hall.url}/counter/screen/")
    tablet.locator("#code").fill(code.lower())
    tablet.get_by_role("button", name="開く").click()
    expect(tablet.get_by_text("水野 葉子 様")).to_be_visible()
    assert axe_violations(tablet) == []
    tablet.get_by_role("button", name="まちがいありません").click()
    canvas = tablet.locator("canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    tablet.mouse.move(box["x"] + 40, box["y"] + 60)
    tablet.mouse.down()
    tablet.mouse.move(box["x"] + 300, box["y"] + 150, steps=8)
    tablet.mouse.up()
    assert axe_violations(tablet) == []
    tablet.get_by_role("button", name="この署名で決める").click()
    expect(tablet.get_by_text("署名を受け取りました")).to_be_visible()
