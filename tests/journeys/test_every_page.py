"""Every page of the product, opened by somebody who may, on a phone and on a desk.

A new address fails here until it has a sample or a reason why it is no page.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyotp
import pytest
from django.urls import get_resolver
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from browser import axe_violations, overflow
from journeys.hall import Hall
from journeys.no_pages import NO_PAGE
from security.test_who_may_open_what import names

TARO = "taro@example.jp"
HANAKO, CLERK = "hanako@example.jp", "child-support-clerk@example.jp"
HEAD = "child-support-head@example.jp"
SIGN_INS = "citizens-chief@example.jp"
ADMIN, KEEPER = "admin@example.jp", "keeper@example.jp"
AUDITOR = "general-affairs-head@example.jp"
VISITOR = ""
CLAIM = "k01-child-allowance-claim"
GUIDES = ("moving-in", "moving-out", "moving-within", "pregnancy", "birth", "marriage", "divorce")
GUIDE_RESULT = (
    "/guide/bereavement/result/?died_on=2026-11-10&known_on=2026-11-10&insurance=unknown"
    "&deceased=pension&deceased=head&estate=property&family=partner"
)

Things = dict[str, Any]
Paths = Callable[[Things], str | list[str]]


def at(path: str) -> Paths:
    """An address without anything in it."""
    return lambda _things: path


def of_case(which: str, path: str = "") -> Paths:
    """A page of one of the arranged cases, for its applicant."""
    return lambda things: f"/my/applications/{things['cases'][which]}/{path}"


def on_desk(which: str, path: str = "") -> Paths:
    """A page of one of the arranged cases, for staff."""
    return lambda things: f"/staff/cases/{things['cases'][which]}/{path}"


def of_draft(path: str) -> Paths:
    """A page of the started claim."""
    return lambda things: f"/apply/{things['drafts'][CLAIM]}/{path}"


def of_design(path: str) -> Paths:
    """A screen of the draft of a procedure."""
    return lambda things: f"/staff/builder/d/{things['design']}/{path}"


def of_visit(path: str) -> Paths:
    """A page of the visit that is open at the counter."""
    return lambda things: f"/staff/counter/visits/{things['visit']}/{path}"


def form_pages(things: Things) -> list[str]:
    """Every page of every form, with every question that can come up."""
    return [
        f"/apply/{things['drafts'][procedure]}/page/{page}/"
        for procedure, pages in things["pages"].items()
        for page in pages
    ]


# URL name: who opens it, and where
PAGES: dict[str, list[tuple[str, Paths]]] = {
    "home": [(VISITOR, at("/")), (HANAKO, at("/"))],
    "procedures": [(VISITOR, at("/procedures/")), (VISITOR, at("/procedures/?q=宇宙旅行"))],
    "procedure": [(VISITOR, lambda t: [f"/procedures/{p}/" for p in t["drafts"]])],
    "display": [(VISITOR, at("/display/"))],
    "gallery": [(VISITOR, at("/gallery/"))],
    "accessibility": [(VISITOR, at("/accessibility/"))],
    "privacy": [(VISITOR, at("/privacy/"))],
    "guides": [(VISITOR, at("/guide/"))],
    "guide": [(VISITOR, lambda _t: [f"/guide/{event}/" for event in GUIDES])],
    "guide-result": [(VISITOR, at(GUIDE_RESULT)), (VISITOR, at(f"{GUIDE_RESULT}&by=place"))],
    "counter-prepare": [(VISITOR, at("/counter/prepare/"))],
    "counter-tickets": [(VISITOR, at("/counter/tickets/")), (CLERK, at("/counter/tickets/"))],
    "counter-ticket": [(VISITOR, lambda t: f"/counter/tickets/{t['ticket']}/")],
    "counter-display": [(VISITOR, at("/counter/display/"))],
    "counter-screen-enter": [(VISITOR, at("/counter/screen/"))],
    "counter-screen": [(VISITOR, lambda t: f"/counter/screen/{t['screen']}/")],
    "counter": [(CLERK, at("/staff/counter/"))],
    "counter-visit": [(CLERK, of_visit("?look=1"))],
    "counter-person": [(CLERK, of_visit("person/"))],
    "counter-events": [(CLERK, of_visit("events/"))],
    "counter-guide": [(CLERK, of_visit("events/birth/"))],
    "counter-items": [(CLERK, of_visit("items/"))],
    "counter-common": [(CLERK, of_visit("common/"))],
    "counter-entry": [(CLERK, of_visit(f"forms/{CLAIM}/"))],
    "counter-check": [(CLERK, of_visit("check/"))],
    "counter-done": [(CLERK, of_visit("done/"))],
    "counter-figures": [(ADMIN, at("/staff/counter/figures/"))],
    "counter-kiosks": [(ADMIN, at("/staff/counter/machines/"))],
    "plan": [(VISITOR, at("/plan/"))],
    "plan-measure": [(VISITOR, at("/plan/1-1-01/"))],
    "sign-in": [(VISITOR, at("/sign-in/"))],
    "sign-in-waiting": [(VISITOR, at("/sign-in/waiting/"))],
    "sign-out": [(VISITOR, at("/sign-out/"))],
    "staff-sign-in": [(VISITOR, at("/staff/sign-in/"))],
    "staff-sign-out": [(CLERK, at("/staff/sign-out/"))],
    "demo-mails": [(VISITOR, at("/demo/mail/"))],
    "demo-mail": [(VISITOR, lambda t: f"/demo/mail/{t['mail']}/")],
    "my-page": [(HANAKO, at("/my/"))],
    "account-email": [(HANAKO, at("/my/account/email/"))],
    "account": [(HANAKO, at("/my/account/"))],
    "passkeys": [(HANAKO, at("/my/account/passkeys/"))],
    "passkey": [(HANAKO, lambda t: f"/my/account/passkeys/{t['passkeys'][0]}/")],
    "confirm": [(HANAKO, at("/confirm/")), (CLERK, at("/confirm/"))],
    "object-to-recovery": [(VISITOR, lambda t: t["objection"])],
    "my-looks": [(HANAKO, at("/my/looks/"))],
    "proxies": [(HANAKO, at("/my/proxies/")), (TARO, at("/my/proxies/"))],
    "new-proxy": [(HANAKO, at("/my/proxies/new/"))],
    "new-guardian": [(HANAKO, at("/my/proxies/guardian/"))],
    "proxy": [(TARO, lambda t: f"/my/proxies/{t['claimed']}/")],
    "proxy-invitation": [(TARO, lambda t: t["invitation"])],
    "staff-proxies": [(ADMIN, at("/staff/proxies/"))],
    "staff-proxy": [(ADMIN, lambda t: f"/staff/proxies/{t['claimed']}/")],
    "my-data": [(HANAKO, at("/my/data/"))],
    "my-facts": [(HANAKO, at("/my/facts/"))],
    "withdraw-facts": [(HANAKO, at("/my/facts/withdraw/"))],
    "change-fact": [
        (HANAKO, at(f"/my/facts/{fact}/"))
        for fact in ("person-name", "person-address", "household-children", "account-bank")
    ],
    "withdraw-fact": [(HANAKO, at("/my/facts/person-name/withdraw/"))],
    "apply-page": [(HANAKO, form_pages)],
    "apply-check": [
        (HANAKO, lambda t: [f"/apply/{draft}/check/" for draft in t["drafts"].values()])
    ],
    "apply-sign": [(HANAKO, lambda t: f"/apply/{t['signing']}/sign/")],
    "signatures": [
        (HEAD, at("/staff/signatures/")),
        (HEAD, at("/staff/signatures/?state=decided")),
    ],
    "signature": [(HEAD, lambda t: [f"/staff/signatures/{s}/" for s in t["signatures"]])],
    "draft-saved": [(HANAKO, of_draft("saved/"))],
    "discard-draft": [(HANAKO, of_draft("discard/"))],
    "my-application": [(HANAKO, of_case("long")), (HANAKO, of_case("returned"))],
    "application-done": [(HANAKO, of_case("fresh", "done/"))],
    "correct-application": [(HANAKO, of_case("returned", "correct/"))],
    "add-to-application": [(HANAKO, of_case("works", "add/report_completion/"))],
    "withdraw-application": [(HANAKO, of_case("fresh", "withdraw/"))],
    "case-reason": [(CLERK, on_desk("fresh", "reason/"))],
    "case-sharing": [(HEAD, on_desk("deciding", "sharing/"))],
    "inbox": [(CLERK, at("/staff/inbox/?view=all")), (CLERK, at("/staff/inbox/?q=宇宙旅行"))],
    "to-confirm": [(HEAD, at("/staff/procedures/to-confirm/"))],
    "case": [
        (CLERK, on_desk("fresh")),
        (CLERK, on_desk("long")),
        (CLERK, on_desk("returned")),
        (HEAD, on_desk("deciding")),
        (CLERK, lambda t: f"/staff/cases/{t['cases']['fresh']}/?file={t['file']}"),
    ],
    "case-action": [
        (HEAD, on_desk("deciding", "actions/approve/")),
        (HEAD, on_desk("deciding", "actions/reject/")),
        (CLERK, on_desk("fresh", "actions/register_withdrawal/")),
    ],
    "figures": [(HEAD, at("/staff/figures/"))],
    "procedure-figures": [(HEAD, at(f"/staff/figures/{CLAIM}/"))],
    "staff-account": [(CLERK, at("/staff/account/"))],
    "staff-passkeys": [(CLERK, at("/staff/account/passkeys/"))],
    "recoveries": [(SIGN_INS, at("/staff/recoveries/"))],
    "new-recovery": [(SIGN_INS, at("/staff/recoveries/new/"))],
    "recovery": [(SIGN_INS, lambda t: f"/staff/recoveries/{t['recovery']}/")],
    "reset-credentials": [(ADMIN, lambda t: f"/staff/people/{t['person']}/reset/")],
    "staff-password": [(CLERK, at("/staff/account/password/"))],
    "staff-second-factor": [(CLERK, at("/staff/account/second-factor/"))],
    "authority": [(CLERK, at("/staff/authority/"))],
    "procedure-authority": [
        (CLERK, at("/staff/authority/procedures/")),
        (CLERK, at("/staff/authority/procedures/?procedure=k01-child-allowance-claim")),
    ],
    "matches": [(ADMIN, at("/staff/matches/"))],
    "people": [(ADMIN, at("/staff/people/"))],
    "new-person": [(ADMIN, at("/staff/people/new/"))],
    "person": [(ADMIN, lambda t: f"/staff/people/{t['person']}/")],
    "end-post": [(ADMIN, lambda t: f"/staff/people/{t['person']}/posts/{t['holding']}/end/")],
    "substitute": [
        (ADMIN, lambda t: f"/staff/people/{t['person']}/posts/{t['holding']}/substitute/")
    ],
    "tokens": [(ADMIN, at("/staff/tokens/"))],
    "notices": [(ADMIN, at("/staff/notices/"))],
    "notice": [(ADMIN, lambda t: f"/staff/notices/{t['message']}/")],
    "builder": [(ADMIN, at("/staff/builder/"))],
    "builder-new": [(ADMIN, at("/staff/builder/new/"))],
    "builder-questions": [(ADMIN, of_design("")), (ADMIN, of_design("?edit=event/event.reason"))],
    "builder-about": [(ADMIN, of_design("about/"))],
    "builder-checks": [
        (ADMIN, of_design("rules/")),
        (ADMIN, of_design("rules/?edit=%2B")),
    ],
    "builder-checklist": [
        (ADMIN, of_design("checklist/")),
        (ADMIN, of_design("checklist/?edit=%2B")),
    ],
    "builder-letters": [
        (ADMIN, of_design("letters/")),
        (ADMIN, of_design("letters/?edit=approval")),
    ],
    "builder-preview": [(ADMIN, of_design("preview/"))],
    "builder-frame": [(ADMIN, of_design("frame/event/?filled=max"))],
    "builder-trial": [(ADMIN, of_design("trial/?filled=max"))],
    "builder-review": [(ADMIN, of_design("review/"))],
    "builder-procedure": [(ADMIN, at(f"/staff/builder/p/{CLAIM}/"))],
    "intake": [(KEEPER, at("/staff/intake/"))],
    "intake-scans": [(KEEPER, at("/staff/intake/scan/"))],
    "intake-scan": [(KEEPER, lambda t: [f"/staff/intake/scan/{paper}/" for paper in t["papers"]])],
    "intake-delivery": [
        (KEEPER, lambda t: [f"/staff/intake/{delivery}/" for delivery in t["deliveries"]])
    ],
    "ledger": [(AUDITOR, at("/staff/ledger/")), (AUDITOR, at("/staff/ledger/?actor=だれもいない"))],
    "ledger-entry": [(AUDITOR, at("/staff/ledger/1/"))],
    "ledger-removed": [(AUDITOR, at("/staff/ledger/removed/"))],
    "ledger-proofs": [(AUDITOR, at("/staff/ledger/proofs/"))],
    "bridge": [(ADMIN, at("/staff/bridge/"))],
    "documents-purges": [(KEEPER, at("/staff/documents/purges/"))],
    "documents-purge": [(KEEPER, lambda t: f"/staff/documents/purges/{t['purge']}/")],
}


def test_every_address_is_looked_at_or_is_no_page() -> None:
    own = {name for name in names(get_resolver()) if not name.startswith("api:")}
    assert sorted(own) == sorted([*PAGES, *NO_PAGE])


@dataclass
class Visitors:
    """Somebody's browser windows: one per person, kept for all pages, with what went wrong."""

    browser: Browser
    hall: Hall
    contexts: dict[str, BrowserContext]
    problems: list[str]

    def page_of(self, person: str) -> Page:
        """A window of this person, who is signed in."""
        if person not in self.contexts:
            context = self.browser.new_context(
                viewport={"width": 1280, "height": 800},
                locale="ja-JP",
                timezone_id="Asia/Tokyo",
                reduced_motion="reduce",
            )
            page = context.new_page()
            page.on("console", self._listen)
            page.on("pageerror", lambda error: self.problems.append(str(error)))
            if person in (HANAKO, TARO):
                self.hall.enter_resident(page, person)
            elif person:
                self.hall.enter_staff(page, person)
            self.contexts[person] = context
        return self.contexts[person].pages[0]

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(f"{message.location.get('url', '')}: {message.text}")


@pytest.fixture(scope="module")
def visitors(browser: Browser, hall: Hall) -> Iterator[Visitors]:
    made = Visitors(browser, hall, {}, [])
    hall.things["mail"] = newest_mail(hall)
    yield made
    for context in made.contexts.values():
        context.close()


def newest_mail(hall: Hall) -> str:
    return max(file.stem for file in (hall.data / "mail").glob("*.eml"))


CASES = [
    pytest.param(person, paths, id=f"{name}-{number}")
    for name, openings in PAGES.items()
    for number, (person, paths) in enumerate(openings)
]


@pytest.mark.parametrize(("person", "paths"), CASES)
def test_a_page_is_right_at_every_width(visitors: Visitors, person: str, paths: Paths) -> None:
    """axe finds nothing at 360 and 1280 px (staff also in the dark); nothing scrolls sideways at
    320 px or at 200 %; there is one h1, a title and a language; the console stays silent; the
    keyboard reaches the primary button; the print shows no buttons."""
    page = visitors.page_of(person)
    found = paths(visitors.hall.things)
    faults = []
    for path in [found] if isinstance(found, str) else found:
        visitors.problems.clear()
        faults += [f"{path}: {fault}" for fault in look(page, f"{visitors.hall.url}{path}")]
        faults += visitors.problems
    assert faults == []


def look(page: Page, address: str) -> list[str]:
    """Open a page and say everything that is wrong with it."""
    page.set_viewport_size({"width": 1280, "height": 800})
    response = page.goto(address)
    if response is None or response.status != 200:
        return [f"status {response and response.status}"]
    page.evaluate("document.fonts.ready")
    faults = [f"1280 px: {fault}" for fault in axe_violations(page)]
    if page.locator("html[data-face=staff]").count():
        page.emulate_media(color_scheme="dark")
        faults += [f"dark: {fault}" for fault in axe_violations(page)]
        page.emulate_media(color_scheme="light")
    if page.locator("h1").count() != 1:
        faults.append(f"{page.locator('h1').count()} h1")
    if not re.match(r".+ ｜ .+", page.title()):
        faults.append(f"title {page.title()!r}")
    if page.locator("html").get_attribute("lang") != "ja":
        faults.append("no language")
    if not reached_by_tab(page):
        faults.append("Tab does not reach the primary button")
    # zoomed to 200 %, a window of 1280 x 800 is 640 x 400 CSS pixels
    for width, height in ((640, 400), (320, 640), (360, 640)):
        page.set_viewport_size({"width": width, "height": height})
        if overflow(page):
            faults.append(f"{width} px: {overflow(page)} px too wide because of {widest(page)}")
    return faults + [f"360 px: {fault}" for fault in axe_violations(page)]


def widest(page: Page) -> str:
    """The first element that sticks out to the right."""
    found: str = page.evaluate(
        """() => [...document.querySelectorAll('main *, header *, footer *')]
             .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
             .map(one => one.outerHTML.slice(0, 120))[0] || 'something'"""
    )
    return found


def reached_by_tab(page: Page) -> bool:
    """Whether the main button, if there is one, stands in the order of the Tab key."""
    button = page.locator("main .button[data-type=primary]:visible:not([disabled])").last
    if not button.count():
        return True
    # from the element before it, so that long forms don't take hundreds of presses
    button.evaluate(
        """one => {
             const all = [...document.querySelectorAll(
               'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]')]
               .filter(each => each.checkVisibility() && !each.disabled && each.tabIndex >= 0);
             all[Math.max(0, all.indexOf(one) - 1)].focus();
           }"""
    )
    for _ in range(4):
        page.keyboard.press("Tab")
        if button.evaluate("one => one === document.activeElement"):
            return True
    return False


def test_sign_in_steps(hall: Hall, browser: Browser) -> None:
    """The pages that only exist in the middle of a sign-in, one after the other."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="ja-JP")
    page = context.new_page()
    faults = []
    page.goto(f"{hall.url}/sign-in/")
    page.locator("#email").fill("steps@example.jp")
    page.locator("form:has(#email) button").click()
    page.wait_for_url("**/sign-in/code/")
    faults += look(page, page.url)
    page.goto(f"{hall.url}/staff/sign-in/")
    page.locator("#email").fill("journey-clerk-0@example.jp")
    page.locator("#password").fill(hall.things["password"])
    page.locator("form:has(#password) button").click()
    page.wait_for_url("**/second-step/")
    faults += look(page, page.url)
    context.clear_cookies()
    page.goto(f"{hall.url}/staff/sign-in/")
    page.locator("#email").fill("newcomer@example.jp")
    page.locator("#password").fill(hall.things["temporary_password"])
    page.locator("form:has(#password) button").click()
    page.wait_for_url("**/sign-in/password/")
    faults += look(page, page.url)
    page.locator("#new_password").fill("Kaze-no-toorimichi-2027")
    page.locator("main form button").first.click()
    page.wait_for_url("**/enrol/")
    faults += look(page, page.url)
    secret = page.locator("main .numeric, main code").first.inner_text().replace(" ", "")
    page.locator("#code").fill(pyotp.TOTP(secret).now())
    page.locator("main form:has(#code) button").click()
    page.wait_for_url("**/recovery-codes/")
    faults += [f"codes: {fault}" for fault in axe_violations(page)]
    context.close()
    assert faults == []
