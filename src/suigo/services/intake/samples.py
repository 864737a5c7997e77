"""Clearly artificial files as other services would send them: examples, tests, demonstrations.

The inverse of the mappings: answers become columns, so that every mapping can be tried both ways.
"""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from collections.abc import Mapping as ByName
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from suigo.engines.forms.rules import CompiledForm, value_at
from suigo.engines.forms.rules.answers import Answers
from suigo.engines.forms.rules.examples import Material, example_answers
from suigo.engines.forms.spec import (
    AddressField,
    ChoiceField,
    ChoicesField,
    ConsentField,
    Field,
    MyNumberField,
    NameField,
    YesNoField,
)
from suigo.kernel.clock import TOKYO
from suigo.services.intake.rules.converting import NAME_PARTS
from suigo.services.intake.rules.mapping import target
from suigo.services.intake.spec import CsvMapping, FieldMap, Mapping, PackageMapping

SIGNATURE = "見本の署名（本物ではありません）".encode()


def cells_of(mapping: Mapping, form: CompiledForm, answers: Answers) -> dict[str, str]:
    """What the source would have written for these answers, by column."""
    cells: dict[str, str] = {}
    for item in mapping.fields:
        prefix, star, rest = item.to.partition(".*.")
        rows = value_at(answers, prefix) if star else None
        paths = [f"{prefix}.{n}.{rest}" for n in range(len(rows or ()))] if star else [item.to]
        found = target(form, item.to)
        assert found is not None, item.to
        for number, path in enumerate(paths, 1):
            value = value_at(answers, path)
            columns = [column.replace("{n}", str(number)) for column in item.columns]
            texts = _texts(found[0].field, found[1], value, item, len(columns))
            cells |= dict(zip(columns, texts, strict=False))
    return cells


def _texts(field: Field, part: str, value: Any, item: FieldMap, columns: int) -> Sequence[str]:
    if value is None:
        return [""] * columns
    words = {there: ours for ours, there in item.values.items()}
    if isinstance(field, NameField) and not part:
        parts = [str(value.get(key, "")) for key in NAME_PARTS]
        if columns == 4:
            return parts
        return [" ".join(parts[:2]), " ".join(parts[2:])][:columns]
    if isinstance(field, AddressField) and not part:
        whole = "".join(value.get(key, "") for key in ("prefecture", "city", "town", "block"))
        return [value["postal_code"], whole, value.get("building", "")][:columns]
    if part:
        return [words.get(str(value), str(value))]
    match field:
        case ChoiceField():
            labels = {o.id: o.label.ja for o in field.options}
            return [words.get(value, labels[value])]
        case ChoicesField():
            labels = {o.id: o.label.ja for o in field.options}
            return [item.separator.join(words.get(v, labels[v]) for v in value)]
        case YesNoField():
            return [field.yes.ja if value else field.no.ja]
        case MyNumberField() if isinstance(value, dict):
            return [str(value["sealed"])]  # the digits themselves: made-up answers seal nothing
        case ConsentField():
            return ["同意する" if value else "同意しない"]
        case _:
            return [str(value)]


def table_file(
    mapping: CsvMapping,
    form: CompiledForm,
    applications: Sequence[tuple[str, datetime, Answers]],
    *,
    encoding: str = "utf-8-sig",
) -> bytes:
    """A spreadsheet of applications: number, moment, answers. Characters that the encoding lacks
    become 〓, as such services write them."""
    rows = []
    for key, moment, answers in applications:
        row = {mapping.key: key}
        if mapping.arrived:
            row[mapping.arrived] = f"{moment.astimezone(TOKYO):%Y/%m/%d %H:%M:%S}"
        rows.append(row | cells_of(mapping, form, answers))
    header = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([row.get(name, "") for name in header] for row in rows)
    text = out.getvalue()
    if encoding == "cp932":
        text = "".join(c if _in_cp932(c) else "〓" for c in text)
    return text.encode(encoding)


def example_table(mapping: CsvMapping, form: CompiledForm, *, now: datetime) -> bytes:
    """A spreadsheet to look at: every column of a mapping, with one made-up application that the
    mapping reads back. In the encoding the source uses."""
    seal = Material(seal=lambda number: number)
    answers = example_answers(
        form, today=now.astimezone(TOKYO).date(), seed=1, maximal=True, material=seal
    )
    encoding = "cp932" if mapping.encoding == "cp932" else "utf-8-sig"
    return table_file(mapping, form, [("SAMPLE-0001", now, answers)], encoding=encoding)


def _in_cp932(character: str) -> bool:
    try:
        character.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True


def package_file(
    mapping: PackageMapping,
    fields: ByName[str, str],
    *,
    number: str,
    city_code: str,
    moment: datetime,
    kind: str = "新規",
    earlier_number: str | None = None,
    attachments: ByName[str, bytes] | None = None,
    form_pdf: bytes | None = None,
    signed: bool = True,
    manifest: ByName[str, Any] | None = None,
    sign: Callable[[bytes], bytes] | None = None,
) -> bytes:
    """A package. ``manifest`` replaces parts of it, for tests of wrong ones; ``sign`` makes the
    .p7s of its form."""
    contents: dict[str, tuple[str, bytes]] = {
        "form.xml": ("form_xml", xml_of(fields)),
        "form.csv": ("form_csv", csv_of(fields)),
    }
    if form_pdf is not None:
        contents["form.pdf"] = ("form_pdf", form_pdf)
    for name, content in (attachments or {}).items():
        contents[f"attachments/{name}"] = ("attachment", content)
    if signed:
        p7s = sign(contents["form.xml"][1]) if sign else SIGNATURE
        contents["signature.p7s"] = ("signature", p7s)
    at = moment.astimezone(TOKYO).isoformat()
    head: dict[str, Any] = {
        "受付番号": number,
        "手続ID": mapping.procedure_code,
        "様式ID": mapping.form_code,
        "様式版": mapping.versions[-1],
        "市区町村コード": city_code,
        "申請日時": at,
        "到達日時": at,
        "申請区分": kind,
        **({"元受付番号": earlier_number} if earlier_number else {}),
        "署名有無": signed,
        "署名用証明書シリアル番号": "SAMPLE" if signed else None,
        "署名検証結果": None,
        "files": [
            {
                "name": name,
                "kind": file_kind,
                "sha256": hashlib.sha256(content).hexdigest(),
                "size": len(content),
            }
            for name, (file_kind, content) in contents.items()
        ],
    }
    head |= dict(manifest or {})
    return zip_of(
        {"manifest.json": json.dumps(head, ensure_ascii=False).encode()}
        | {name: content for name, (_kind, content) in contents.items()}
    )


def zip_of(contents: ByName[str, bytes]) -> bytes:
    """A zip; the same contents give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            archive.writestr(entry, content, compress_type=zipfile.ZIP_DEFLATED)
    return out.getvalue()


def xml_of(fields: ByName[str, str]) -> bytes:
    """form.xml."""
    items = "".join(f"<項目 名={quoteattr(k)}>{escape(v)}</項目>" for k, v in fields.items())
    return f'<?xml version="1.0" encoding="UTF-8"?><申請書>{items}</申請書>'.encode()


def csv_of(fields: ByName[str, str]) -> bytes:
    """form.csv, in UTF-8 with its mark."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["項目名", "値"])
    writer.writerows(fields.items())
    return out.getvalue().encode("utf-8-sig")
