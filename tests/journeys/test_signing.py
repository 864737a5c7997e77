"""Signing on a phone with somebody else's card, and the clerk who has to look at it."""

import re

from playwright.sync_api import expect

from browser import OpenPage, axe_violations, overflow
from journeys.hall import Hall

HEAD = "child-support-head@example.jp"


def test_a_signature_that_somebody_has_to_look_at(hall: Hall, page_at: OpenPage) -> None:
    page = page_at(360, 740)
    hall.enter_resident(page, "taro@example.jp")
    page.goto(f"{hall.url}/apply/{hall.things['taros']}/sign/")
    page.get_by_role("button", name="カードで署名して送信する").click()
    page.wait_for_url("**/protocol/openid-connect/auth?**")
    assert axe_violations(page) == []
    assert not overflow(page)
    page.get_by_role("button", name="やめる").click()
    expect(page.get_by_role("alert")).to_contain_text("まだ送信されていません")
    assert axe_violations(page) == []
    page.get_by_role("button", name="カードで署名して送信する").click()
    hall.show_own_card(page, "髙島　文", "1961-02-03", "見本県見本市川辺町７番地")
    shown = page.locator(".done__number")
    expect(shown).to_have_text(re.compile(r"^R\d+-K01-\d{4}$"))
    number = shown.inner_text()
    # asking again sends nothing twice
    page.goto(f"{hall.url}/apply/{hall.things['taros']}/signed/")
    expect(page.locator("main")).to_contain_text(number)
    expect(page.locator("main")).to_contain_text("市で確認しています")

    desk = page_at(1280, 800)
    hall.enter_staff(desk, HEAD)
    desk.goto(f"{hall.url}/staff/signatures/")
    desk.get_by_role("link", name=number).click()
    expect(desk.locator("main")).to_contain_text("申請の内容と違う")
    desk.locator("#why").fill("申請した人か確かめるため")
    desk.get_by_role("button", name="基本4情報を表示する").click()
    expect(desk.locator("main")).to_contain_text("髙島　文")
    desk.get_by_label("認める", exact=False).first.check(force=True)
    desk.locator("#reason").fill("電話で本人に確かめた")
    desk.get_by_role("button", name="決める").click()
    expect(desk.locator("main")).to_contain_text("確認済み")
    desk.get_by_role("link", name="申請を開く").click()
    expect(desk.locator("#signatures")).to_contain_text("確認済み")
    expect(desk.locator("main")).not_to_contain_text("決定できません")
