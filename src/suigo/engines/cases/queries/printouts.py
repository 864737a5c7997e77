"""A case on paper: its letters, the receipt, and the application as it was sent."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from suigo.engines.cases import policy
from suigo.engines.cases.models import Case
from suigo.engines.cases.queries.drafts import DraftView
from suigo.engines.cases.queries.looking import require_reason
from suigo.engines.cases.queries.procedures import check_may_look, defined
from suigo.engines.cases.rules.arrival import arrival_of
from suigo.engines.cases.rules.letters import FilledLetter
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.cases.rules.wording import status_line
from suigo.engines.documents.rendering import page_count, render_pdf
from suigo.engines.forms.rules import ReviewPage, ReviewRow, paper_pages, review
from suigo.engines.identity.queries import organisation
from suigo.engines.signing.queries import statement_of
from suigo.engines.signing.wording import in_words
from suigo.kernel.access import Actor
from suigo.kernel.clock import TOKYO, local_date
from suigo.kernel.content import city
from suigo.kernel.errors import NotFound
from suigo.kernel.japanese.plain import date_in_words, time_in_words
from suigo.kernel.japanese.postal import format_postal_code


def letter_pdf(letter: FilledLetter, *, department: str, case_id: UUID | None = None) -> bytes:
    """A letter as it is sent. The same letter gives the same bytes.

    One that asks for a reply carries the code of its case, so that a scanned reply finds it.
    """
    spec, language = city().spec, letter.language
    issuer = spec.name.in_language(language)
    sender = {
        "place": issuer,
        "title": letter.sender or spec.mayor_title.in_language(language),
        "name": "" if letter.sender else spec.mayor_name or "",
        "seal": letter.kind == "decision",
    }
    data: dict[str, Any] = {
        "reference": letter.reference or None,
        "date": letter.issued.isoformat(),
        "date_text": date_in_words(letter.issued, language=language),
        "addressee": [letter.addressee],
        "sender": sender,
        "paragraphs": list(letter.paragraphs),
        "rows": [{"label": label, "value": value} for label, value in letter.rows],
        "after": list(letter.after),
        "appeal": letter.appeal,
        "sample": letter.sample,
        "contact": contact_of(department, language) if letter.contact else None,
    }
    if letter.kind == "correction" and case_id is not None:
        data["qr"] = settings.SUIGO_RESIDENTS_URL + reverse("my-application", args=[case_id])
    if letter.table is not None:
        data["table"] = {
            "title": letter.table.title,
            "columns": list(letter.table.columns),
            "rows": [list(row) for row in letter.table.rows],
        }
    return render_pdf(
        "letter",
        {key: value for key, value in data.items() if value is not None},
        title=letter.title,
        city_root=city().root,
        lang=language,
        author=issuer,
    )


def receipt_pdf(
    actor: Actor,
    case_id: UUID,
    *,
    language: str,
    status_url: str,
    today: date,
    owner_token: str = "",
) -> bytes:
    """受付票, for the applicant and for staff who may see the case. Raises ``NotFound``."""
    case = _readable(actor, case_id, owner_token, on=today)
    chosen = defined(case.definition_id)
    service = chosen.spec.service
    state = chosen.spec.workflow.state(case.state)
    data: dict[str, Any] = {
        "city": city().spec.name.in_language(language),
        "procedure": service.title.in_language(language),
        "number": case.number,
        "date": local_date(case.received_at).isoformat(),
        "received_text": moment_in_words(case.received_at, language=language),
        "applicant": case.applicant_name,
        "next": [
            status_line(
                state, language=language, due=case.due_date, correction_due=None, today=today
            )
        ],
        "summary": _pages(_review(case, language)),
        "sample": service.sample,
        "contact": contact_of(case.department, language),
        "qr": status_url,
    }
    signed = statement_of(case.public_id)
    if signed is not None:
        with translation.override(language):
            data["signature_label"] = _("電子署名")
        data["signature"] = in_words(signed, language=language)
    agent = arrival_of(case.arrival)
    if agent.agent and agent.agent_part == "sent":
        with translation.override(language):
            data["agent_label"] = _("代理人")
        data["agent"] = agent.agent
    if service.receipt_note is not None:
        data["note"] = service.receipt_note.in_language(language)
    return _printed("receipt", data, title=_("受付票"), language=language)


def application_pdf(actor: Actor, case_id: UUID, *, language: str, owner_token: str = "") -> bytes:
    """The application as it stands, with the reasons of what was computed. Raises ``NotFound``."""
    data = application_sheet(actor, case_id, language=language, owner_token=owner_token)
    title = data.pop("title")
    return _printed("application", data, title=title, language=language)


def application_sheet(
    actor: Actor, case_id: UUID, *, language: str, owner_token: str = ""
) -> dict[str, Any]:
    """The application as the template prints it, with its ``title``. Raises ``NotFound``."""
    case = _readable(actor, case_id, owner_token)
    service = defined(case.definition_id).spec.service
    return {
        "title": service.title.in_language(language),
        "addressee": city().spec.name.in_language(language),
        "number": case.number,
        "date": local_date(case.received_at).isoformat(),
        "received_text": moment_in_words(case.received_at, language=language),
        "pages": _pages(_review(case, language)),
        "sample": service.sample,
        "contact": contact_of(case.department, language),
    }


def draft_sheet(draft: DraftView, *, language: str, today: date) -> dict[str, Any]:
    """An application that is not sent yet, as the template prints it: it has no number.

    The caller has read the draft for somebody who may.
    """
    service = draft.procedure.spec.service
    pages = review(draft.procedure.form, draft.answers, language=language, today=today)
    return {
        "title": service.title.in_language(language),
        "addressee": city().spec.name.in_language(language),
        "date": today.isoformat(),
        "pages": _pages(pages),
        "sample": service.sample,
        "contact": contact_of(service.department, language),
    }


def paper_form_pdf(chosen: Procedure, *, link: str, page_link: str, language: str) -> bytes:
    """The A4 paper twin of a procedure's form, with a QR code to the same procedure on line.

    ``page_link`` is what the code on each sheet holds, with ``{page}`` in it: nothing personal,
    only the frozen definition and the number of the page.
    """
    service = chosen.spec.service
    name = city().spec.name.in_language(language)
    data: dict[str, Any] = {
        "addressee": _("%(city)s長 あて") % {"city": name},
        "sample": service.sample,
        "form_code": f"{service.number_prefix} {chosen.hash[:8]}",
        "intro": [service.summary.in_language(language)],
        "pages": paper_pages(chosen.form, language),
        "qr": link,
        "contact": contact_of(service.department, language),
    }
    title = service.title.in_language(language)
    pages = page_count(_printed("paper_form", data, title=title, language=language))
    # how many sheets there are is known once they are set: the codes take no room of their own
    data["page_codes"] = [page_link.format(page=page) for page in range(1, pages + 1)]
    return _printed("paper_form", data, title=title, language=language)


def moment_in_words(moment: datetime, *, language: str) -> str:
    """令和8年11月22日 午前9時30分."""
    local = moment.astimezone(TOKYO)
    day = date_in_words(local.date(), language=language)
    return f"{day} {time_in_words(local.time(), language=language)}"


def _readable(actor: Actor, case_id: UUID, owner_token: str, *, on: date | None = None) -> Case:
    case = Case.objects.filter(public_id=case_id, erased_at__isnull=True).first()
    if case is None or not (
        policy.can_view_case(actor, case)
        or policy.is_applicant(actor, case, owner_token=owner_token)
        or (on is not None and policy.is_agent(actor, case, "submit", on=on))
    ):
        raise NotFound
    check_may_look(actor, defined(case.definition_id).spec.service)
    require_reason(actor, case)
    return case


def _review(case: Case, language: str) -> tuple[ReviewPage, ...]:
    form = defined(case.definition_id).form
    received: date = local_date(case.received_at)
    return review(form, case.answers, language=language, today=received)


def _pages(pages: tuple[ReviewPage, ...]) -> list[dict[str, Any]]:
    return [
        {
            "title": page.title,
            "rows": [
                {
                    "label": _label(row, page.title),
                    "lines": _lines(row),
                    "because": row.because,
                }
                for row in page.rows
            ],
        }
        for page in pages
    ]


def _label(row: ReviewRow, page_title: str) -> str:
    """The question, with the group or row it belongs to unless the page says it already."""
    return row.label if row.heading in {"", page_title} else f"{row.heading} {row.label}"


def _lines(row: ReviewRow) -> list[str]:
    if row.file_ids:
        return [_("ファイル %(count)d件") % {"count": len(row.file_ids)}]
    return list(row.lines)


def _printed(template: str, data: dict[str, Any], *, title: str, language: str) -> bytes:
    with translation.override(language):
        return render_pdf(
            template,
            data,
            title=title,
            city_root=city().root,
            lang=language,
            author=city().spec.name.in_language(language),
        )


def contact_of(department: str, language: str) -> dict[str, Any]:
    """問い合わせ先 as every document prints it: department, address, hours, ``verified``, and
    phone and email where there are any."""
    spec = city().spec
    found = organisation().departments.get(department)
    contact: dict[str, Any] = {
        "department": found.name.in_language(language) if found else department,
        "address": f"{format_postal_code(spec.postal_code)} {spec.address.in_language(language)}",
        "hours": spec.hours.in_language(language),
        "verified": found is not None and not found.verify,
    }
    phone = (found.phone if found else None) or spec.phone
    if phone:
        contact["phone"] = phone
    if found is not None and found.email:
        contact["email"] = found.email
    return contact
