"""The answers as the clerk reads them, each with a place to say what should be corrected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from suigo.engines.cases.queries.detail import CaseDetail
from suigo.engines.documents.spec import FileBrief
from suigo.engines.forms.rules import ReviewRow
from suigo.kernel.japanese.plain import date_in_words
from suigo.kernel.language import _

PREFIX = "items."
FLAG = "flag"
NO_QUESTION = ("computed", "notice")


@dataclass(frozen=True, slots=True)
class Flagged:
    """What the clerk has typed so far. ``due`` as typed."""

    items: Mapping[str, str]
    message: str
    due: str


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer. ``anchor`` names its elements; ``asked`` is what an open correction asks."""

    row: ReviewRow
    files: tuple[FileBrief, ...]
    anchor: str
    can_flag: bool
    flagged: bool
    message: str
    error: str
    asked: str
    before: str
    origin: str


@dataclass(frozen=True, slots=True)
class AnswerSection:
    """Answers under one heading."""

    page: str
    heading: str
    rows: tuple[AnswerRow, ...]


def flagged_in(posted: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Path and message of every answer that was ticked or written about, in order."""
    ticked = set(posted.get(FLAG, ()))
    texts = {
        key.removeprefix(PREFIX): values[-1]
        for key, values in posted.items()
        if key.startswith(PREFIX)
    }
    return {path: text for path, text in texts.items() if text.strip() or path in ticked}


def entered_sections(case: CaseDetail) -> list[AnswerSection]:
    """What was entered with actions, one section for each; nothing of it can be flagged."""
    by_id = {str(file_id): brief for file_id, brief in case.files.items()}
    return [
        AnswerSection(
            part.title,
            "",
            tuple(
                AnswerRow(
                    row=row,
                    files=tuple(by_id[i] for i in row.file_ids if i in by_id),
                    anchor=f"{part.action.id}-{row.path.replace('.', '-')}",
                    can_flag=False,
                    flagged=False,
                    message="",
                    error="",
                    asked="",
                    before="",
                    origin="",
                )
                for page in part.review
                for row in page.rows
            ),
        )
        for part in case.entered
    ]


def sections_of(
    case: CaseDetail, flagged: Flagged | None, errors: Mapping[str, Any]
) -> list[AnswerSection]:
    """The whole application in the order in which it was filled in."""
    sections: list[AnswerSection] = []
    for page in case.review:
        headings: dict[str, list[AnswerRow]] = {}
        for row in page.rows:
            headings.setdefault(row.heading, []).append(_row(case, row, flagged, errors))
        sections.extend(
            AnswerSection(page.title, heading, tuple(rows)) for heading, rows in headings.items()
        )
    return sections


def _row(
    case: CaseDetail, row: ReviewRow, flagged: Flagged | None, errors: Mapping[str, Any]
) -> AnswerRow:
    items = flagged.items if flagged is not None else {}
    asked = next((i.message for i in _open_items(case) if i.path == row.path), "")
    return AnswerRow(
        row=row,
        files=tuple(f for i, f in case.files.items() if str(i) in row.file_ids),
        anchor=row.path.replace(".", "-"),
        can_flag=row.kind not in NO_QUESTION,
        flagged=row.path in items,
        message=items.get(row.path, ""),
        error=str(errors.get(row.path, "")),
        asked=asked,
        before=_before(case, row.path),
        origin=_origin(case, row.path),
    )


def _origin(case: CaseDetail, path: str) -> str:
    """That an answer was filled in from what the applicant had let the city keep."""
    origin = case.origins.get(path)
    if origin is None:
        return ""
    day = date_in_words(date.fromisoformat(origin["date"]))
    words = {
        "account": _("アカウントの登録から入力"),
        "declared": _("本人の前回の申請から入力（%(day)s、本人の申告）"),
        "edited": _("本人の保存した情報から入力（%(day)s、本人の申告）"),
        "checked": _("市が確認済みの情報から入力（%(day)s）"),
        "card": _("カードで確認済みの情報から入力（%(day)s）"),
    }
    return words[origin["source"]] % {"day": day}


def _open_items(case: CaseDetail) -> tuple[Any, ...]:
    correction = case.open_correction
    return correction.items if correction is not None else ()


def _before(case: CaseDetail, path: str) -> str:
    """What the answer was before the last correction, when that changed it."""
    for correction in case.corrections:
        for item in correction.items:
            if item.path == path and correction.answered_at is not None:
                return item.before if item.before != item.after else ""
    return ""
