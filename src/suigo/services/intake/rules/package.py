"""ぴったりサービスの申請データ: one zip for each application, taken apart with care.

The layout is Suigo's own reading of what the portal hands over (要確認: the portal publishes no
layout). Everything is checked before anything is believed: names, sizes, digests, structure.
"""

import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from xml.parsers import expat

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from suigo.kernel.language import _
from suigo.services.intake.rules.table import Unreadable

LARGEST = 30 * 1024 * 1024  # as it arrives
LARGEST_ENTRY = 20 * 1024 * 1024  # one file in it, unpacked
LARGEST_SUM = 100 * 1024 * 1024
MOST_ENTRIES = 60
MOST_FIELDS = 2000
PIECE = 64 * 1024
NAME = re.compile(r"(attachments/)?[^/\\\x00-\x1f]{1,120}\Z")
MANIFEST = "manifest.json"

FileKind = Literal["form_xml", "form_csv", "form_pdf", "attachment", "signature"]
Kind = Literal["新規", "再申請", "取下げ"]


class ListedFile(BaseModel):
    """One file as the manifest lists it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: Annotated[str, Field(max_length=140)]
    kind: FileKind
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size: Annotated[int, Field(ge=0, strict=True)]


class Manifest(BaseModel):
    """``manifest.json``. Unknown keys are refused: a layout that has changed must be looked at."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    number: Annotated[str, Field(alias="受付番号", pattern=r"^[0-9A-Za-z-]{1,40}$")]
    procedure_code: Annotated[str, Field(alias="手続ID", pattern=r"^[0-9A-Za-z]{16}$")]
    form_code: Annotated[str, Field(alias="様式ID", pattern=r"^[0-9A-Za-z]{18}$")]
    version: Annotated[int, Field(alias="様式版", ge=1, le=9999, strict=True)]
    city_code: Annotated[str, Field(alias="市区町村コード", pattern=r"^\d{6}$")]
    sent_at: Annotated[datetime, Field(alias="申請日時")]
    arrived_at: Annotated[datetime, Field(alias="到達日時")]
    kind: Annotated[Kind, Field(alias="申請区分")]
    earlier_number: Annotated[str | None, Field(alias="元受付番号", max_length=40)] = None
    signed: Annotated[bool, Field(alias="署名有無", strict=True)]
    certificate_serial: Annotated[str | None, Field(alias="署名用証明書シリアル番号")] = None
    signature_result: Annotated[str | None, Field(alias="署名検証結果")] = None
    files: tuple[ListedFile, ...]


@dataclass(frozen=True, slots=True)
class Package:
    """A package that is what its manifest says. ``fields`` are the form's items by name."""

    manifest: Manifest
    fields: dict[str, str]
    contents: dict[str, bytes]

    def of_kind(self, kind: FileKind) -> list[str]:
        """The names of the files of a kind, in the order of the manifest."""
        return [f.name for f in self.manifest.files if f.kind == kind]


def read_package(content: bytes) -> Package:
    """Take a package apart. Raises ``Unreadable`` with the reason in words."""
    contents = _unpacked(content)
    manifest = _manifest(contents.pop(MANIFEST, None))
    _compare(manifest, contents)
    if not (manifest.sent_at.tzinfo and manifest.arrived_at.tzinfo):
        raise Unreadable(_("申請日時か到達日時に、時差（+09:00）がありません。"))
    package = Package(manifest, {}, contents)
    if manifest.signed != bool(package.of_kind("signature")):
        raise Unreadable(_("署名の有無と、署名ファイルの有無が合いません。"))
    readings = [_xml_fields(contents[name]) for name in package.of_kind("form_xml")]
    readings += [_csv_fields(contents[name]) for name in package.of_kind("form_csv")]
    if not readings:
        raise Unreadable(_("申請書のデータ（form.xml、form.csv）がありません。"))
    if any(reading != readings[0] for reading in readings):
        raise Unreadable(_("form.xml と form.csv の内容が違います。"))
    return Package(manifest, readings[0], contents)


def _unpacked(content: bytes) -> dict[str, bytes]:
    if len(content) > LARGEST:
        raise Unreadable(_("ファイルが大きすぎます（%(mb)dMBまで）。") % {"mb": LARGEST // 2**20})
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return dict(_entries(archive))
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as broken:
        raise Unreadable(_("ZIPファイルとして読めません。")) from broken


def _entries(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    infos = archive.infolist()
    if len(infos) > MOST_ENTRIES:
        raise Unreadable(_("中のファイルが多すぎます（%(n)d件まで）。") % {"n": MOST_ENTRIES})
    seen: set[str] = set()
    left = LARGEST_SUM
    for info in infos:
        name = info.filename
        if info.is_dir():
            if name != "attachments/":
                raise Unreadable(_("決められていないフォルダーがあります: %(name)s") % _named(name))
            continue
        if not NAME.match(name) or ".." in name.split("/") or name in seen:
            raise Unreadable(_("使えないファイル名があります: %(name)s") % _named(name))
        if info.flag_bits & 0x1:
            raise Unreadable(_("パスワードのかかったZIPは取り込めません。"))
        seen.add(name)
        # never by the sizes that the archive claims: by what comes out
        data = _limited(archive, info, min(LARGEST_ENTRY, left))
        left -= len(data)
        yield name, data


def _limited(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    out = bytearray()
    with archive.open(info) as source:
        while piece := source.read(PIECE):
            out += piece
            if len(out) > most:
                raise Unreadable(_("中のファイルが大きすぎます: %(name)s") % _named(info.filename))
    return bytes(out)


def _named(name: str) -> dict[str, str]:
    return {"name": "".join(c for c in name if c.isprintable())[:80]}


def _manifest(content: bytes | None) -> Manifest:
    if content is None:
        raise Unreadable(_("manifest.json がありません。"))
    try:
        return Manifest.model_validate(json.loads(content.decode("utf-8-sig")))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as broken:
        raise Unreadable(_("manifest.json を読めません。")) from broken
    except ValidationError as wrong:
        places = {".".join(str(part) for part in e["loc"]) for e in wrong.errors()}
        raise Unreadable(
            _("manifest.json の項目が決まりと違います: %(places)s")
            % {"places": "、".join(sorted(places)[:8])}
        ) from wrong


def _compare(manifest: Manifest, contents: dict[str, bytes]) -> None:
    listed = {f.name: f for f in manifest.files}
    if len(listed) != len(manifest.files):
        raise Unreadable(_("manifest.json に同じファイルが2度書かれています。"))
    for name in sorted(listed.keys() ^ contents.keys()):
        where = _("ファイルがありません: %(name)s")
        if name in contents:
            where = _("manifest.json に書かれていないファイルがあります: %(name)s")
        raise Unreadable(where % _named(name))
    for name, file in listed.items():
        data = contents[name]
        if len(data) != file.size or hashlib.sha256(data).hexdigest() != file.sha256:
            raise Unreadable(
                _("ファイルが途中で変わっています（大きさかSHA-256が違います）: %(name)s")
                % _named(name)
            )


def _xml_fields(content: bytes) -> dict[str, str]:
    """``<申請書><項目 名="…">値</項目>…</申請書>``. A document type is refused: entities could
    grow without end or read other files."""
    fields: dict[str, str] = {}
    path: list[str] = []
    name: list[str] = []
    parser = expat.ParserCreate(encoding="utf-8")

    def start(tag: str, attributes: dict[str, str]) -> None:
        path.append(tag)
        if path == ["申請書"]:
            return
        key = attributes.get("名", "")
        if path != ["申請書", "項目"] or set(attributes) != {"名"} or not key or key in fields:
            raise Unreadable(_("form.xml の形が決まりと違います: %(name)s") % _named(key or tag))
        name[:] = [key]
        fields[key] = ""
        if len(fields) > MOST_FIELDS:
            raise Unreadable(_("form.xml の項目が多すぎます。"))

    def end(_tag: str) -> None:
        path.pop()
        name.clear()

    def text(data: str) -> None:
        if name:
            fields[name[0]] += data

    def doctype(*_unused: object) -> None:
        raise Unreadable(_("form.xml に、使えない宣言（DOCTYPE）があります。"))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(content, True)
    except expat.ExpatError as broken:
        raise Unreadable(_("form.xml を読めません。")) from broken
    return {key: value.strip() for key, value in fields.items()}


def _csv_fields(content: bytes) -> dict[str, str]:
    """Two columns, 項目名 and 値, in UTF-8 with its mark."""
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as broken:
        raise Unreadable(_("form.csv を読めません。")) from broken
    if not rows or rows[0] != ["項目名", "値"] or len(rows) > MOST_FIELDS + 1:
        raise Unreadable(_("form.csv の見出しが決まりと違います。"))
    fields: dict[str, str] = {}
    for row in rows[1:]:
        if len(row) != 2 or not row[0] or row[0] in fields:
            raise Unreadable(_("form.csv の形が決まりと違います。"))
        fields[row[0]] = row[1].strip()
    return fields
