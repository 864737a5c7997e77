"""Finds the product's sentences in code and templates, and who gets to read each of them."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from babel.messages.extract import extract

from suigo.project.cli.installation import ROOT

SOURCE = ROOT / "src" / "suigo"
# the marks in Python, and how many texts each takes: context first, then singular and plural
MARKS = {
    "_": ("text",),
    "gettext": ("text",),
    "gettext_lazy": ("text",),
    "gettext_noop": ("text",),
    "ngettext": ("text", "plural"),
    "ngettext_lazy": ("text", "plural"),
    "pgettext": ("context", "text"),
    "pgettext_lazy": ("context", "text"),
    "npgettext": ("context", "text", "plural"),
    "npgettext_lazy": ("context", "text", "plural"),
}
# what Django turns a template's tags into
TEMPLATE_KEYWORDS: dict[str, tuple[int | tuple[int, int] | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
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
    "engines/identity/actions/recovery.py",
    "engines/identity/actions/staff_accounts.py",
    "engines/identity/actions/staff_sign_in.py",
    "engines/identity/actions/tokens.py",
    "engines/identity/queries/recoveries.py",
    "engines/identity/web/people.py",
    "engines/identity/web/recovery.py",
    "engines/identity/web/staff.py",
    "engines/notices/actions.py",
    "engines/notices/web/staff.py",
    "engines/signing/actions/arriving.py",
    "engines/signing/actions/deciding.py",
    "engines/signing/web/review.py",
    "engines/signing/web/words.py",
    "engines/signing/wording.py",
    "engines/cases/web/signatures.py",
    "services/builder/*",
    "project/api.py",
    "services/intake/actions/deliveries.py",
    "services/intake/actions/packages.py",
    "services/intake/actions/scans.py",
    "services/intake/actions/rows.py",
    "services/intake/actions/vault.py",
    "services/intake/rules/converting.py",
    "services/intake/rules/mapping.py",
    "services/intake/rules/package.py",
    "services/intake/rules/table.py",
    "services/intake/web/deliveries.py",
    "services/intake/web/words.py",
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


def sentences() -> Iterator[Sentence]:
    """Every translatable sentence, by path. Raises ``ValueError`` for a mark around something
    that is put together at run time, which no catalogue can hold.
    """
    for path in sorted(SOURCE.rglob("*")):
        place = path.relative_to(SOURCE).as_posix()
        if path.suffix == ".py" and "migrations" not in path.parts:
            yield from sentences_of_python(path.read_text(encoding="utf-8"), place=place)
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            yield from sentences_of_template(path.read_text(encoding="utf-8"), place=place)


def sentences_of_python(source: str, *, place: str) -> Iterator[Sentence]:
    """The marked sentences of a module, also those inside of f-strings (which Babel sees only from
    Python 3.12 on). ``_(NAME)`` is passed over: the text behind the name is marked where it stands.
    """
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id=mark) | ast.Attribute(attr=mark)) if mark in MARKS:
                parts = dict(zip(MARKS[mark], node.args, strict=False))
            case _:
                continue
        if any(isinstance(part, ast.JoinedStr | ast.BinOp) for part in parts.values()):
            raise ValueError(f"{place}:{node.lineno}: only a plain text can be translated")
        texts = {k: str(p.value) for k, p in parts.items() if isinstance(p, ast.Constant)}
        if len(texts) == len(parts):
            plural = (texts["plural"],) if "plural" in texts else ()
            ids = (texts["text"], *plural)
            yield Sentence(ids if plural else ids[0], texts.get("context"), place)


def sentences_of_template(source: str, *, place: str) -> Iterator[Sentence]:
    """The sentences of a Django template: ``translate``, ``blocktranslate``, ``_("…")``."""
    from django.utils.translation import template  # noqa: PLC0415 (reads the settings)

    file = io.BytesIO(template.templatize(source, origin=place).encode())
    for _line, message, _comments, context in extract("python", file, keywords=TEMPLATE_KEYWORDS):
        yield Sentence(message, context, place)


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
