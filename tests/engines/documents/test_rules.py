"""Names, kinds and metadata: pure functions over bytes and strings."""

import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engines.documents import samples
from suigo.engines.documents.rules.metadata import without_metadata
from suigo.engines.documents.rules.naming import LONGEST, download_name, safe_name
from suigo.engines.documents.rules.sniffing import TextCheck, Unacceptable, sniff


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("保険証.jpg", "保険証.jpg"),
        ("葛\U000e0100城さんの髙い﨑.pdf", "葛\U000e0100城さんの髙い﨑.pdf"),
        ("か\u3099.pdf", "か\u3099.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\書類.docx", "書類.docx"),
        ("請求書\u202efdp.exe", "請求書fdp.exe"),
        ("a\x00b\r\nc.pdf", "a_b__c.pdf"),
        ("\ud800broken\udfff.pdf", "_broken_.pdf"),
        ('x"; filename=evil.html', "x_; filename=evil.html"),
        ("...", "ファイル"),
        ("", "ファイル"),
        ("/", "ファイル"),
        ("あ" * 300 + ".pdf", "あ" * 196 + ".pdf"),
    ],
)
def test_names_stay_verbatim_but_safe(given_name: str, kept: str) -> None:
    assert safe_name(given_name, fallback="ファイル") == kept


@given(st.text(alphabet=st.characters(codec=None), max_size=300))
def test_any_name_becomes_one_that_can_be_stored(given_name: str) -> None:
    name = safe_name(given_name, fallback="ファイル")
    assert 0 < len(name) <= LONGEST
    assert not set(name) & set('/\\\0\r\n"')
    assert name not in (".", "..")
    name.encode()  # no lone surrogate is left
    assert safe_name(name, fallback="ファイル") == name


def test_the_saved_name_ends_as_its_content_does() -> None:
    assert download_name("請求書.exe", "application/pdf") == "請求書.exe.pdf"
    assert download_name("写真.JPG", "image/jpeg") == "写真.JPG"
    assert download_name("表.csv", "text/plain; charset=Shift_JIS") == "表.csv"


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00", "program"),
        (b"\x7fELF\x02\x01", "program"),
        (b"#!/bin/sh\n", "program"),
        (b"<!DOCTYPE html><script>", "web_page"),
        (b"\xef\xbb\xbf  <svg onload=x>", "web_page"),
        (b"\x00\x00\x00\x18ftypheic\x00", "heic"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_office"),
        (b"Rar!\x1a\x07", "archive"),
        (b"\x1f\x8b\x08", "archive"),
        (b"GIF89a\x01\x00\x00\xff", "unknown"),
        (b"\x00\x01\x02\x03", "unknown"),
    ],
)
def test_what_is_never_taken(head: bytes, reason: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        sniff(head)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("氏名,住所\r\n水郷 花子,潮来\r\n", "utf-8"),
        ("氏名,住所\r\n髙﨑 花子,①㈱\r\n", "cp932"),
        ("氏名,住所", "utf-16"),
    ],
)
def test_text_is_recognised_in_the_encodings_of_offices(text: str, encoding: str) -> None:
    check = TextCheck()
    for byte in text.encode(encoding):
        check.feed(bytes([byte]))
    # UTF-16's mark is two bytes, and one at a time hides it: such pieces never come
    if encoding == "utf-16":
        check = TextCheck()
        check.feed(text.encode(encoding))
    assert check.finish() == encoding


def test_half_a_character_at_the_end_is_no_text() -> None:
    check = TextCheck()
    check.feed("あ".encode()[:1])
    assert check.finish() is None


def pixels(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content)) as picture:
        return picture.tobytes()


PHOTOGRAPHS = {
    "image/jpeg": samples.jpeg(gps=True),
    "image/jpeg progressive": samples.jpeg(gps=True, progressive=True, size=(400, 300)),
    "image/png": samples.png(text=True),
    "image/webp": samples.webp(gps=True),
}


@pytest.mark.parametrize("kind", PHOTOGRAPHS)
@pytest.mark.parametrize("size", [1, 7, 64, 100_000])
def test_the_place_is_gone_and_the_picture_is_not_touched(kind: str, size: int) -> None:
    content = PHOTOGRAPHS[kind]
    assert samples.GPS_MARK in content
    pieces = [content[i : i + size] for i in range(0, len(content), size)]
    clean = b"".join(without_metadata(kind.split()[0], pieces))
    assert samples.GPS_MARK not in clean
    assert pixels(clean) == pixels(content)
    with Image.open(io.BytesIO(clean)) as picture:
        assert dict(picture.getexif()) == {}


@pytest.mark.parametrize("orientation", range(2, 9))
def test_the_orientation_stays(orientation: int) -> None:
    content = samples.jpeg(gps=True, orientation=orientation)
    clean = b"".join(without_metadata("image/jpeg", [content]))
    with Image.open(io.BytesIO(clean)) as picture:
        assert dict(picture.getexif()) == {0x0112: orientation}
        assert picture.getexif().get_ifd(0x8825) == {}


@pytest.mark.parametrize("kind", ["image/jpeg", "image/png", "image/webp"])
def test_what_hides_behind_the_end_is_left_out(kind: str) -> None:
    content = PHOTOGRAPHS[kind] + b"MOTION-PHOTO " + samples.GPS_MARK
    clean = b"".join(without_metadata(kind, [content]))
    assert b"MOTION-PHOTO" not in clean
    assert pixels(clean) == pixels(content)


@given(st.data())
def test_a_cut_or_damaged_picture_never_breaks_the_program(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["image/jpeg", "image/png", "image/webp"]))
    content = bytearray(PHOTOGRAPHS[kind])
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    whole = bytes(content[: data.draw(st.integers(0, len(content)))])
    with suppress(Unacceptable):
        clean = b"".join(without_metadata(kind, [whole]))
        assert len(clean) <= len(whole) + 40  # at most an orientation was written anew
