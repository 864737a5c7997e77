"""The strict YAML loader.

Every scalar is text and pydantic converts it, so ``8:30`` stays an opening hour, ``0311`` an area
code and ``1.10`` a version. A repeated key, an alias or a tag is an error. Errors name the line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from suigo.kernel.content.errors import ContentError, ContentErrors

M = TypeVar("M", bound=BaseModel)
Where = tuple[str | int, ...]
LARGEST_FILE = 2_000_000  # bytes; a hand-written definition is far below


@dataclass(frozen=True)
class Document:
    """A YAML file as plain data, and the line on which each part stands."""

    file: Path
    data: Any
    source: str

    @cached_property
    def lines(self) -> Mapping[Where, int]:
        """Looked up only to tell a fault: a right file is read without them."""
        lines: dict[Where, int] = {}
        _Reader(self.source, self.file, lines).read()
        return lines

    def line_of(self, where: Where) -> int:
        """The line of ``where`` or of the nearest part around it."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)

    def error(self, where: Where, message: str) -> ContentError:
        """A fault at ``where`` in this file."""
        return ContentError(self.file, self.line_of(where), _path(where), message)


def load_document(file: Path) -> Document:
    """Read ``file`` into plain data. Raises ``ContentErrors``."""
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise ContentErrors([ContentError(file, 1, "", "the file is too large")])
        source = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as unreadable:
        raise ContentErrors([ContentError(file, 1, "", str(unreadable))]) from unreadable
    return parse(source, file=file)


def parse(source: str, *, file: Path) -> Document:
    """Turn YAML text into plain data. Raises ``ContentErrors``."""
    reader = _Reader(source, file, None)
    try:
        data = reader.read()
    except yaml.MarkedYAMLError as broken:
        line = broken.problem_mark.line + 1 if broken.problem_mark else 1
        raise ContentErrors([ContentError(file, line, "", str(broken.problem))]) from broken
    except yaml.YAMLError as broken:
        raise ContentErrors([ContentError(file, 1, "", str(broken))]) from broken
    if reader.errors:
        raise ContentErrors(reader.errors)
    return Document(file=file, data=data, source=source)


class _Reader:
    """Builds the data from the parser's events: no tree in between, no guessing of kinds."""

    def __init__(self, source: str, file: Path, lines: dict[Where, int] | None) -> None:
        self._events = yaml.parse(source, Loader=yaml.CBaseLoader)
        self._file = file
        self._lines = lines
        self._where: list[str | int] = []
        self.errors: list[ContentError] = []

    def read(self) -> Any:
        """The first document. Raises ``yaml.YAMLError``."""
        data: Any = {}
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._error(event, "only one document in a file")
            elif isinstance(event, yaml.NodeEvent):
                self._note(event)
                found = self._value(event)
                data = found if documents == 1 else data
        return data

    def _value(self, event: yaml.Event) -> Any:
        if isinstance(event, yaml.ScalarEvent):
            return None if event.value == "" and not event.style else event.value
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping()
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence()
        self._error(event, "aliases (*name) are not allowed")
        return None

    def _mapping(self) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_event in self._events:
            if isinstance(key_event, yaml.MappingEndEvent):
                break
            key = key_event.value if isinstance(key_event, yaml.ScalarEvent) else None
            if key is None:
                self._error(key_event, "a key must be text")
                self._value(key_event)
                key = ""
            elif key in result:
                self._error(key_event, f"{key!r} appears twice")
            self._where.append(key)
            self._note(key_event)
            result[key] = self._value(next(self._events))
            self._where.pop()
        return result

    def _sequence(self) -> list[Any]:
        result: list[Any] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            self._where.append(len(result))
            self._note(event)
            result.append(self._value(event))
            self._where.pop()
        return result

    def _note(self, event: yaml.Event) -> None:
        if self._lines is not None:
            self._lines[tuple(self._where)] = _line(event)

    def _error(self, event: yaml.Event, message: str) -> None:
        where = _path(tuple(self._where))
        self.errors.append(ContentError(self._file, _line(event), where, message))


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark is not None else 1


def load(file: Path, model: type[M]) -> M:
    """Read ``file`` as a ``model``. Raises ``ContentErrors`` naming every fault and its line."""
    return validate(load_document(file), model)


def validate(document: Document, model: type[M]) -> M:
    """Check ``document`` against ``model``. Raises ``ContentErrors``."""
    try:
        return model.model_validate(document.data)
    except ValidationError as invalid:
        raise ContentErrors(
            [_to_error(document, e["loc"], e["msg"]) for e in invalid.errors()]
        ) from invalid


def _to_error(document: Document, location: tuple[int | str, ...], message: str) -> ContentError:
    # pydantic adds the name of the union member it tried; keep only parts that the file has
    where: Where = ()
    for part in location:
        if (*where, part) in document.lines:
            where = (*where, part)
    missing = [str(p) for p in location[-1:] if (*where,)[-1:] != (p,)]
    return document.error(where, ": ".join([*missing, message]))


def _path(where: Where) -> str:
    return ".".join(str(part) for part in where)
