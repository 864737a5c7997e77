"""With a card, at the invented provider: the first time, a step up, and a clerk's comparison."""

from playwright.sync_api import Page, expect

from browser import OpenPage, axe_violations
from journeys.hall import Hall

ADMIN = "admin@example.jp"


def looked_at(page: Page) -> None:
    """Nothing to complain about on the page that is shown."""
    assert axe_violations(page) == []


def test_a_resident_signs_in_with_a_card_and_comes_back(hall: Hall, page_at: OpenPage) -> None:
    page = page_at(360, 740)
    page.goto(f"{hall.url}/my/account/")
    expect(page).to_have_url(f"{hall.url}/sign-in/?next=%2Fmy%2Faccount%2F")
    looked_at(page)
    page.get_by_role("button", name="マイナンバーカードで進む").click()
    page.locator("#misbehave").select_option("forged")
    page.locator("button[value=nguyen]").click()
    expect(page.locator("h1")).to_have_text("本人確認ができませんでした")
    looked_at(page)
    page.get_by_role("button", name="もう一度ためす").click()
    page.locator("button[value=nguyen]").click()
    expect(page).to_have_url(f"{hall.url}/my/account/")
    expect(page.locator("main")).to_contain_text("見本県見本市見本町２０番地１")
    looked_at(page)


def test_a_card_is_joined_only_when_asked_for(hall: Hall, page_at: OpenPage) -> None:
    page = page_at(360, 740)
    hall.enter_resident(page, "card-joiner@example.jp")
    page.goto(f"{hall.url}/sign-in/?next=/my/account/&level=identity")
    expect(page.locator("h1")).to_have_text("本人確認をしてください")
    looked_at(page)
    hall.enter_with_card(page, "mirai")
    expect(page.locator("h1")).to_have_text("どちらで続けますか")
    looked_at(page)
    page.get_by_role("button", name="結びつけて続ける").click()
    expect(page).to_have_url(f"{hall.url}/my/account/")
    expect(page.locator("main")).to_contain_text("見本　みらい")


def test_a_clerk_compares_two_records(hall: Hall, page_at: OpenPage) -> None:
    page = page_at(360, 740)
    for person in ("takahashi", "takahashi-plain"):
        page.goto(f"{hall.url}/sign-in/")
        hall.enter_with_card(page, person)
        page.context.clear_cookies()
    expect(page.locator("h1")).to_have_text("職員が確認しています")
    looked_at(page)
    desk = page_at(1280, 800)
    hall.enter_staff(desk, ADMIN)
    desk.goto(f"{hall.url}/staff/matches/")
    looked_at(desk)
    desk.get_by_role("link", name="高橋　一郎").click()
    expect(desk.locator("mark").first).to_have_text("高")
    looked_at(desk)
    desk.get_by_role("button", name="決める").click()
    expect(desk.locator("main")).to_contain_text("どちらかを選んでください。")
    looked_at(desk)
    desk.locator("#same-yes").check()
    desk.locator("#reason").fill("住民記録の字体で確かめた（見本）")
    desk.get_by_role("button", name="決める").click()
    expect(desk.locator("main")).to_contain_text("決めました。")
    page.goto(f"{hall.url}/sign-in/?next=/my/account/")
    hall.enter_with_card(page, "takahashi-plain")
    expect(page).to_have_url(f"{hall.url}/my/account/")
    expect(page.locator("main")).to_contain_text("高橋　一郎")


def test_a_business_signs_in(hall: Hall, page_at: OpenPage) -> None:
    page = page_at(360, 740)
    page.goto(f"{hall.url}/sign-in/?next=/my/account/")
    page.get_by_role("button", name="GビズIDで進む").click()
    page.locator("button[value=member]").click()
    expect(page).to_have_url(f"{hall.url}/my/account/")
    expect(page.locator("main")).to_contain_text("見本製菓株式会社")
    looked_at(page)
