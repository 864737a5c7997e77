"""The archive: a page to read, the same for programs, and the files, made piece by piece."""

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from suigo.kernel.errors import SuigoError
from suigo.kernel.personal import Held, HeldFile

STYLE = Path(__file__).parent / "static" / "mydata" / "archive.css"
UNREAD = "files/not-included.txt"


@dataclass(frozen=True, slots=True)
class Part:
    """What one package holds."""

    id: str
    title: str
    things: tuple[Held, ...]


class _Pieces(io.RawIOBase):
    """What the archive's writer wrote since the last look: it is never whole in memory."""

    def __init__(self) -> None:
        super().__init__()
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._written.append(bytes(content))
        return len(self._written[-1])

    def take(self) -> Iterator[bytes]:
        written, self._written = self._written, []
        if found := b"".join(written):
            yield found


def archive(parts: Iterable[Part], *, city: str, made_at: datetime) -> Iterator[bytes]:
    """The whole archive in pieces. A file that can't be read is named in ``UNREAD``."""
    parts = tuple(parts)
    files = _numbered(parts)
    out, unread = _Pieces(), []
    moment = made_at.timetuple()[:6]

    def entry(name: str) -> zipfile.ZipInfo:
        made = zipfile.ZipInfo(name, date_time=moment)
        made.compress_type = zipfile.ZIP_DEFLATED
        return made

    with zipfile.ZipFile(out, "w") as made:
        made.writestr(entry("index.html"), _page(parts, files, city=city, made_at=made_at))
        made.writestr(entry("style.css"), STYLE.read_bytes())
        made.writestr(entry("data.json"), _json(parts, files, city=city, made_at=made_at))
        yield from out.take()
        for file, name in files.items():
            try:
                content = file.content()
                with made.open(entry(name), "w", force_zip64=True) as target:
                    for piece in content:
                        target.write(piece)
                        yield from out.take()
            except SuigoError as why:
                unread.append(f"{name}: {why}")
        if unread:
            made.writestr(entry(UNREAD), "\n".join([_("入れられなかったファイル"), *unread]))
    yield from out.take()


def _numbered(parts: tuple[Part, ...]) -> dict[HeldFile, str]:
    """Each file's place in the archive."""
    files = [f for part in parts for thing in part.things for f in thing.files]
    return {file: f"files/{at:03}-{file.name}" for at, file in enumerate(files, start=1)}


def _page(
    parts: tuple[Part, ...], files: dict[HeldFile, str], *, city: str, made_at: datetime
) -> str:
    shown = [
        (
            part,
            [
                (thing, [(file.name, quote(files[file]), file.size) for file in thing.files])
                for thing in part.things
            ],
        )
        for part in parts
    ]
    return render_to_string(
        "mydata/archive.html", {"parts": shown, "city": city, "made_at": made_at}
    )


def _json(
    parts: tuple[Part, ...], files: dict[HeldFile, str], *, city: str, made_at: datetime
) -> str:
    told = {
        "schema": "suigo.mydata.v1",
        "city": city,
        "made_at": made_at.isoformat(),
        "parts": {
            part.id: [
                {"title": thing.title, **thing.data, "files": [files[f] for f in thing.files]}
                for thing in part.things
            ]
            for part in parts
        },
    }
    return json.dumps(told, ensure_ascii=False, indent=2, default=str)
