"""Answers read back, with links to change them and files to open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import get_language

from suigo.engines.cases.web.forms_view import file_view
from suigo.engines.documents import queries as stored
from suigo.engines.forms.rendering import FileView
from suigo.engines.forms.rules import CompiledForm, Evaluation, ReviewRow, review
from suigo.engines.forms.rules.answers import Answers


@dataclass(frozen=True, slots=True)
class RowView:
    """One answer. ``error`` says what still has to be mended, ``origin`` where it came from."""

    row: ReviewRow
    files: tuple[FileView, ...]
    error: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class SectionView:
    """Answers under one heading: a group, or one row of a repeat."""

    heading: str
    rows: tuple[RowView, ...]


@dataclass(frozen=True, slots=True)
class PageView:
    id: str
    title: str
    sections: tuple[SectionView, ...]
    errors: tuple[str, ...]


def review_pages(
    form: CompiledForm,
    answers: Answers,
    *,
    today: date,
    evaluation: Evaluation | None = None,
    errors: Mapping[str, str] | None = None,
    origins: Mapping[str, str] | None = None,
) -> list[PageView]:
    """Every page with its answers; files are looked up in one query."""
    language = get_language() or "ja"
    pages = review(form, answers, language=language, today=today, evaluation=evaluation)
    ids = [UUID(i) for page in pages for row in page.rows for i in row.file_ids]
    briefs = stored.briefs(ids) if ids else {}
    files = {str(key): file_view(brief) for key, brief in briefs.items()}
    wrong = dict(errors or {})
    result = []
    for page in pages:
        sections: list[SectionView] = []
        for row in page.rows:
            error = "／".join(_take(wrong, row.path))
            line = RowView(
                row,
                tuple(files[i] for i in row.file_ids if i in files),
                error,
                (origins or {}).get(row.path, ""),
            )
            if sections and sections[-1].heading == row.heading:
                sections[-1] = SectionView(row.heading, (*sections[-1].rows, line))
            else:
                sections.append(SectionView(row.heading, (line,)))
        rest = [p for p in wrong if (n := form.node_at(p)) is not None and n.page == page.id]
        result.append(
            PageView(page.id, page.title, tuple(sections), tuple(wrong.pop(p) for p in rest))
        )
    return result


def _take(errors: dict[str, str], path: str) -> list[str]:
    """The messages of ``path`` and of its parts, taken out of ``errors``."""
    prefix = f"{path}."
    found = [p for p in errors if p == path or p.startswith(prefix)]
    return [errors.pop(p) for p in found]
