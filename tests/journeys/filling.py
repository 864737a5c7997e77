"""Somebody who answers whatever a page of a form asks: Mizuno Yoko, four days after a birth."""

from datetime import date, timedelta

from playwright.sync_api import Locator, Page

from journeys.claim import personal_number
from suigo.kernel.clock import local_date, now

# where the first choice would lead to more papers than a test brings along
CHOSEN = {
    "event.reason": "birth",
    "work.occupation": "none",
    "spouse.has": "no",
    "children.0.cares": "yes",
    "children.0.living": "together",
    "payment.public_account": "yes",
    "need.category": "c3",
}


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
    if name.startswith(("use.from", "need.from", "childcare_start")):
        day = date(today.year + 1, 4, 1)
    if name in (
        "applicant.birth_date.year",
        "applicant.birth_date.month",
        "applicant.birth_date.day",
    ):
        day = date(1996, 5, 20)
    known = {
        "year": str(day.year),
        "month": str(day.month),
        "day": str(day.day),
        "family": "水野",
        "given": "みどり",
        "family_kana": "ミズノ",
        "given_kana": "ミドリ",
        "phone": "090-0000-0000",
        "postal_code": "311-2424",
        "prefecture": "茨城県",
        "city": "潮来市",
        "block": "1番地",
        "hours": "140",
        "my_number": personal_number("12345678901"),
    }
    if name == "person_phone":
        return known["phone"]
    return known.get(part, "" if part == "building" else "見本")
