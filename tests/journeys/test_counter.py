"""At the counter: a birth becomes three applications, nothing is asked twice, one printed set."""

import json
import re
from datetime import date, timedelta

from playwright.sync_api import Locator, Page, expect

from browser import OpenPage, axe_violations
from journeys.claim import personal_number
from journeys.hall import Hall
from suigo.engines.documents.rendering import page_count, pdf_text
from suigo.kernel.clock import local_date, now

CLERK = "child-support-clerk@example.jp"
FORMS = (
    "k01-child-allowance-claim",
    "k11-childcare-certification",
    "k12-childcare-place-application",
)
CASES = """
import json
from suigo.engines.cases.models import Case
rows = Case.objects.filter(channel="counter", applicant_name="水野 葉子").order_by("procedure_id")
print(json.dumps([[c.number, c.procedure_id, c.answers["applicant"]["phone"]] for c in rows]))
"""
# where the first choice would lead to more papers than a test brings along
CHOSEN = {
    "event.reason": "birth",
    "work.occupation": "none",
    "spouse.has": "no",
    "children.0.cares": "yes",
    "children.0.living": "together",
    "payment.public_account": "yes",
    "need.category": "1",
}


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
    answer_everything(clerk)
    for procedure in FORMS:
        expect(clerk).to_have_url(re.compile(f"/forms/{procedure}/$"))
        form = clerk.locator("[data-form-region]")
        for part in ("name.family", "birth_date.year", "address.block", "phone"):
            expect(form.locator(f'[name="applicant.{part}"]')).to_have_count(0)
        expect(form).to_contain_text("水野 葉子")
        expect(form).to_contain_text("090-0000-0000")
        answer_everything(clerk)
    expect(clerk).to_have_url(re.compile(r"/check/$"))
    check_and_sign(hall, clerk, tablet)
    # the clerk's page has seen it by itself
    clerk.get_by_role("button", name="3件をまとめて受け付ける").click()
    expect(clerk).to_have_url(re.compile(r"/done/$"))
    assert axe_violations(clerk) == []

    cases = json.loads(hall.run(CASES))
    assert [case[1] for case in cases] == list(FORMS)
    assert {case[2] for case in cases} == {"090-0000-0000"}
    link = clerk.get_by_role("link", name="申請書一式を印刷する（PDF）").get_attribute("href")
    pdf = clerk.request.get(f"{hall.url}{link}").body()
    text = pdf_text(pdf)
    for number, _procedure, _phone in cases:
        assert number in text
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


def answer_everything(page: Page) -> None:
    """Answer what the page asks, also what the answers bring up, until it leads on."""
    here = page.url
    for _round in range(6):
        fill(page)
        with page.expect_navigation():
            go_on(page)
        if page.url.partition("#")[0] != here:
            return
    raise AssertionError(page.locator(".error-summary").inner_text())


def fill(page: Page) -> None:
    """Put an answer into everything that is empty."""
    form = page.locator("[data-form-region]")
    for _again in range(5):  # an answer can bring up more questions
        open_groups = names(form.locator("input[type=radio]"))
        if not open_groups:
            break
        for name in open_groups:
            group = form.locator(f'input[type=radio][name="{name}"]')
            if not group.count() or group.and_(page.locator(":checked")).count():
                continue
            wanted = form.locator(f'input[name="{name}"][value="{CHOSEN.get(name, "no")}"]')
            (wanted if wanted.count() else group).first.check()
        page.wait_for_timeout(300)
        if all(
            form.locator(f'input[type=radio][name="{name}"]:checked').count()
            for name in names(form.locator("input[type=radio]"))
        ):
            break
    for box in form.locator("input[type=checkbox]").all():
        if "consent" in str(box.get_attribute("name")) or box.get_attribute("name") == "truth":
            box.check()
    for select in form.locator("select").all():
        if not str(select.get_attribute("id")).endswith("-era") and not select.input_value():
            select.select_option(index=1)
    for field in form.locator("input:not([type]), input[type=text], input[type=tel]").all():
        if not field.input_value():
            field.fill(text_for(str(field.get_attribute("name"))))


def names(inputs: Locator) -> list[str]:
    """The names of some inputs, each once, in order."""
    found: list[str] = inputs.evaluate_all("all => [...new Set(all.map(one => one.name))]")
    return found


def text_for(name: str) -> str:
    """What a clerk would type into a box."""
    path, _dot, part = name.rpartition(".")
    if path == "use.to":
        return ""  # nobody knows yet
    today = local_date(now())
    day = today - timedelta(days=4)
    if name.startswith(("use.from", "need.from")):
        day = date(today.year + 1, 4, 1)
    known = {
        "year": str(day.year),
        "month": str(day.month),
        "day": str(day.day),
        "family": "水野",
        "given": "みどり",
        "family_kana": "ミズノ",
        "given_kana": "ミドリ",
        "phone": "090-0000-0000",
        "hours": "100",
        "my_number": personal_number("12345678901"),
    }
    if name == "q0":
        return known["phone"]
    return known.get(part, "" if part == "building" else "見本")


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
