"""Files made by the tests themselves: honest ones and hostile ones."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pikepdf
from PIL import Image

GPS_MARK = b"SECRET-PLACE-35.9474N"


class Endless:
    """A stream that never ends, and counts how much of it was read."""

    def __init__(self, start: bytes = b"") -> None:
        self._start = start
        self.given = 0

    def read(self, size: int, /) -> bytes:
        piece = self._start[:size] if self._start else b"x" * size
        self._start = self._start[len(piece) :]
        self.given += len(piece)
        return piece


def pdf(
    *,
    text: str = "",
    pages: int = 1,
    change: Callable[[pikepdf.Pdf], None] | None = None,
    password: str = "",
) -> bytes:
    document = pikepdf.new()
    for _ in range(pages):
        page = document.add_blank_page(page_size=(595, 842))
        page.Contents = document.make_stream(f"% {text}".encode())
    if change:
        change(document)
    out = io.BytesIO()
    encryption = pikepdf.Encryption(user=password, owner="owner") if password else False
    document.save(out, encryption=encryption, deterministic_id=not password)
    return out.getvalue()


def with_script(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(
        S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)")
    )


def with_launch(document: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("calc.exe"))
    document.pages[0].AA = pikepdf.Dictionary(O=action)


def with_attachment(document: pikepdf.Pdf) -> None:
    document.attachments["hidden.exe"] = b"MZ"


def jpeg(
    *,
    size: tuple[int, int] = (60, 40),
    orientation: int | None = None,
    gps: bool = False,
    progressive: bool = False,
) -> bytes:
    picture = Image.linear_gradient("L").resize(size).convert("RGB")
    out = io.BytesIO()
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    if gps:
        exif[0x010E] = GPS_MARK.decode()
        exif.get_ifd(0x8825).update({1: "N", 2: (35.0, 56.0, 50.0), 3: "E", 4: (140.0, 33.0, 0.0)})
    personal = {"exif": exif.tobytes()} if orientation or gps else {}
    comment = {"comment": GPS_MARK} if gps else {}
    picture.save(out, "JPEG", progressive=progressive, **personal, **comment)
    return out.getvalue()


def png(*, text: bool = False) -> bytes:
    out = io.BytesIO()
    info = None
    if text:
        from PIL.PngImagePlugin import PngInfo  # noqa: PLC0415

        info = PngInfo()
        info.add_text("Location", GPS_MARK.decode())
    Image.linear_gradient("L").resize((30, 20)).save(out, "PNG", pnginfo=info)
    return out.getvalue()


def webp(*, gps: bool = False) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = GPS_MARK.decode()
    picture = Image.linear_gradient("L").resize((30, 20)).convert("RGB")
    picture.save(out, "WEBP", exif=exif.tobytes() if gps else b"", lossless=True)
    return out.getvalue()


def png_bomb(side: int = 30_000) -> bytes:
    """A PNG of 900 million points in about a hundred kilobytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    packer = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    rows = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def docx(extra: dict[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document>こんにちは</w:document>")
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return out.getvalue()


def docx_that_lies() -> bytes:
    """An entry that says it is 10 bytes long and unpacks to 50 MB."""
    honest = docx({"word/media/a.xml": bytes(50 * 1024 * 1024)})
    size = struct.pack("<I", 50 * 1024 * 1024)
    return honest.replace(size, struct.pack("<I", 10))


def odt() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<office/>")
    return out.getvalue()
