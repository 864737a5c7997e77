"""Printed forms come back: rotated and noisy scans find their procedure, and are typed in."""

import io
import random
from collections.abc import Callable
from dataclasses import asdict, replace
from uuid import UUID, uuid4

import pypdfium2
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from engines.cases.test_web_apply import fill
from engines.cases.world import CARD, NOW, received, staff
from suigo.engines.cases import actions as cases
from suigo.engines.cases.events import DraftDiscarded
from suigo.engines.cases.models import Case, CaseFile, Draft
from suigo.engines.cases.queries.printouts import letter_pdf, paper_form_pdf, receipt_pdf
from suigo.engines.cases.queries.procedures import procedure
from suigo.engines.cases.rules.letters import FilledLetter
from suigo.engines.cases.rules.sheets import Sheet, sheet_of, sheet_path
from suigo.kernel.access import Actor
from suigo.kernel.audit.models import AuditEntry
from suigo.kernel.errors import Conflict, Forbidden, Invalid
from suigo.services.intake import actions, queries, subscribers
from suigo.services.intake.models import PaperEntry
from suigo.services.intake.rules.grouping import ReadFile, grouped

SignIn = Callable[[Actor], Client]
HOST = "https://city.example.jp"


@pytest.fixture
def clerk(db: None) -> Actor:
    return staff("library-chief", "係長 花子")


def printed() -> bytes:
    """The paper form as anybody prints it."""
    cases.freeze_for_paper(CARD, now=NOW)
    chosen = procedure(CARD)
    link = f"{HOST}{sheet_path(chosen.hash)}"
    return paper_form_pdf(chosen, link=f"{HOST}/procedures/{CARD}/", page_link=link, language="ja")


def photograph(pdf: bytes, page: int, *, turn: float = 0, quality: int = 60) -> bytes:
    """A page as a telephone takes it: turned, soft, speckled, compressed."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        sheet = document[page].render(scale=150 / 72).to_pil().convert("L")
    finally:
        document.close()
    sheet = sheet.rotate(turn, expand=True, fillcolor=200, resample=Image.Resampling.BILINEAR)
    sheet = sheet.filter(ImageFilter.GaussianBlur(0.7))
    chance = random.Random(page)
    pixels = sheet.load()
    assert pixels is not None
    for _speck in range(sheet.width * sheet.height // 200):
        place = chance.randrange(sheet.width), chance.randrange(sheet.height)
        pixels[place] = chance.randrange(256)
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=quality)
    return out.getvalue()


def picture(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("L", (600, 800), shade).save(out, "PNG")
    return out.getvalue()


def bring(clerk: Actor, *files: bytes) -> actions.Scanned:
    uploads = [actions.Upload(f"scan{n}", "", io.BytesIO(data)) for n, data in enumerate(files)]
    return actions.bring_scans(clerk, uploads, now=NOW)


@pytest.mark.parametrize("turn", [0, 7, 90, 180, -13])
def test_a_turned_and_noisy_photograph_finds_its_procedure_and_page(
    clerk: Actor, turn: float
) -> None:
    scanned = bring(clerk, photograph(printed(), 1, turn=turn))
    view = queries.paper(clerk, scanned.entries[0])
    assert (view.state, view.procedure_id, view.title) == (
        "waiting",
        CARD,
        "図書館カードの申込み",
    )
    assert [number for _file, _place, number in view.pages] == [2]
    assert view.missing == (1,)


def test_sheets_of_two_people_in_any_order_become_two_applications(clerk: Actor) -> None:
    pdf = printed()
    one, two = photograph(pdf, 0), photograph(pdf, 1)
    others = [photograph(pdf, page, turn=3) for page in (0, 1)]
    scanned = bring(clerk, two, one, *others)
    views = [queries.paper(clerk, entry) for entry in scanned.entries]
    assert [[n for _f, _p, n in view.pages] for view in views] == [[2, 1], [1, 2]]
    assert [view.missing for view in views] == [(), ()]


def test_from_upload_to_case_with_the_sheet_beside_the_form(clerk: Actor, browser: SignIn) -> None:
    client = browser(clerk)
    pdf = io.BytesIO(printed())
    pdf.name = "scan.pdf"
    sent = client.post("/staff/intake/scan/", {"scans": pdf})
    entry = PaperEntry.objects.get()
    assert sent["Location"] == f"/staff/intake/scan/{entry.public_id}/"
    assert "紙を見ながら入力する" in client.get(sent["Location"]).content.decode()
    typing = client.post(f"{sent['Location']}type/", follow=True)
    first = typing.redirect_chain[-1][0]
    page = typing.content.decode()
    file_id = entry.files.get().file_id
    assert page.count(f"/staff/files/{file_id}/page/") == 2
    assert client.get(f"/staff/files/{file_id}/page/1.png?size=large").status_code == 200
    assert Draft.objects.get().definition_id == entry.definition_hash
    check = fill(client, first)
    assert client.post(check).status_code == 302
    case = Case.objects.get()
    assert (case.channel, case.arrival["source"]) == ("paper", "紙の申請書")
    assert CaseFile.objects.get(case=case, path="").file_id == file_id
    actions.note_received(case.public_id, now=NOW)
    entry.refresh_from_db()
    assert (entry.state, entry.case_number) == ("done", case.number)
    shown = client.get(f"/staff/cases/{case.public_id}/").content.decode()
    assert "届いた書類" in shown
    assert f"?file={file_id}" in shown
    assert client.get(f"/staff/files/{file_id}/page/1.png").status_code == 200


def test_a_sheet_is_typed_into_the_form_that_was_printed(
    clerk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The city edits its form meanwhile; the old sheet still fits what it asks."""
    from suigo.engines.cases.queries import procedures  # noqa: PLC0415

    scanned = bring(clerk, printed())
    old = procedure(CARD)
    document = old.spec.model_copy(update={"checklist": ()})
    newer = procedures.as_procedure(document)
    assert newer.hash != old.hash
    catalogue = procedures.Catalogue({CARD: newer}, {newer.hash: newer})
    monkeypatch.setattr(procedures._catalogue, "get", lambda: catalogue)
    actions.start_typing(clerk, scanned.entries[0], now=NOW)
    assert Draft.objects.get().definition_id == old.hash


def test_typing_that_was_thrown_away_or_left_waits_again(clerk: Actor) -> None:
    entry = bring(clerk, printed()).entries[0]
    draft = actions.start_typing(clerk, entry, now=NOW)
    assert actions.free_abandoned(now=NOW) == 0  # somebody is still at it
    cases.discard_draft(draft, actor=clerk, now=NOW)
    actions.note_discarded(draft, now=NOW)
    actions.note_discarded(draft, now=NOW)
    view = queries.paper(clerk, entry)
    assert (view.state, view.draft_id) == ("waiting", None)
    assert AuditEntry.objects.filter(action="intake.typing_ended").count() == 1
    left = actions.start_typing(clerk, entry, now=NOW)
    Draft.objects.filter(public_id=left).delete()  # as the night does with what expired
    assert actions.free_abandoned(now=NOW) == 1
    assert queries.paper(clerk, entry).state == "waiting"


def test_a_discarded_draft_says_so_to_whoever_listens(clerk: Actor) -> None:
    """Only what came on paper makes work for somebody."""
    entry = bring(clerk, printed()).entries[0]
    draft = actions.start_typing(clerk, entry, now=NOW)
    event = DraftDiscarded(draft_id=str(draft), procedure_id=CARD, channel="paper")
    assert subscribers.from_paper(event)
    assert not subscribers.from_paper(replace(event, channel="web"))
    subscribers.note_discarded(**asdict(event))
    assert queries.paper(clerk, entry).state == "waiting"


def test_a_reply_to_a_letter_lands_in_its_case(clerk: Actor) -> None:
    case = received()
    url = f"{HOST}/my/applications/{case.public_id}/"
    letter = receipt_pdf(clerk, case.public_id, language="ja", status_url=url, today=NOW.date())
    scanned = bring(clerk, photograph(letter, 0, turn=4))
    view = queries.paper(clerk, scanned.entries[0])
    assert (view.state, view.case_number) == ("done", case.number)
    assert CaseFile.objects.filter(case=case, path="").count() == 1


def test_a_letter_that_asks_for_a_reply_carries_its_case(clerk: Actor) -> None:
    case = received()
    letter = FilledLetter(
        id="correction",
        kind="correction",
        title="補正のお願い",
        language="ja",
        reference="",
        issued=NOW.date(),
        addressee="水野 葉子 様",
        sender=None,
        paragraphs=("直して、お返しください。",),
        rows=(),
        table=None,
        after=(),
        appeal=None,
        contact=True,
        sample=True,
    )
    pdf = letter_pdf(letter, department="library", case_id=case.public_id)
    scanned = bring(clerk, photograph(pdf, 0, turn=180))
    assert queries.paper(clerk, scanned.entries[0]).case_number == case.number


def test_without_a_code_somebody_says_what_it_is(clerk: Actor) -> None:
    entry = bring(clerk, picture(60)).entries[0]
    view = queries.paper(clerk, entry)
    assert (view.state, view.reason) == ("unknown", "QRコードを読み取れませんでした。")
    with pytest.raises(Conflict):
        actions.start_typing(clerk, entry, now=NOW)
    actions.name_procedure(clerk, entry, procedure_id=CARD, now=NOW)
    actions.start_typing(clerk, entry, now=NOW)
    assert Draft.objects.get().procedure_id == CARD


def test_the_same_scan_twice_is_noticed_and_can_be_left_out(clerk: Actor) -> None:
    pdf = printed()
    first, second = bring(clerk, pdf).entries[0], bring(clerk, pdf).entries[0]
    assert queries.paper(clerk, second).twins == (first,)
    with pytest.raises(Invalid):
        actions.dismiss_scan(clerk, second, reason="", now=NOW)
    actions.dismiss_scan(clerk, second, reason="二重の読み取り", now=NOW)
    assert [view.public_id for view in queries.papers(clerk)] == [first]


def test_blank_and_unreadable_files_are_told(clerk: Actor) -> None:
    scanned = bring(clerk, picture(255), b"hello", printed())
    assert len(scanned.entries) == 1
    assert [name for name, _why in scanned.refused] == ["scan0", "scan1"]
    assert scanned.refused[0][1] == "白紙です。"


def test_only_whoever_may_scan_does(clerk: Actor) -> None:
    entry = bring(clerk, printed()).entries[0]
    file_id = PaperEntry.objects.get().files.get().file_id
    other = staff("library-officer", "司書 一郎")
    assert queries.may_open(clerk, file_id)
    assert not queries.may_open(other, file_id)
    for refused in (
        lambda: bring(other, b"x"),
        lambda: queries.paper(other, entry),
        lambda: actions.start_typing(other, entry, now=NOW),
    ):
        with pytest.raises(Forbidden):
            refused()
    assert list(queries.needed([file_id, uuid4()])) == [file_id]


def test_a_code_says_nothing_about_anybody() -> None:
    path = sheet_path("0123456789abcdef" * 4).format(page=3)
    assert path == "/p/0123456789abcdef/3/"
    assert sheet_of(f"{HOST}{path}") == Sheet("0123456789abcdef", 3)
    case = UUID(int=7)
    assert sheet_of(f"{HOST}/my/applications/{case}/") == Sheet(case_id=case)
    for other in ("", "https://example.com/", f"{HOST}/my/applications/{'-' * 36}/"):
        assert sheet_of(other) is None


@given(st.lists(st.tuples(st.sampled_from(["a", "b", ""]), st.integers(1, 4)), max_size=12))
def test_no_file_is_lost_and_no_page_is_twice_in_an_application(
    codes: list[tuple[str, int]],
) -> None:
    files = [
        ReadFile(UUID(int=n), (Sheet(d, p) if d else None,), (False,))
        for n, (d, p) in enumerate(codes)
    ]
    groups = grouped(files)
    kept = [f.file_id for g in groups for f in g.files]
    assert sorted(kept) == [f.file_id for f in files]
    for group in groups:
        numbers = [n for f in group.files for n in f.numbers]
        assert len(numbers) == len(set(numbers))
        assert {s.definition for f in group.files for s in f.sheets if s} <= {group.definition}
