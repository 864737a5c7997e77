"""Taking files: what is kept, what is refused and with which words, and how it lies on the disk."""

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.conf import LazySettings

from engines.documents import samples
from engines.documents.conftest import EVERYTHING, NOW, TOKEN, Store, account
from suigo.engines.documents import policy, queries
from suigo.engines.documents.actions import (
    claim_files,
    hold_files,
    remove_file,
    store_file,
    store_letter,
)
from suigo.engines.documents.adapters.fake import EICAR
from suigo.engines.documents.failures import InfectedFile, UnacceptableFile
from suigo.engines.documents.models import Blob, StoredFile
from suigo.engines.documents.spec import FileBrief
from suigo.kernel.access import ANONYMOUS, SYSTEM, Actor
from suigo.kernel.audit.models import AuditEntry
from suigo.kernel.audit.queries import sentence_of
from suigo.kernel.errors import Conflict, NotFound, TooLarge, TooMany

pytestmark = pytest.mark.django_db


def content_of(file: FileBrief) -> bytes:
    return b"".join(queries.open_file(file))


def files_under(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file())


HONEST = {
    "pdf": (samples.pdf(pages=3), "application/pdf", 3),
    "jpeg": (samples.jpeg(), "image/jpeg", 1),
    "png": (samples.png(), "image/png", 1),
    "webp": (samples.webp(), "image/webp", 1),
    "docx": (
        samples.docx(),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        None,
    ),
    "odt": (samples.odt(), "application/vnd.oasis.opendocument.text", None),
    "utf8": ("氏名,住所\n水郷,潮来\n".encode(), "text/plain; charset=utf-8", None),
    "cp932": ("氏名,髙﨑\r\n".encode("cp932"), "text/plain; charset=Shift_JIS", None),
}


@pytest.mark.parametrize("kind", HONEST)
def test_an_honest_file_comes_back_and_lies_encrypted(
    kind: str, store: Store, data_folder: Path
) -> None:
    content, content_type, pages = HONEST[kind]
    file = store(content, name="添付")
    assert (file.content_type, file.pages, file.flags) == (content_type, pages, ())
    assert file.scan_state == "unscanned"
    assert content_of(file) == content
    (path,) = files_under(data_folder / "files")
    assert content[:40] not in path.read_bytes()
    assert file.sha256 not in str(path), "a path must not tell what is in the file"
    assert path.relative_to(data_folder / "files").parts[:2] == (path.name[:2], path.name[2:4])


def test_the_draft_decides_how_long_it_stays(store: Store) -> None:
    assert store(samples.pdf()).retention_date.isoformat() == "2026-12-24"


def test_two_same_uploads_share_one_content(
    store: Store, data_folder: Path, resident: Actor
) -> None:
    first, second = store(samples.pdf(text="same")), store(samples.pdf(text="same"), actor=resident)
    assert first.public_id != second.public_id
    assert Blob.objects.count() == 1
    assert len(files_under(data_folder)) == 1
    remove_file(ANONYMOUS, first.public_id, owner_token=TOKEN, now=NOW)
    assert content_of(second) == samples.pdf(text="same")
    remove_file(resident, second.public_id, owner_token="", now=NOW)
    assert files_under(data_folder) == []
    assert list(StoredFile.objects.values_list("name", "blob")) == [("", None), ("", None)]


def test_the_place_of_a_photograph_never_reaches_the_disk(store: Store) -> None:
    kept = content_of(store(samples.jpeg(gps=True, orientation=6)))
    assert samples.GPS_MARK not in kept


MEGABYTE = 1024 * 1024
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "empty"),
    "exe as pdf": (lambda: b"MZ" + bytes(2000), "program"),
    "web page": (lambda: b"<html><script>alert(1)</script>", "web_page"),
    "no pdf inside": (lambda: b"%PDF-1.7\nnonsense", "broken_pdf"),
    "cut pdf": (lambda: samples.pdf()[:60], "broken_pdf"),
    "image bomb": (lambda: samples.png_bomb(), "huge_image"),
    "cut jpeg": (lambda: samples.jpeg(size=(500, 500))[:-300], "broken_image"),
    "noise behind a jpeg's head": (lambda: b"\xff\xd8\xff\xe0" + bytes(500), "broken_image"),
    "zip": (lambda: samples.docx().replace(b"word/document.xml", b"word/dokument.xml"), "archive"),
    "bomb": (lambda: samples.docx({"word/a.xml": bytes(200 * MEGABYTE)}), "office_bomb"),
    "bomb by ratio": (lambda: samples.docx({"word/a.xml": bytes(20 * MEGABYTE)}), "office_bomb"),
    "nested": (lambda: samples.docx({"word/media/a.xml": samples.docx()}), "office_bomb"),
    "many entries": (
        lambda: samples.docx({f"word/{n}.xml": b"" for n in range(5001)}),
        "office_bomb",
    ),
    "traversal": (lambda: samples.docx({"../../evil.xml": b"x"}), "broken_office"),
    "macro": (lambda: samples.docx({"word/vbaProject.bin": b"x"}), "macros"),
    "lying size": (lambda: samples.docx_that_lies(), "broken_office"),
    "text with zero bytes": (lambda: b"abc" * 3000 + b"\0", "broken_text"),
    "text that ends too early": (lambda: b"abc" * 3000 + b"\xe3", "broken_text"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_hostile_file_is_refused_and_nothing_is_kept(
    case: str, store: Store, data_folder: Path
) -> None:
    make, reason = REFUSED[case]
    content = make()
    with pytest.raises(UnacceptableFile) as refused:
        store(content, name="書類.pdf")
    assert refused.value.reason == reason
    assert "ください" in str(refused.value), "it says what to do next"
    assert files_under(data_folder) == []
    assert StoredFile.objects.count() == Blob.objects.count() == AuditEntry.objects.count() == 0


def test_a_kind_that_is_not_accepted_here_says_what_is(store: Store) -> None:
    with pytest.raises(UnacceptableFile) as refused:
        store(samples.docx(), accept=("pdf", "image"))
    assert str(refused.value) == (
        "この種類のファイルは受け付けていません。PDF、画像（JPEG・PNG・WebP）を選び直してください。"
    )


@pytest.mark.parametrize(
    ("change", "flags"),
    [
        (samples.with_script, ("scripts",)),
        (samples.with_launch, ("launches",)),
        (samples.with_attachment, ("attachments",)),
    ],
)
def test_a_pdf_that_can_do_things_is_taken_and_flagged(
    change: object, flags: tuple[str, ...], store: Store
) -> None:
    assert store(samples.pdf(change=change)).flags == flags  # type: ignore[arg-type]


def test_a_pdf_with_a_password_is_taken_and_flagged(store: Store) -> None:
    file = store(samples.pdf(password="secret"))
    assert (file.flags, file.pages, file.previewable) == (("encrypted",), None, False)


def test_300_megabytes_are_refused_long_before_their_end(
    data_folder: Path, settings: LazySettings
) -> None:
    stream = samples.Endless()
    with pytest.raises(TooLarge) as refused:
        store_file(
            ANONYMOUS,
            name="大きい.txt",
            content_type_claimed="text/plain",
            stream=stream,
            accept=EVERYTHING,
            owner_token=TOKEN,
            now=NOW,
        )
    assert str(refused.value) == "ファイルが大きすぎます。1つのファイルは20MBまでです。"
    assert stream.given < settings.SUIGO_FILE_BYTES + 200_000
    assert files_under(data_folder) == []


def test_an_endless_program_is_refused_at_its_beginning() -> None:
    stream = samples.Endless(b"MZ\x90\x00")
    with pytest.raises(UnacceptableFile):
        store_file(
            ANONYMOUS,
            name="x.pdf",
            content_type_claimed="application/pdf",
            stream=stream,
            accept=EVERYTHING,
            owner_token=TOKEN,
            now=NOW,
        )
    assert stream.given == 4096


def test_exactly_the_limit_is_taken_and_one_byte_more_is_not(
    store: Store, settings: LazySettings
) -> None:
    settings.SUIGO_FILE_BYTES = 100_000
    assert store(b"a" * 100_000).size == 100_000
    with pytest.raises(TooLarge):
        store(b"a" * 100_001)


def test_the_test_virus_is_refused_and_noted(
    store: Store, settings: LazySettings, data_folder: Path
) -> None:
    settings.SUIGO_SCANNER = "fake:"
    with pytest.raises(InfectedFile):
        store(b"harmless words " + EICAR)
    assert files_under(data_folder) == []
    (entry,) = AuditEntry.objects.all()
    assert sentence_of(entry) == (
        "申請者 が送ったファイルからウイルス（Eicar-Test-Signature）が見つかり、"
        "受け付けませんでした"
    )
    assert store(b"harmless words").scan_state == "clean"


def test_every_upload_is_in_the_ledger(store: Store, resident: Actor) -> None:
    file = store(b"hello", name="メモ.txt", actor=resident)
    (entry,) = AuditEntry.objects.all()
    assert (entry.action, entry.subject_id) == ("file.stored", str(file.public_id))
    assert sentence_of(entry) == "試験 花子 がファイル「メモ.txt」（5バイト）を送りました"
    assert "メモ" not in entry.facts


def test_who_is_not_signed_in_needs_a_token(store: Store) -> None:
    with pytest.raises(NotFound):
        store(b"hello", token="short")


def test_a_flood_of_uploads_is_slowed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suigo.engines.documents.actions.uploads.UPLOADS_PER_HOUR", 2)
    store(b"1")
    store(b"2")
    with pytest.raises(TooMany):
        store(b"3")
    store(b"3", token="another-draft-token-of-32-letters")


def test_only_the_owner_sees_a_file(store: Store, resident: Actor, clerk: Actor) -> None:
    mine, anonymous = store(b"mine", actor=resident), store(b"draft")
    other = Actor(kind="resident", account_id=account("resident", "b@example.jp").pk)
    assert queries.file_for(resident, mine.public_id) == mine
    assert queries.file_for(ANONYMOUS, anonymous.public_id, owner_token=TOKEN) == anonymous
    for actor, file, token in (
        (other, mine, TOKEN),
        (ANONYMOUS, mine, TOKEN),
        (ANONYMOUS, anonymous, ""),
        (ANONYMOUS, anonymous, TOKEN + "x"),
        (resident, anonymous, ""),
        (clerk, mine, ""),
    ):
        with pytest.raises(NotFound):
            queries.file_for(actor, file.public_id, owner_token=token)
        with pytest.raises(NotFound):
            queries.own_files(actor, [file.public_id], owner_token=token)
    assert queries.file_for(clerk, mine.public_id, allow=lambda f: f.size == 4) == mine
    with pytest.raises(NotFound):
        queries.file_for(clerk, mine.public_id, allow=lambda _: False)


def test_both_policies_agree(store: Store, resident: Actor, clerk: Actor) -> None:
    store(b"mine", actor=resident)
    store(b"draft")
    store(b"counter", actor=clerk, token=TOKEN + "-counter")
    for actor in (resident, clerk, ANONYMOUS):
        for token in ("", TOKEN, TOKEN + "-counter", "x"):
            listed = set(StoredFile.objects.filter(policy.owned_by(actor, owner_token=token)))
            owned = {
                f for f in StoredFile.objects.all() if policy.owns(actor, f, owner_token=token)
            }
            assert listed == owned


def test_files_come_in_the_order_asked_for_and_all_must_be_mine(
    store: Store, resident: Actor
) -> None:
    one, two = store(b"1", actor=resident), store(b"2", actor=resident)
    foreign = store(b"3")
    assert queries.own_files(resident, [two.public_id, one.public_id]) == [two, one]
    with pytest.raises(NotFound):
        queries.own_files(resident, [one.public_id, foreign.public_id])


def test_a_draft_s_files_become_the_resident_s_own(store: Store, resident: Actor) -> None:
    file, other = store(b"draft"), store(b"other", token="another-draft-token-of-32-letters")
    assert claim_files(resident, owner_token=TOKEN, now=NOW) == 1
    assert queries.file_for(resident, file.public_id).public_id == file.public_id
    for actor, lost in ((ANONYMOUS, file), (resident, other)):
        with pytest.raises(NotFound):
            queries.file_for(actor, lost.public_id, owner_token=TOKEN)
    claimed = AuditEntry.objects.filter(action="file.claimed")
    assert [e.subject_id for e in claimed] == [str(file.public_id)]
    assert claim_files(resident, owner_token=TOKEN, now=NOW) == 0


def test_letters_follow_only_where_nobody_has_them_yet(store: Store, resident: Actor) -> None:
    def letter(owner: int | None) -> FileBrief:
        return store_letter(
            SYSTEM,
            name="通知書.pdf",
            content=samples.pdf(),
            owner_account_id=owner,
            retention_date=date(2032, 3, 31),
            held=False,
            now=NOW,
        )

    other = account("resident", "other@example.jp")
    free, taken, upload = letter(None), letter(other.pk), store(b"draft", token="t" * 32)
    ids = [free.public_id, taken.public_id, upload.public_id]
    assert claim_files(resident, owner_token=TOKEN, letters=ids, now=NOW) == 1
    owners = StoredFile.objects.filter(public_id__in=ids).order_by("id")
    assert list(owners.values_list("owner_account_id", flat=True)) == [
        resident.account_id,
        other.pk,
        None,
    ]


def test_a_letter_is_no_attachment(resident: Actor) -> None:
    letter = store_letter(
        SYSTEM,
        name="通知書.pdf",
        content=samples.pdf(),
        owner_account_id=resident.account_id,
        retention_date=date(2032, 3, 31),
        held=False,
        now=NOW,
    )
    assert queries.file_for(resident, letter.public_id) == letter
    assert queries.owned_among(resident, [letter.public_id]) == set()
    with pytest.raises(NotFound):
        queries.own_files(resident, [letter.public_id])


def test_what_was_submitted_can_t_be_taken_back(store: Store) -> None:
    file = store(b"submitted")
    hold_files([file.public_id])
    with pytest.raises(Conflict):
        remove_file(ANONYMOUS, file.public_id, owner_token=TOKEN, now=NOW)
    with pytest.raises(NotFound):
        remove_file(ANONYMOUS, file.public_id, owner_token="x", now=NOW)
    assert content_of(file) == b"submitted"


def test_a_broken_name_is_kept_safe(store: Store) -> None:
    file = store(b"hello", name="../../\ud800\u202e書類\x00.exe")
    assert (file.name, file.download_name) == ("_書類_.exe", "_書類_.exe.txt")


def test_a_stream_that_breaks_leaves_nothing(data_folder: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            piece = super().read(size)
            if not piece:
                raise ConnectionResetError
            return piece

    with pytest.raises(ConnectionResetError):
        store_file(
            ANONYMOUS,
            name="x.txt",
            content_type_claimed="",
            stream=Broken(b"a" * 200_000),
            accept=EVERYTHING,
            owner_token=TOKEN,
            now=NOW,
        )
    assert files_under(data_folder) == []
