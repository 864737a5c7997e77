"""PDFs that are made on demand and kept nowhere: the receipt and the blank paper form."""

from collections.abc import Mapping
from typing import Any

from suigo.engines.cases.queries.residents import MyCaseDetail
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.documents.rendering import render_pdf
from suigo.engines.forms.rules import paper_pages
from suigo.engines.identity.queries import organisation
from suigo.kernel.clock import TOKYO
from suigo.kernel.content import city
from suigo.kernel.japanese.plain import date_in_words, time_in_words
from suigo.kernel.language import _


def receipt_pdf(case: MyCaseDetail, *, link: str, language: str) -> bytes:
    """受付票: the number, what happens next, and what was sent. Personal numbers stay hidden."""
    service = case.procedure.spec.service
    received = case.brief.received_at.astimezone(TOKYO)
    day = date_in_words(received.date(), language=language, weekday=True)
    data = {
        "date": received.date().isoformat(),
        "city": city().name.in_language(language),
        "procedure": service.title.in_language(language),
        "number": case.brief.number,
        "received_text": f"{day} {time_in_words(received.time(), language=language)}",
        "applicant": "",
        "next": [case.brief.line, *_after(service.receipt_note, language)],
        "summary": [
            {
                "title": page.title,
                "rows": [
                    {
                        "label": f"{row.heading} {row.label}".strip(),
                        "lines": list(row.lines) or [_files(len(row.file_ids))],
                    }
                    for row in page.rows
                ],
            }
            for page in case.review
        ],
        "qr": link,
        "contact": contact_of(case.procedure, language),
    }
    return render_pdf(
        "receipt", data, title=_("受付票"), city_root=city().root, lang=language, author=data["city"]
    )


def paper_form_pdf(procedure: Procedure, *, link: str, language: str) -> bytes:
    """The A4 paper twin of a procedure's form, with a QR code to the same procedure."""
    service = procedure.spec.service
    name = city().name.in_language(language)
    data: dict[str, Any] = {
        "addressee": _("%(city)s長 あて") % {"city": name},
        "sample": service.sample,
        "form_code": f"{service.number_prefix} {procedure.hash[:8]}",
        "intro": [service.summary.in_language(language)],
        "pages": paper_pages(procedure.form, language),
        "qr": link,
        "contact": contact_of(procedure, language),
    }
    title = service.title.in_language(language)
    return render_pdf(
        "paper_form", data, title=title, city_root=city().root, lang=language, author=name
    )


def contact_of(procedure: Procedure, language: str) -> Mapping[str, Any]:
    """Whom to ask: the department's own telephone, else the city's, marked while unverified."""
    department = organisation().departments.get(procedure.spec.service.department)
    spec = city().spec
    own_phone = department.phone if department else None
    return {
        "department": department.name.in_language(language) if department else "",
        "address": spec.address.in_language(language),
        "phone": own_phone or spec.phone,
        "hours": spec.hours.in_language(language),
        "verified": bool(own_phone) and not (department and department.verify),
    }


def _after(note: Any, language: str) -> list[str]:
    return [note.in_language(language)] if note is not None else []


def _files(count: int) -> str:
    return _("ファイル %(n)d件") % {"n": count} if count else _("（未入力）")
