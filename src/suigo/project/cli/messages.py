"""messages: collects the product's sentences, merges them into the catalogues, and compiles those.

No outside programs are needed (no gettext). Catalogues live below `src/suigo/locale/`. The compiled
ones are committed, so an installation needs no step for them; `--check` finds those out of date.
"""

from __future__ import annotations

import argparse
import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from suigo.project.cli.installation import say
from suigo.project.cli.sentences import Readers, sentences

SHOWN = 20
EASY = "ja-easy"
HEADER = "# Made by ./suigo messages: write only the msgstr lines."
# what Babel knows about plurals and a resident about languages; ja-easy is Japanese to both
BABEL_LOCALES = {EASY: "ja"}
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}")
_TAG = re.compile(r"</?[a-z][^>]*>")
Key = tuple[tuple[str, ...], str | None]


class _Stable(Catalog):
    """A catalogue whose header tells nothing about when and with what it was written."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", self.plural_forms),
        ]


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare this module's commands."""
    messages = commands.add_parser("messages", help="翻訳 / extract and compile translations")
    messages.add_argument(
        "--check", action="store_true", help="何も書かずに検査する / only check, write nothing"
    )
    messages.set_defaults(handler=update_catalogues)


def update_catalogues(arguments: argparse.Namespace) -> int:
    """Merge all sentences into every catalogue and say what is left to translate.

    With `--check` nothing is written, and 1 is returned when a sentence is missing, uncertain or
    not translated, when a translation lost a placeholder, or when a compiled catalogue is old.
    """
    from django.conf import settings  # noqa: PLC0415 (read at import)
    from django.utils.translation import to_locale  # noqa: PLC0415

    template = collect()
    complete = True
    for language, _title in settings.LANGUAGES:
        if language == settings.LANGUAGE_CODE:
            continue  # the sentences in the code are in this language
        folder = Path(settings.LOCALE_PATHS[0]) / to_locale(language) / "LC_MESSAGES"
        known = read(folder / "django.po", language)
        merged = merge(template, known, language=language)
        faults = list(problems(merged, language=language))
        if arguments.check:
            faults += outdated(folder, known, merged)
        else:
            _write(folder, merged)
        complete = complete and not faults
        _tell(language, len(merged), faults)
    return 0 if complete or not arguments.check else 1


def collect() -> Catalog:
    """Every translatable sentence of the code, with the places where it is used."""
    template = Catalog(charset="utf-8")
    for found in sentences():
        template.add(found.id, locations=[(found.place, 0)], context=found.context)
    return template


def merge(template: Catalog, known: Catalog, *, language: str) -> Catalog:
    """The sentences of `template` with their translations in `known`; others are dropped."""
    merged = _Stable(locale=BABEL_LOCALES.get(language, language), charset="utf-8")
    merged.header_comment, merged.fuzzy = HEADER, False
    translated = {_key(message): message for message in known if message.id}
    for message in template:
        if not message.id:
            continue
        old = translated.get(_key(message))
        merged.add(
            message.id,
            string=old.string if old else "",
            locations=message.locations,
            flags=message.flags | (old.flags if old else set()),
            user_comments=old.user_comments if old else (),
            context=message.context,
        )
    return merged


def problems(catalogue: Catalog, *, language: str) -> Iterator[str]:
    """What is wrong with the translations, one line each. In easy Japanese, sentences that no
    resident meets may stay untranslated.
    """
    readers = Readers()
    for message in catalogue:
        if not message.id:
            continue
        forms = _texts(message.string)
        if message.fuzzy:
            yield f"不確か / fuzzy: {_shown(message)}"
        elif all(forms):
            yield from _differences(message, forms)
        elif language != EASY or not all(readers.only_staff(path) for path, _ in message.locations):
            yield f"未翻訳 / not translated: {_shown(message)}  ({message.locations[0][0]})"


def _differences(message: Message, forms: tuple[str, ...]) -> Iterator[str]:
    original = _texts(message.id)[-1]
    for form in forms:
        for pattern, what in ((_PLACEHOLDER, "差し込み / placeholders"), (_TAG, "タグ / tags")):
            if sorted(set(pattern.findall(form))) != sorted(set(pattern.findall(original))):
                yield f"{what}: {_shown(message)} → {form}"
        if "python-format" in message.flags and "%" in _PLACEHOLDER.sub("", form).replace("%%", ""):
            yield f"「%」は「%%」と書く / write %% for %: {form}"


def outdated(folder: Path, known: Catalog, merged: Catalog) -> Iterator[str]:
    """What in `folder` differs from what an update would write there."""
    hint = "./suigo messages を実行 / run it"
    if {_key(m) for m in known if m.id} != {_key(m) for m in merged if m.id}:
        yield f"django.po が古い / is out of date: {hint}"
    compiled = folder / "django.mo"
    if not compiled.exists() or compiled.read_bytes() != _compiled(merged):
        yield f"django.mo が古い / is out of date: {hint}"


def _tell(language: str, number: int, faults: list[str]) -> None:
    say(f"{language}: {number} 文、問題 {len(faults)} / sentences, problems")
    for fault in faults[:SHOWN]:
        print(f"{language}: {fault}")
    if len(faults) > SHOWN:
        print(f"{language}: … ほか {len(faults) - SHOWN} / more")


def _key(message: Message) -> Key:
    return _texts(message.id), message.context


def _texts(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ("",))


def _shown(message: Message) -> str:
    return _texts(message.id)[0].replace("\n", "⏎")


def read(path: Path, language: str) -> Catalog:
    """The catalogue in a file; an empty one when there is no file yet."""
    locale = BABEL_LOCALES.get(language, language)
    if not path.exists():
        return Catalog(locale=locale, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=locale, charset="utf-8")


def _compiled(catalogue: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def _write(folder: Path, catalogue: Catalog) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "django.po").open("wb") as file:
        # without line numbers: an edit elsewhere must not change every catalogue
        write_po(file, catalogue, include_lineno=False, sort_output=True, width=0)
    (folder / "django.mo").write_bytes(_compiled(catalogue))
