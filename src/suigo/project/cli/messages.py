"""messages: collects the product's sentences, merges them into the catalogues, and compiles those.

No outside programs are needed (no gettext): Babel reads Python and JavaScript, and Django turns its
templates into something Babel can read. Catalogues live below `src/suigo/locale/`.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from suigo.project.cli.installation import ROOT, say, start_django

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
}
SHOWN_MISSING = 20


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare this module's commands."""
    messages = commands.add_parser("messages", help="翻訳 / extract and compile translations")
    messages.add_argument(
        "--check", action="store_true", help="何も書かずに検査する / only check, write nothing"
    )
    messages.set_defaults(handler=update_catalogues)


def update_catalogues(arguments: argparse.Namespace) -> int:
    """Merge all sentences into every catalogue; with `--check` report what is missing, with 1."""
    start_django()
    from django.conf import settings  # noqa: PLC0415 (read at import)
    from django.utils.translation import to_locale  # noqa: PLC0415

    template = collect()
    complete = True
    for language, _title in settings.LANGUAGES:
        if language == settings.LANGUAGE_CODE:
            continue  # the sentences in the code are in this language
        folder = Path(settings.LOCALE_PATHS[0]) / to_locale(language) / "LC_MESSAGES"
        catalogue = _read(folder / "django.po")
        if arguments.check:
            complete = _check(language, folder, catalogue, template) and complete
        else:
            _write(folder, catalogue, template)
            say(f"{language}: {len(missing(catalogue))} 文が未翻訳 / sentences left to translate")
    return 0 if complete else 1


def collect() -> Catalog:
    """Every translatable sentence of the code, with the places where it is used."""
    template = Catalog(project="suigo", charset="utf-8")
    for path in sorted(SOURCE.rglob("*")):
        for line, message, comments, context in _sentences(path):
            place = (str(path.relative_to(ROOT)), line)
            template.add(message, locations=[place], auto_comments=comments, context=context)
    return template


def missing(catalogue: Catalog) -> list[str]:
    """The sentences of a catalogue without a (certain) translation."""
    return [
        str(message.id if isinstance(message.id, str) else message.id[0])
        for message in catalogue
        if message.id and (message.fuzzy or not all(_forms(message.string)))
    ]


def _forms(translation: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (translation,) if isinstance(translation, str) else tuple(translation or ("",))


def _sentences(
    path: Path,
) -> Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    from django.utils.translation import template as django_template  # noqa: PLC0415

    if path.suffix == ".py" and "migrations" not in path.parts:
        method, text = "python", path.read_text(encoding="utf-8")
    elif path.suffix == ".js" and "vendor" not in path.parts:
        method, text = "javascript", path.read_text(encoding="utf-8")
    elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
        method = "python"
        text = django_template.templatize(path.read_text(encoding="utf-8"), origin=str(path))
    else:
        return
    file = io.BytesIO(text.encode())
    yield from extract(method, file, keywords=KEYWORDS, comment_tags=("Translators:",))


def _read(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, charset="utf-8")


def _compiled(catalogue: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def _write(folder: Path, catalogue: Catalog, template: Catalog) -> None:
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "django.po").open("wb") as file:
        # without line numbers: an edit elsewhere must not change every catalogue
        write_po(
            file, catalogue, omit_header=False, include_lineno=False, sort_output=True, width=0
        )
    (folder / "django.mo").write_bytes(_compiled(catalogue))


def _check(language: str, folder: Path, catalogue: Catalog, template: Catalog) -> bool:
    known = {message.id for message in catalogue if message.id}
    wanted = {message.id for message in template if message.id}
    lacking = [str(m) for m in sorted(wanted - known, key=str)] + missing(catalogue)
    for sentence in lacking[:SHOWN_MISSING]:
        print(f"{language}: 未翻訳 / not translated: {sentence}")
    if len(lacking) > SHOWN_MISSING:
        print(f"{language}: … ほか {len(lacking) - SHOWN_MISSING} 文 / more")
    compiled = folder / "django.mo"
    current = compiled.exists() and compiled.read_bytes() == _compiled(catalogue)
    if not current:
        print(f"{language}: {compiled.name} が古い。./suigo messages を実行 / is outdated")
    return not lacking and current
