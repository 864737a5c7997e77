"""Downloads, previews and the pages about removals, as a browser gets them."""

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from engines.documents import samples
from engines.documents.conftest import NOW, Store
from suigo.engines.documents import isolation, previews, providers, queries, storage, web
from suigo.engines.documents.actions import purge_due
from suigo.engines.documents.failures import NoPreview
from suigo.engines.documents.spec import FileBrief
from suigo.kernel.access import ANONYMOUS, SYSTEM, Actor
from suigo.kernel.audit.models import AuditEntry
from suigo.kernel.errors import Forbidden, NotFound, TooMany

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=31)


@pytest.fixture
def opened_by_clerks() -> Iterator[set[UUID]]:
    """The files that a package above lets staff open."""
    files: set[UUID] = set()
    providers.register_access("test", lambda actor, file: actor.is_staff and file in files)
    yield files
    providers._access.pop("test")


def call(view: Callable[..., HttpResponseBase], actor: Actor, path: str = "/", **kw: Any) -> Any:
    request: HttpRequest = RequestFactory().get(path)
    request.actor = actor  # type: ignore[attr-defined]
    return view(request, **kw)


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_a_resident_saves_a_file_of_their_own(store: Store, resident: Actor) -> None:
    file = store(samples.pdf(), name="申請書; x.pdf", actor=resident)
    response = call(web.own_file, resident, file_id=file.public_id)
    assert body(response) == samples.pdf()
    assert dict(response.headers) == {
        "Content-Type": "application/pdf",
        "Content-Disposition": "attachment; filename*=utf-8''"
        "%E7%94%B3%E8%AB%8B%E6%9B%B8%3B%20x.pdf",
        "Content-Length": str(len(samples.pdf())),
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'self'; base-uri 'none'; "
        "form-action 'none'",
    }
    with pytest.raises(NotFound):
        call(web.own_file, resident, file_id=store(b"draft").public_id)


def test_what_a_browser_could_run_is_never_shown_inside_it(store: Store, resident: Actor) -> None:
    def disposition(content: bytes) -> tuple[str, bool]:
        file = store(content, name="x", actor=resident)
        response = call(web.own_file, resident, "/?show=1", file_id=file.public_id)
        sandboxed = response["Content-Security-Policy"].endswith("; sandbox")
        return response["Content-Disposition"].split(";")[0], sandboxed

    assert disposition(samples.pdf()) == ("inline", False)
    assert disposition(samples.jpeg()) == ("inline", True)
    assert disposition(samples.docx()) == ("attachment", True)
    assert disposition(b"a,b") == ("attachment", True)


def test_nobody_opens_files_without_signing_in(client: Client, store: Store) -> None:
    file = store(b"hello").public_id
    for path in (
        f"/files/{file}/",
        f"/staff/files/{file}/",
        f"/staff/files/{file}/page/1.png",
        "/staff/documents/purges/",
        f"/staff/documents/purges/{file}/",
    ):
        response = client.get(path)
        assert response.status_code == 302
        assert "sign-in" in response["Location"]
        assert client.post(path).status_code == 405


def test_a_clerk_opens_what_a_case_allows_and_it_is_written_down(
    store: Store, clerk: Actor, opened_by_clerks: set[UUID]
) -> None:
    file, other = store(b"evidence"), store(b"other case")
    opened_by_clerks.add(file.public_id)
    assert body(call(web.staff_file, clerk, file_id=file.public_id)) == b"evidence"
    with pytest.raises(NotFound):
        call(web.staff_file, clerk, file_id=other.public_id)
    looks = AuditEntry.objects.filter(action="file.opened")
    assert [(e.subject_id, e.actor_name) for e in looks] == [(str(file.public_id), "職員 一")]


def picture(png: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(png)) as image:
        return image.size


def test_pages_are_drawn_for_clerks_and_kept_encrypted(
    store: Store, clerk: Actor, opened_by_clerks: set[UUID]
) -> None:
    file = store(samples.pdf(pages=2))
    opened_by_clerks.add(file.public_id)
    assert AuditEntry.objects.filter(action="file.opened").count() == 0
    sizes = [
        picture(call(web.staff_page, clerk, f"/?size={s}", file_id=file.public_id, page=2).content)
        for s in ("small", "", "large")
    ]
    assert [(round(w, -1), round(h, -1)) for w, h in sizes] == [
        (320, 450),
        (1000, 1420),
        (1600, 2260),
    ]
    kept = sorted(storage.previews_of(queries.blob_of(file).address).iterdir())
    assert [p.name for p in kept] == ["1-1000", "1-1600", "1-320"]
    assert not any(p.read_bytes().startswith(b"\x89PNG") for p in kept)
    for page in (0, 3, 99):
        with pytest.raises(NoPreview):
            call(web.staff_page, clerk, file_id=file.public_id, page=page)


def test_the_first_look_of_the_day_is_written_down_whatever_page_it_was(
    store: Store, clerk: Actor, opened_by_clerks: set[UUID]
) -> None:
    file, second = store(samples.pdf(pages=2)), store(samples.pdf(pages=3))
    opened_by_clerks |= {file.public_id, second.public_id}

    def looks(who: Actor, at: datetime, of: FileBrief = file) -> int:
        with time_machine.travel(at, tick=False):
            for page in (2, 1):
                call(web.staff_page, who, "/?size=small", file_id=of.public_id, page=page)
        return AuditEntry.objects.filter(action="file.opened").count()

    colleague = Actor(kind="staff", account_id=(clerk.account_id or 0) + 1, name="職員 二")
    assert looks(clerk, NOW) == 1
    assert looks(clerk, NOW + timedelta(hours=11)) == 1  # 23 o'clock in Japan
    assert looks(clerk, NOW + timedelta(hours=13)) == 2  # the next day in Japan
    assert looks(colleague, NOW + timedelta(hours=13)) == 3
    assert looks(clerk, NOW + timedelta(hours=13), second) == 4


def test_a_drawn_page_is_not_drawn_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    file = store(samples.jpeg(size=(800, 400), orientation=6))
    first = previews.page_png(file, page=0, width=320)
    assert picture(first) == (320, 640)
    monkeypatch.setattr(isolation, "FOLDER", isolation.FOLDER / "nothing")
    assert previews.page_png(file, page=0, width=320) == first
    (kept,) = storage.previews_of(queries.blob_of(file).address).iterdir()
    kept.write_bytes(kept.read_bytes()[:-1])
    with pytest.raises(NoPreview):
        previews.page_png(file, page=0, width=320)


def test_what_can_t_be_drawn_says_so(store: Store) -> None:
    for content in (samples.docx(), b"text", samples.pdf(password="x")):
        with pytest.raises(NoPreview):
            previews.page_png(store(content), page=0, width=1000)
    with pytest.raises(NoPreview):
        previews.page_png(store(samples.pdf()), page=0, width=1001)


def test_previews_go_with_the_file(store: Store) -> None:
    file = store(samples.pdf())
    previews.page_png(file, page=0, width=320)
    folder = storage.previews_of(queries.blob_of(file).address)
    assert folder.is_dir()
    purge_due(SYSTEM, now=LATER)
    assert not folder.exists()


@pytest.mark.parametrize("program", ["inspect_file", "paint_page"])
def test_a_program_that_fails_fails_alone(program: str) -> None:
    outcome = isolation.run(program, "nonsense", content=iter([b"x" * 1_000_000] * 5))
    assert outcome.code != 0
    assert outcome.output == b""


def test_a_program_without_end_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "loop.py").write_text("while True: pass")
    monkeypatch.setattr(isolation, "FOLDER", tmp_path)
    monkeypatch.setattr(isolation, "WALL_SECONDS", 0.3)
    assert isolation.run("loop", content=[b"x"]).code == -9


def test_who_waits_too_long_for_a_place_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "WAIT_SECONDS", 0.05)
    with ExitStack() as busy:
        for _ in range(2):
            busy.enter_context(isolation._place())
        with pytest.raises(TooMany, match="混み合っています"):
            isolation.run("inspect_file", "pdf", content=[b"x"])
    assert isolation.run("inspect_file", "nonsense", content=[b"x"]).code != 0  # places again


@pytest.mark.parametrize("rows", [1, 3])
def test_the_removals_are_listed(
    rows: int, store: Store, clerk: Actor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(rows):
        store(f"file {n}".encode())
        purge_due(SYSTEM, now=LATER + timedelta(days=40 * n))
    with django_assert_num_queries(1):
        response: HttpResponse = call(web.purges, clerk)
    text = response.content.decode()
    assert text.count("<tr>") == rows + 1
    assert "終わりました" in text
    (newest, *_rest) = queries.purge_reports()
    with django_assert_num_queries(2):
        response = call(web.purge, clerk, report_id=newest.public_id)
    proof = queries.purged_in(newest.public_id)[0].sha256
    assert proof in response.content.decode()


def test_the_removals_are_for_those_who_may(clerk: Actor, resident: Actor) -> None:
    other = Actor(kind="staff", account_id=clerk.account_id)
    with pytest.raises(Forbidden):
        call(web.purges, other)
    with pytest.raises(NotFound):
        call(web.purge, clerk, report_id=UUID(int=0))
    assert call(web.purges, clerk).status_code == 200
    assert call(web.purges, resident).status_code == 302
    assert call(web.purges, ANONYMOUS).status_code == 302
