"""Finds the product's sentences in code and templates, and who gets to read each of them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from babel.messages.extract import extract

from suigo.project.cli.installation import ROOT

SOURCE = ROOT / "src" / "suigo"
KEYWORDS: dict[str, tuple[int | tuple[int, int] | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}

# Modules whose sentences only staff, operators and programmers of other systems read. Templates
# need no such list: what they extend tells. Whatever is not named here must be in easy Japanese.
BEHIND_THE_COUNTER = (
    "engines/cases/actions/locking.py",
    "engines/cases/actions/views.py",
    "engines/cases/actions/work.py",
    "engines/cases/queries/export.py",
    "engines/cases/rest.py",
    "engines/cases/web/case.py",
    "engines/cases/web/inbox.py",
    "engines/cases/web/rows.py",
    "engines/identity/actions/posts.py",
    "engines/identity/actions/staff_accounts.py",
    "engines/identity/actions/staff_sign_in.py",
    "engines/identity/actions/tokens.py",
    "engines/identity/web/people.py",
    "engines/identity/web/staff.py",
    "engines/notices/actions.py",
    "engines/notices/web/staff.py",
    "project/api.py",
)
PUBLIC_BASE, STAFF_BASE = "ui/public.html", "ui/staff.html"
_EXTENDS = re.compile(r"""{%\s*extends\s+["']([^"']+)["']""")
_INCLUDES = re.compile(r"""{%\s*include\s+["']([^"']+)["']""")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as the code has it: one text, or singular and plural. ``place`` is a path
    relative to ``src/suigo``.
    """

    id: str | tuple[str, ...]
    context: str | None
    place: str
    comments: tuple[str, ...]


def sentences() -> Iterator[Sentence]:
    """Every translatable sentence, by path and then in the order of the file."""
    for path in sorted(SOURCE.rglob("*")):
        text = _python(path)
        if text is None:
            continue
        found = extract(
            "python",
            io.BytesIO(text.encode()),
            keywords=KEYWORDS,
            comment_tags=("Translators:",),
        )
        place = path.relative_to(SOURCE).as_posix()
        for _line, message, comments, context in found:
            yield Sentence(message, context, place, tuple(comments))


class Readers:
    """Tells whether a sentence can appear before a resident."""

    def __init__(self, source: Path = SOURCE) -> None:
        self._templates = {
            path.as_posix().partition("/templates/")[2]: path.read_text(encoding="utf-8")
            for path in source.rglob("templates/**/*.html")
        }
        self._staff: dict[str, bool] = {}

    def only_staff(self, place: str) -> bool:
        """Whether what stands at ``place`` is never shown on the public face."""
        _, is_template, name = place.partition("/templates/")
        if is_template:
            return self._is_staff_template(name)
        if place.endswith("/manifest.py"):
            # ledger sentences, permissions and the staff's menu; a public menu would change that
            return 'face="public"' not in (SOURCE / place).read_text(encoding="utf-8")
        return any(fnmatch(place, pattern) for pattern in BEHIND_THE_COUNTER)

    def _is_staff_template(self, name: str) -> bool:
        if name in (PUBLIC_BASE, STAFF_BASE):
            return name == STAFF_BASE
        if name not in self._staff:
            self._staff[name] = False  # for templates that include themselves
            base = _EXTENDS.search(self._templates.get(name, ""))
            if base:
                self._staff[name] = self._is_staff_template(base[1])
            else:
                users = [
                    n for n, text in self._templates.items() if name in _INCLUDES.findall(text)
                ]
                self._staff[name] = bool(users) and all(map(self._is_staff_template, users))
        return self._staff[name]


def _python(path: Path) -> str | None:
    """The file as Python that Babel can read, or None for a file without sentences."""
    from django.utils.translation import template  # noqa: PLC0415 (reads the settings)

    if path.suffix == ".py" and "migrations" not in path.parts:
        return path.read_text(encoding="utf-8")
    if path.suffix in {".html", ".txt"} and "templates" in path.parts:
        return template.templatize(path.read_text(encoding="utf-8"), origin=str(path))
    return None
