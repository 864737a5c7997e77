"""A mother asks her daughter; the daughter applies for her; the city sees who it was; it ends."""

import json
import re

from playwright.sync_api import Page, expect

from browser import OpenPage, axe_violations, overflow
from journeys.filling import fill
from journeys.hall import Hall

MOTHER, DAUGHTER = "hanako@example.jp", "musume@example.jp"
CLERK = "environment-clerk@example.jp"
DOG = "x12-dog-registration"
CASE = """
import json
from suigo.engines.cases.models import Case
case = Case.objects.filter(procedure_id="x12-dog-registration").latest("id")
print(json.dumps([str(case.public_id), case.number, case.applicant.email, case.arrival["agent"]]))
"""


def test_a_daughter_registers_her_mothers_dog(hall: Hall, page_at: OpenPage) -> None:
    mother, daughter = page_at(390, 844), page_at(390, 844)
    hall.enter_resident(mother, MOTHER)
    ask(hall, mother)
    hall.enter_resident(daughter, DAUGHTER)
    accept(hall, daughter)
    number = apply(hall, daughter)

    case_id, stored, applicant, agent = json.loads(hall.run(CASE))
    assert (stored, applicant, agent) == (number, MOTHER, "まり")
    clerk = page_at(1280, 900)
    hall.enter_staff(clerk, CLERK)
    clerk.goto(f"{hall.url}/staff/cases/{case_id}/")
    expect(clerk.get_by_text("まり（家族）")).to_be_visible()

    hall.mail(MOTHER, f"まり さんが、見本　花子 さんの代理で申請しました（{number}）")
    mother.goto(f"{hall.url}/my/")
    expect(mother.get_by_role("link", name=re.compile("代理人 まり さんが申請"))).to_be_visible()
    mother.goto(f"{hall.url}/my/proxies/")
    mother.get_by_role("link", name=re.compile("まり さん")).click()
    expect(mother.get_by_text("申請を送りました")).to_be_visible()
    whole(mother)
    mine = f"{hall.url}/my/applications/{case_id}/"
    assert daughter.request.get(mine).status == 200
    mother.get_by_role("button", name="この代理をやめる").click()
    expect(mother.get_by_text("代理をやめました。")).to_be_visible()
    hall.mail(DAUGHTER, "見本　花子 さんが、まり さんの代理をやめました")
    assert daughter.request.get(mine).status == 404
    daughter.goto(f"{hall.url}/procedures/{DOG}/")
    expect(daughter.get_by_text("だれの手続ですか")).to_have_count(0)


def ask(hall: Hall, page: Page) -> None:
    page.goto(f"{hall.url}/my/proxies/")
    page.get_by_role("link", name="代理を頼む").click()
    page.get_by_label("頼む人の名前").fill("まり")
    page.get_by_label("頼む人のメールアドレス").fill(DAUGHTER)
    page.get_by_label("下で選んだ手続だけ").check()
    page.get_by_text("手続を選ぶ", exact=True).click()
    page.get_by_label("犬を飼い始めたとき").check()
    page.get_by_label("入力して、送って").check()
    page.get_by_label("わたしが市に保存した情報").check()
    whole(page)
    page.get_by_role("button", name="招待を送る").click()
    expect(page.get_by_text("招待のメールを送りました")).to_be_visible()


def accept(hall: Hall, page: Page) -> None:
    link = re.search(r"https?://\S+/my/proxies/\S+", hall.mail(DAUGHTER, "代わりにしてほしい"))
    assert link is not None
    page.goto(hall.url + re.sub(r"^https?://[^/]+", "", link[0]))
    whole(page)
    page.get_by_role("button", name="引き受ける").click()
    expect(page.get_by_text("代理を引き受けました")).to_be_visible()


def apply(hall: Hall, page: Page) -> str:
    page.goto(f"{hall.url}/procedures/{DOG}/")
    page.get_by_label("見本　花子 さん（代理）").check()
    whole(page)
    page.get_by_role("button", name="オンラインで申請する").click()
    for _page in range(9):
        if page.url.endswith("/check/"):
            break
        expect(page.get_by_text("見本　花子 さんの代理で入力しています")).to_be_visible()
        fill(page)
        page.get_by_role("button", name="次へ進む").last.click()
    whole(page)
    page.get_by_role("button", name="見本　花子 さんの代理で送信する").click()
    expect(page.get_by_text("申請を受け付けました")).to_be_visible()
    return page.locator(".done__number").inner_text()


def whole(page: Page) -> None:
    """Nothing wrong for who can't see it, nothing beside the screen."""
    assert axe_violations(page) == []
    assert overflow(page) == 0
