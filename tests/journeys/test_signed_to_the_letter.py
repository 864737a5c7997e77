"""A passkey, a card and a signature, from the sign-in to the letter that speaks of them.

The browser pretends to have an authenticator; the invented デジタル認証アプリ has the real one's
ways, and its signature is verified by the same code as a real card's.
"""

import re
from secrets import token_hex

from playwright.sync_api import Page, expect

from browser import OpenPage, axe_violations, overflow
from journeys.hall import Hall
from journeys.hands import Pointer
from journeys.test_main_job import approve, printed
from journeys.test_passkeys import (
    enter_by_mail,
    localhost,
    moved,
    offers_nothing,
    plugged,
    register,
)
from suigo.engines.documents.rendering import pdf_text

CLERK, HEAD = "child-support-clerk@example.jp", "journey-head-2@example.jp"
NAME, BORN, ADDRESS = "水守　葉", "1990-04-01", "見本県見本市見本町６２６番地"
PROGRAM = """
from uuid import UUID
from django.contrib.auth import get_user_model
from suigo.engines.identity.queries import actor_of_account
from suigo.kernel import clock
from suigo.kernel.access import Assurance
Account = get_user_model()
moment = clock.now()
today = clock.local_date(moment)
def actor(email):
    account = Account.objects.get(email=email)
    return actor_of_account(account, today=today, assurance=Assurance.IDENTITY, channel="web")
"""
DRAFT = """
from suigo.engines.cases.actions import start_draft
from suigo.engines.cases.queries.procedures import procedures
from suigo.engines.forms.rules import replace_at
from suigo.engines.forms.rules.examples import example_answers
from suigo.project.demo import _Cases
me = actor({address!r})
maker = _Cases({{}}, [me], moment, lambda _text: None)
maker.current = me
claim = next(p for p in procedures() if p.id == "k01-child-allowance-claim")
answers = example_answers(claim.form, today=today, seed=7, maximal=True, material=maker.material)
for path, value in (
    ("applicant.name", dict(
        family="水守", given="葉", family_kana="ミズモリ", given_kana="ヨウ"
    )),
    ("applicant.birth_date", "1990-04-01"),
    ("applicant.address", dict(
        postal_code="3112424", prefecture="見本県", city="見本市", town="見本町", block="626"
    )),
):
    answers = replace_at(answers, path, value)
print(start_draft(claim.id, actor=me, now=moment, answers=answers))
"""
CHECKED = """
from suigo.engines.cases.actions import Given, take_action
from suigo.engines.cases.models import Case
from suigo.engines.cases.actions.work import mark_checklist
from suigo.engines.cases.queries.procedures import defined
clerk = actor({clerk!r})
for action in ("start_check", "finish_check"):
    case = Case.objects.get(number={number!r})
    if action == "finish_check":
        for item in defined(case.definition_id).spec.checklist:
            mark_checklist(case.public_id, item.id, ticked=True, actor=clerk, now=moment)
        case.refresh_from_db()
    take_action(
        case.public_id, action, actor=clerk, version=case.version, now=moment, given=Given()
    )
print(case.public_id)
"""


def test_a_passkey_a_card_and_a_signature_to_the_letter(hall: Hall, page_at: OpenPage) -> None:
    address, home = f"signer-{token_hex(3)}@example.jp", localhost(hall)
    page = with_a_passkey(hall, page_at, address)
    page.goto(f"{home}/sign-in/?next=/my/account/&level=identity")
    page.get_by_role("button", name="マイナンバーカードで進む").click()
    hall.show_own_card(page, NAME, BORN, ADDRESS)
    page.get_by_role("button", name="結びつけて続ける").click()
    page.wait_for_url(f"{home}/my/account/")
    expect(page.locator("main")).to_contain_text(ADDRESS)

    draft = hall.run(PROGRAM + DRAFT.format(address=address))
    page.goto(f"{home}/apply/{draft}/check/")
    page.get_by_role("button", name="電子署名に進む").click()
    page.wait_for_url("**/sign/")
    assert axe_violations(page) == []
    assert overflow(page) <= 0
    page.get_by_role("button", name="カードで署名して送信する").click()
    hall.show_own_card(page, NAME, BORN, ADDRESS)
    number = page.locator(".done__number")
    expect(number).to_have_text(re.compile(r"^R\d+-K01-\d{4}$"))
    case_number = number.inner_text()
    page.goto(f"{home}/my/")
    page.get_by_role("link", name=case_number).click()
    expect(page.locator("main")).to_contain_text("確認済み")

    case_id = hall.run(PROGRAM + CHECKED.format(clerk=CLERK, number=case_number))
    desk = page_at(1280)
    hall.enter_staff(desk, CLERK)
    desk.goto(f"{hall.url}/staff/cases/{case_id}/")
    signed = desk.locator("#signatures")
    for words in ("確認済み", "正しい署名です", "申請者本人", "失効していない"):
        expect(signed).to_contain_text(words)
    signed.get_by_role("link", name="署名の詳しい内容").click()
    expect(desk.locator("main")).to_contain_text("内容との一致")
    assert axe_violations(desk) == []
    approve(hall, Pointer(page_at(1280)), HEAD, case_number, NAME)

    page.reload()
    letter = printed(page)
    answer = page.request.get(f"{home}{letter.get_attribute('href')}")
    text = "".join(pdf_text(answer.body()).split())
    assert "署名用電子証明書（水守葉）で電子署名されています" in text
    assert "失効していないことを確かめました" in text


def with_a_passkey(hall: Hall, page_at: OpenPage, address: str) -> Page:
    """A resident who has just signed in with the passkey of their telephone."""
    home, first = localhost(hall), page_at(360)
    telephone = plugged(first)
    enter_by_mail(hall, first, address)
    register(first, f"{home}/my/account/passkeys/", "自分の電話")
    page = page_at(360)
    offers_nothing(page)
    moved(telephone, plugged(page))
    page.goto(f"{home}/sign-in/?next=/my/account/")
    page.get_by_role("button", name="パスキーでログインする").click()
    page.wait_for_url(f"{home}/my/account/")
    return page
