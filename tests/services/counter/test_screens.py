"""The resident's screen: paired, live, in their language; the yes, the wish, the signature."""

import base64
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from PIL import Image

from engines.cases.world import NOW
from services.counter.world import CARD, CARD_REST, begun, filled, row
from suigo.engines.cases.models import CaseFile
from suigo.engines.documents.models import StoredFile
from suigo.engines.documents.rendering import pdf_text
from suigo.kernel.access import Actor
from suigo.kernel.errors import Conflict, NotFound, Refused
from suigo.services.counter.actions import entering, receiving, screens, visits
from suigo.services.counter.models import Screen
from suigo.services.counter.queries.printing import visit_set
from suigo.services.counter.queries.screens import shown_by

SignIn = Callable[[Actor], Client]


@pytest.fixture
def tablet(clerk: Actor, browser: SignIn) -> Client:
    """A device that nobody is signed in on, on the day of the tests."""
    browser(clerk)
    return Client()


def picture() -> str:
    out = io.BytesIO()
    Image.new("RGB", (100, 30), "white").save(out, format="PNG")
    return screens.PNG + base64.b64encode(out.getvalue()).decode()


def digest(code: str) -> str:
    return shown_by(code, now=NOW).digest


def test_it_shows_what_was_entered_and_takes_a_drawn_signature(
    clerk: Actor, tablet: Client
) -> None:
    visit = filled(clerk)
    code = screens.pair_screen(visit, actor=clerk, now=NOW)
    at = f"/counter/screen/{code}/"
    page = tablet.get(at).content.decode()
    for words in ("水野 葉子 様", "図書館カードの申込み", "たんす", "まちがいありません"):
        assert words in page
    shown = digest(code)
    assert tablet.post(at, {"verb": "agree", "shown": shown}).status_code == 302
    sent = {"verb": "drawn", "shown": shown, "picture": picture()}
    assert tablet.post(at, sent).status_code == 302
    assert "署名を受け取りました" in tablet.get(at).content.decode()
    assert (row(visit).signature, row(visit).signed_digest) == ("drawn", shown)
    assert "画面で署名しました" in pdf_text(visit_set(clerk, visit, now=NOW))
    receiving.receive_visit(visit, actor=clerk, now=NOW)
    file = StoredFile.objects.get()
    assert set(CaseFile.objects.values_list("file_id", flat=True)) == {file.public_id}
    assert CaseFile.objects.count() == 2
    assert file.held
    visits.end_visit(visit, actor=clerk, now=NOW)
    assert tablet.get(at).status_code == 410


def test_a_name_typed_instead(clerk: Actor, tablet: Client) -> None:
    visit = filled(clerk)
    code = screens.pair_screen(visit, actor=clerk, now=NOW)
    shown = digest(code)
    at = f"/counter/screen/{code}/"
    early = tablet.post(at, {"verb": "typed", "shown": shown, "name": "水野葉子"})
    assert early.status_code == 422
    tablet.post(at, {"verb": "agree", "shown": shown})
    wrong = tablet.post(at, {"verb": "typed", "shown": shown, "name": "水野"})
    assert wrong.status_code == 422
    assert (
        tablet.post(at, {"verb": "typed", "shown": shown, "name": "水野 葉子"}).status_code == 302
    )
    assert row(visit).signature == "typed"
    assert receiving.receive_visit(visit, actor=clerk, now=NOW).created


def test_a_wish_goes_to_the_clerk_and_undoes_the_yes(
    clerk: Actor, tablet: Client, browser: SignIn
) -> None:
    visit = filled(clerk)
    code = screens.pair_screen(visit, actor=clerk, now=NOW)
    at = f"/counter/screen/{code}/"
    tablet.post(at, {"verb": "agree", "shown": digest(code)})
    tablet.post(at, {"verb": "change", "wish": "電話番号が違います"})
    assert row(visit).agreed_digest == ""
    page = browser(clerk).get(f"/staff/counter/visits/{visit}/check/").content.decode()
    assert "電話番号が違います" in page


def test_a_change_meanwhile_is_not_agreed_to_unseen(clerk: Actor, tablet: Client) -> None:
    visit = filled(clerk)
    code = screens.pair_screen(visit, actor=clerk, now=NOW)
    shown = digest(code)
    rest = CARD_REST | {"large_print": ["yes"]}
    entering.save_entry(visit, CARD, rest, actor=clerk, now=NOW)
    with pytest.raises(Conflict):
        screens.agree(code, shown=shown, now=NOW)
    stale = tablet.post(f"/counter/screen/{code}/", {"verb": "agree", "shown": shown})
    assert stale.status_code == 422


def test_nothing_is_agreed_to_before_it_is_complete(clerk: Actor, tablet: Client) -> None:
    visit = begun(clerk)
    code = screens.pair_screen(visit, actor=clerk, now=NOW)
    assert "まちがいありません" not in tablet.get(f"/counter/screen/{code}/").content.decode()
    with pytest.raises(Refused):
        screens.agree(code, shown=digest(code), now=NOW)


def test_a_code_ends(clerk: Actor) -> None:
    visit = filled(clerk)
    old = screens.pair_screen(visit, actor=clerk, now=NOW)
    code = screens.pair_screen(visit, actor=clerk, now=NOW)
    with pytest.raises(NotFound):
        shown_by(old, now=NOW)
    with pytest.raises(NotFound):
        shown_by(code, now=NOW + screens.GOOD_FOR)
    stored = Screen.objects.get()
    assert code not in f"{stored.code} {stored.code_digest}"


def test_guessing_is_slowed_down_also_for_a_right_guess(clerk: Actor, tablet: Client) -> None:
    code = screens.pair_screen(filled(clerk), actor=clerk, now=NOW)
    paired = Client()
    assert paired.get(f"/counter/screen/{code}/").status_code == 200
    for _try in range(screens.TRIES_PER_QUARTER - 1):
        assert tablet.get("/counter/screen/WRONG/").status_code == 410
    assert tablet.get("/counter/screen/WRONG/").status_code == 429
    assert tablet.get(f"/counter/screen/{code}/").status_code == 429
    # the tablet that is in use goes on
    assert paired.get(f"/counter/screen/{code}/").status_code == 200
    with time_machine.travel(NOW + timedelta(minutes=16), tick=False):
        assert tablet.get(f"/counter/screen/{code}/").status_code == 200


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "This is correct"), ("ja-easy", "合って います"), ("ja", "まちがいありません")],
)
def test_it_speaks_the_resident_s_language(
    clerk: Actor, tablet: Client, language: str, words: str
) -> None:
    code = screens.pair_screen(filled(clerk), actor=clerk, now=NOW)
    at = f"/counter/screen/{code}/"
    answer = tablet.post("/display/", {"language": language, "next": at}, follow=True)
    assert words in answer.content.decode()


@pytest.mark.parametrize("data", ["", "data:image/gif;base64,AAAA", f"{screens.PNG}!!!"])
def test_a_picture_that_is_none(clerk: Actor, data: str) -> None:
    code = screens.pair_screen(filled(clerk), actor=clerk, now=NOW)
    screens.agree(code, shown=digest(code), now=NOW)
    with pytest.raises(Refused):
        screens.sign(code, shown=digest(code), way="drawn", name="", picture=data, now=NOW)


def test_a_file_that_only_says_it_is_a_picture(clerk: Actor, tablet: Client) -> None:
    code = screens.pair_screen(filled(clerk), actor=clerk, now=NOW)
    shown = digest(code)
    screens.agree(code, shown=shown, now=NOW)
    fake = screens.PNG + base64.b64encode(b"<svg onload=alert(1)>").decode()
    sent = {"verb": "drawn", "shown": shown, "picture": fake}
    assert tablet.post(f"/counter/screen/{code}/", sent).status_code == 422
    assert StoredFile.objects.count() == 0


def test_what_no_database_can_keep_is_left_out(
    clerk: Actor, tablet: Client, browser: SignIn
) -> None:
    visit = filled(clerk)
    code = screens.pair_screen(visit, actor=clerk, now=NOW)
    tablet.post(f"/counter/screen/{code}/", {"verb": "change", "wish": "電話\x00番号" + "あ" * 900})
    assert row(visit).wish == "電話番号" + "あ" * 496
    client = browser(clerk)
    at = f"/staff/counter/visits/{visit}/"
    assert client.post(f"{at}done/", {"entry": "\x00", "done": "1"}).status_code == 404
    memo = {"desk": "welfare", "text": "済み\x00です"}
    assert client.post(f"{at}hand-over/", memo).status_code == 302
    assert row(visit).memos.get().text == "済みです"
