"""From the guide for a birth to three applications: what is known is not asked again."""

import json
import re
from datetime import timedelta
from typing import Any

from playwright.sync_api import Browser, Page, expect

from browser import OpenPage, axe_violations
from journeys.claim import personal_number
from journeys.filling import fill
from journeys.hall import Hall
from journeys.once_only import CHILD, FORMS, GUARDIANS, Memory
from suigo.kernel.clock import local_date, now

ADDRESS = "yoko@example.jp"
CHILD_BOXES = (
    *(f"name.{part}" for part in ("family", "given", "family_kana", "given_kana")),
    *(f"birth_date.{part}" for part in ("year", "month", "day")),
)
CASES = """
import json
from suigo.engines.cases.models import Case
rows = Case.objects.filter(contact_email="yoko@example.jp").order_by("procedure_id")
print(json.dumps([[c.procedure_id, c.applicant_name, c.answers["applicant"]["phone"],
    c.answers["child"] if "child" in c.answers else c.answers["children"][0]] for c in rows]))
"""


def test_the_guide_for_a_birth_leads_to_three_applications_and_asks_nothing_twice(
    hall: Hall, page_at: OpenPage
) -> None:
    page = page_at(390, 844)
    result = through_the_guide(hall, page)
    procedures = [f"/procedures/{form}/" for form in FORMS]
    offered = page.locator(".guide-item__apply a").evaluate_all("all => all.map(a => a.pathname)")
    assert set(procedures) <= set(offered)

    memory, child = Memory(), {}
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
        found = answer_everything(page, FORMS[number], memory)
        child = child or found
        assert found == child, path
        send(hall, page)

    assert all(child.values())
    personal = {f"person.{part}" for part in ("name", "birth_date", "address", "phone")}
    assert memory.stood["k11-childcare-certification"] >= {*personal, *CHILD, *GUARDIANS}
    assert memory.stood["k12-childcare-place-application"] >= {
        *personal,
        *CHILD,
        *GUARDIANS,
        "household.guardians/reason",
        "guardian.relation",
        "childcare.start",
    }
    cases = json.loads(hall.run(CASES))
    assert [case[:3] for case in cases] == [[form, "水野 葉子", "090-0000-0000"] for form in FORMS]
    for case in cases:
        assert case[3]["name"] == {p: child[f"name.{p}"] for p in case[3]["name"]}
        assert case[3]["birth_date"] == cases[0][3]["birth_date"]


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


def answer_everything(page: Page, form: str, memory: Memory) -> dict[str, str]:
    """Page by page to the check. What an earlier application was told stands there before anything
    is typed; returns what the form says of the child."""
    child: dict[str, str] = {}
    first = not memory.known
    for _page in range(40):
        page.wait_for_load_state()
        if "/check/" in page.url:
            return child
        memory.expect_filled(page, form)
        if not first:
            child = child or child_on(page)
        elif page.locator('[name="applicant.name.family"]').count():
            page.locator('[name="applicant.name.given"]').fill("葉子")
            page.locator('[name="applicant.name.given_kana"]').fill("ヨウコ")
        fill(page)
        child = child or child_on(page)
        memory.remember(page, form)
        with page.expect_navigation():
            page.locator("main form [data-type=primary]").last.click()
    raise AssertionError(page.locator("main").inner_text())


def child_on(page: Page) -> dict[str, str]:
    """What the page says of the child now, whether it asks for one or for all. Years are western:
    what is filled in stands there in the years of 令和."""
    for path in ("child", "children.0"):
        if page.locator(f'[name="{path}.name.family"]').count():
            said = {p: page.locator(f'[name="{path}.{p}"]').input_value() for p in CHILD_BOXES}
            year = said["birth_date.year"]
            return said | {"birth_date.year": str(int(year) + 2018) if len(year) < 3 else year}
    return {}


def send(hall: Hall, page: Page) -> None:
    """The last click, with everything kept for the next application."""
    assert page.locator(".keeping__different").count() == 0
    for box in page.locator("input[name=keep]").all():
        box.check()
    page.get_by_role("button", name="電子署名に進む").click()
    page.get_by_role("button", name="カードで署名して送信する").click()
    hall.show_own_card(page, "髙木　見本", "1988-08-08", "見本県見本市見本町８番地")
    expect(page.locator(".done__number")).to_have_text(re.compile(r"^R\d+-K\d\d-\d{4}$"))


TWO = """
import uuid
from suigo.engines.facts.actions import Origin, keep_facts
from suigo.engines.forms.rules.prefilling import Told
from suigo.engines.identity.queries import actor_of_account
from suigo.engines.identity.models import Account
from suigo.kernel import clock
from suigo.kernel.access import Assurance
now = clock.now()
taro = actor_of_account(Account.objects.get(email="taro@example.jp"),
    today=clock.local_date(now), assurance=Assurance.CONTACT, channel="web")
names = [dict(family="見本", given=g, family_kana="ミホン", given_kana=k)
    for g, k in (("一", "ハジメ"), ("花", "ハナ"))]
told = [dict(name=n, birth_date=b) for n, b in zip(names, ("2021-05-05", "2026-11-01"))]
keep_facts(taro, {"household.children": Told(told)},
    origin=Origin(uuid.uuid4(), "R8-K01-0001", "見本"), replace=(), now=now)
print("kept")
"""


def test_of_several_children_the_resident_says_which(hall: Hall, browser: Browser) -> None:
    """With script and without, at 320 pixels, by keyboard: the choice fills in, and changes."""
    assert hall.run(TWO) == "kept"
    small: dict[str, Any] = {"viewport": {"width": 320, "height": 700}, "locale": "ja"}
    with browser.new_context(**small) as scripted:
        page = scripted.new_page()
        hall.enter_resident(page, "taro@example.jp")
        choose_between_two(hall, page, script=True)
        signed_in = scripted.storage_state()
    with browser.new_context(
        **small, java_script_enabled=False, storage_state=signed_in
    ) as unscripted:
        choose_between_two(hall, unscripted.new_page(), script=False)


def choose_between_two(hall: Hall, page: Page, *, script: bool) -> None:
    """One child, the other, somebody else, and back."""
    page.goto(f"{hall.url}/procedures/k11-childcare-certification/")
    page.locator("form[action$='/start/'] button").first.click()
    given = page.locator('[name="child.name.given"]')
    choice = page.locator('input[name="_about.child"]')
    expect(choice).to_have_count(3)
    expect(given).to_have_value("")
    expect(page.get_by_text("見本 花（令和8年11月1日生まれ）")).to_be_visible()

    def choose(number: int) -> None:
        choice.nth(number).focus()
        page.keyboard.press("Space")
        if not script:
            with page.expect_navigation():
                page.locator("main form [data-type=primary]").last.click()

    choose(1)
    expect(given).to_have_value("花")
    page.locator('[name="child.my_number"]').fill(personal_number("12345678901"))
    choose(0)
    expect(given).to_have_value("一")
    expect(page.locator('[name="child.birth_date.year"]')).to_have_value(re.compile("2021|3"))
    # the number that was typed for the other child is gone with it
    expect(page.locator('[name="child.my_number"]')).to_have_value("")
    choose(2)
    expect(given).to_have_value("")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    choose(1)
    if script:
        assert axe_violations(page) == []
    address = page.url
    page.locator('[name="child.certified_before"][value=no]').check()
    page.locator("main form [data-type=primary]").last.click()
    page.wait_for_url("**/page/applicant/")
    page.goto(address)
    expect(given).to_have_value("花")
    expect(choice.nth(1)).to_be_checked()
