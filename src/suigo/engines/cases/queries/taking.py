"""What cases hold about a resident, to take along: applications, drafts, letters and files."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from suigo.engines.cases.models import Case, Draft
from suigo.engines.cases.queries.looking import SHOWN, Look
from suigo.engines.cases.queries.procedures import check_may_look, defined
from suigo.engines.cases.queries.residents import MyCaseDetail, looks_at_mine, my_case
from suigo.engines.documents.queries import briefs, open_file
from suigo.engines.documents.spec import FileBrief
from suigo.engines.forms.rules import ReviewPage, review
from suigo.engines.signing.queries import signatures_of
from suigo.kernel.access import Actor, NeedsProof
from suigo.kernel.clock import local_date
from suigo.kernel.japanese.plain import date_in_words
from suigo.kernel.personal import Held, HeldFile

MOST_LOOKS = 5_000  # of one person: years of being looked at daily
NUMBER = {"my_number": "not included"}


def held(actor: Actor, now: datetime) -> Iterator[Held]:
    """Every application of a resident with its answers, corrections, letters and files, then the
    drafts. What they may open on line only with a card is named and not shown without one."""
    if not actor.is_resident or actor.account_id is None:
        return
    cases = Case.objects.filter(applicant_id=actor.account_id).order_by("received_at", "pk")
    for case_id in cases.values_list("public_id", flat=True):
        yield _application(actor, case_id, now)
    for draft in Draft.objects.filter(owner_id=actor.account_id).order_by("created_at", "pk"):
        yield _draft(actor, draft, now)


def looks_held(actor: Actor, now: datetime) -> list[Held]:
    """Who of the staff looked at the resident's sensitive applications, at what and why, the newest
    first: what マイページ > 見た記録 shows, in one piece. Two queries for each fifty."""
    looks: list[Look] = []
    page = looks_at_mine(actor)
    while page:
        looks += page[:SHOWN]
        more = len(page) > SHOWN and len(looks) < MOST_LOOKS
        page = looks_at_mine(actor, below=looks[-1].id) if more else []
    if not looks:
        return []
    return [
        Held(
            title=_("%(count)d件") % {"count": len(looks)},
            rows=tuple(
                (
                    f"{localtime(look.at):%Y-%m-%d %H:%M}",
                    " / ".join(filter(None, (look.number, look.who, look.what, _why(look)))),
                )
                for look in looks
            ),
            data={
                "looks": [
                    {
                        "at": look.at.isoformat(),
                        "number": look.number,
                        "who": look.who,
                        "what": look.what,
                        "reason": look.reason,
                        "note": look.note,
                    }
                    for look in looks
                ]
            },
        )
    ]


def _why(look: Look) -> str:
    return f"{look.reason}（{look.note}）" if look.note else look.reason


def _application(actor: Actor, case_id: UUID, now: datetime) -> Held:
    try:
        found = my_case(actor, case_id, language=actor.language, today=local_date(now))
    except NeedsProof:
        return _closed(actor, Case.objects.get(public_id=case_id))
    brief = found.brief
    rows = [
        (_("受付番号"), brief.number),
        (_("受付日"), _day(actor, brief.received_at)),
        (_("いまの状態"), brief.line or brief.state),
        *_answers(found.review),
        *_corrections(actor, found),
    ]
    for part in found.added:
        rows += _answers(part.review)
    signatures = signatures_of(case_id)
    rows += [(_("電子署名"), _day(actor, s.signed_at)) for s in signatures]
    rows += [(_("市からの通知"), letter.title) for letter in found.letters]
    letters = [i.file_id for i in found.letters if i.file_id]
    return Held(
        title=f"{brief.title}（{brief.number}）",
        rows=tuple(rows),
        data={
            "number": brief.number,
            "procedure": found.procedure.spec.id,
            "title": brief.title,
            "state": brief.state,
            "received_at": brief.received_at.isoformat(),
            "answers": without_numbers(found.answers),
            "entries": without_numbers(found.entries),
            "corrections": [
                {
                    "requested_at": c.requested_at.isoformat(),
                    "items": [{"path": i.path, "message": i.message} for i in c.items],
                }
                for c in found.corrections
            ],
            "signatures": [
                {"signed_at": s.signed_at.isoformat(), "verdict": s.verdict} for s in signatures
            ],
            "letters": [{"title": i.title, "kind": i.kind} for i in found.letters],
        },
        files=tuple(_files([*_named(found.review), *letters])),
    )


def _closed(actor: Actor, case: Case) -> Held:
    title = defined(case.definition_id).spec.service.title.in_language(actor.language)
    row = (_("内容"), _("この申請の内容は、マイナンバーカードで本人確認をすると入れられます。"))
    return Held(
        title=f"{title}（{case.number}）",
        rows=((_("受付番号"), case.number), row),
        data={"number": case.number, "answers": None, "needs": "identity"},
    )


def _draft(actor: Actor, draft: Draft, now: datetime) -> Held:
    chosen = defined(draft.definition_id)
    title = chosen.spec.service.title.in_language(actor.language)
    try:
        check_may_look(actor, chosen.spec.service)
    except NeedsProof:
        return Held(
            title=_("書きかけ: %(title)s") % {"title": title},
            rows=((_("内容"), _("この下書きの内容は、本人確認をすると入れられます。")),),
            data={"procedure": chosen.spec.id, "answers": None, "needs": "identity"},
        )
    pages = review(chosen.form, draft.answers, language=actor.language, today=local_date(now))
    return Held(
        title=_("書きかけ: %(title)s") % {"title": title},
        rows=((_("書き始めた日"), _day(actor, draft.created_at)), *_answers(pages)),
        data={
            "procedure": chosen.spec.id,
            "title": title,
            "created_at": draft.created_at.isoformat(),
            "answers": without_numbers(draft.answers),
        },
        files=tuple(_files(_named(pages))),
    )


def _day(actor: Actor, moment: datetime) -> str:
    return date_in_words(local_date(moment), language=actor.language)


def _answers(pages: Iterable[ReviewPage]) -> list[tuple[str, str]]:
    return [
        (f"{row.heading} {row.label}".strip(), "\n".join(row.lines))
        for page in pages
        for row in page.rows
        if row.lines
    ]


def _corrections(actor: Actor, found: MyCaseDetail) -> list[tuple[str, str]]:
    return [
        (_("補正のお願い"), f"{_day(actor, asked.requested_at)} {item.message}")
        for asked in found.corrections
        for item in asked.items
    ]


def _named(pages: Iterable[ReviewPage]) -> list[UUID]:
    return [UUID(i) for page in pages for row in page.rows for i in row.file_ids]


def _files(ids: list[UUID]) -> Iterator[HeldFile]:
    found = briefs(ids)
    for file_id in dict.fromkeys(ids):
        file = found.get(file_id)
        if file is not None and file.purged_at is None:
            yield HeldFile(file.download_name, file.size, partial(_content, file))


def _content(file: FileBrief) -> Iterator[bytes]:
    return open_file(file)


def without_numbers(value: Any) -> Any:
    """Answers as plain data. A 個人番号 is opened for a task of the city only, one look at a time,
    so a file to carry around names none."""
    if isinstance(value, Mapping):
        if set(value) == {"sealed"}:
            return NUMBER
        return {key: without_numbers(inner) for key, inner in value.items()}
    return [without_numbers(inner) for inner in value] if isinstance(value, list) else value
