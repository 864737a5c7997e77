"""From the guide for a birth to three applications: what is known is not asked again."""

import json
import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from browser import OpenPage, axe_violations
from journeys.filling import fill
from journeys.hall import Hall
from suigo.kernel.clock import local_date, now

ADDRESS = "yoko@example.jp"
FORMS = (
    "k01-child-allowance-claim",
    "k11-childcare-certification",
    "k12-childcare-place-application",
)
KNOWN = ("name.family", "birth_date.year", "address.postal_code", "address.block", "phone")
CASES = """
import json
from suigo.engines.cases.models import Case
rows = Case.objects.filter(contact_email="yoko@example.jp").order_by("procedure_id")
print(json.dumps([[c.procedure_id, c.applicant_name, c.answers["applicant"]["phone"]]
    for c in rows]))
"""


def test_the_guide_for_a_birth_leads_to_three_applications_and_asks_nothing_twice(
    hall: Hall, page_at: OpenPage
) -> None:
    page = page_at(390, 844)
    result = through_the_guide(hall, page)
    procedures = [f"/procedures/{form}/" for form in FORMS]
    offered = page.locator(".guide-item__apply a").evaluate_all("all => all.map(a => a.pathname)")
    assert set(procedures) <= set(offered)

    for number, path in enumerate(procedures):
        page.goto(result)
        page.locator(f'.guide-item__apply a[href="{path}"]').first.click()
        page.wait_for_url(f"**{path}")
        start = page.locator("form[action$='/start/'] button").first
        start.click()
        if number == 0:
            sign_in(hall, page)
            page.wait_for_url(f"**{path}")
            start.click()
        seen = answer_everything(page, known=number > 0)
        assert seen is (number > 0), path
        send(page, keep=number == 0)

    cases = json.loads(hall.run(CASES))
    assert cases == [[form, "水野 葉子", "090-0000-0000"] for form in FORMS]


def through_the_guide(hall: Hall, page: Page) -> str:
    """Answers what the guide asks; returns the address of the result."""
    page.goto(f"{hall.url}/guide/")
    page.get_by_role("link", name=re.compile("出生")).first.click()
    born = local_date(now()) - timedelta(days=4)
    page.locator("#born_on").fill(born.isoformat())
    for name, value in (
        ("allowance", "first"),
        ("insurance", "work"),
        ("mother_national", "no"),
        ("situation", "nursery"),
    ):
        page.locator(f"input[name={name}][value={value}]").check()
    page.locator("main form [data-type=primary]").click()
    expect(page.locator(".guide-item__apply").first).to_be_visible()
    assert axe_violations(page) == []
    return page.url


def sign_in(hall: Hall, page: Page) -> None:
    """By the code that came by mail."""
    page.locator("#email").fill(ADDRESS)
    page.get_by_role("button", name="コードを送る").click()
    page.wait_for_url("**/sign-in/code/")
    page.locator("#code").fill(hall.code(ADDRESS))
    page.get_by_role("button", name="ログインする").click()


def answer_everything(page: Page, *, known: bool) -> bool:
    """Page by page to the check; returns whether everything known stood there already."""
    stood: bool | None = None
    for _page in range(40):
        page.wait_for_load_state()
        if "/check/" in page.url:
            return bool(stood)
        if stood is None and page.locator('[name="applicant.name.family"]').count():
            values = [page.locator(f'[name="applicant.{part}"]').input_value() for part in KNOWN]
            stood = all(values)
            if not known:
                page.locator('[name="applicant.name.given"]').fill("葉子")
                page.locator('[name="applicant.name.given_kana"]').fill("ヨウコ")
        fill(page)
        with page.expect_navigation():
            page.locator("main form [data-type=primary]").last.click()
    raise AssertionError(page.locator("main").inner_text())


def send(page: Page, *, keep: bool) -> None:
    """The last click; the first time with everything kept for the next application."""
    if keep:
        for box in page.locator("input[name=keep]").all():
            box.check()
    page.get_by_role("button", name="電子署名に進む").click()
    page.get_by_role("button", name="カードで署名して送信する").click()
    page.get_by_role("button", name="暗証番号を入力したことにして署名する").click()
    expect(page.locator(".done__number")).to_have_text(re.compile(r"^R\d+-K\d\d-\d{4}$"))
