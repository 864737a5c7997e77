"""The strict YAML loader.

Every scalar is text and pydantic converts it, so ``8:30`` stays an opening hour, ``0311`` an area
code and ``1.10`` a version. A repeated key, an alias or a tag is an error. Errors name the line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from suigo.kernel.content.errors import ContentError, ContentErrors

M = TypeVar("M", bound=BaseModel)
Where = tuple[str | int, ...]
LARGEST_FILE = 2_000_000  # bytes; a hand-written definition is far below


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file as plain data, and the line on which each part stands."""

    file: Path
    data: Any
    lines: Mapping[Where, int]

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
    lines: dict[Where, int] = {}
    errors: list[ContentError] = []
    try:
        node = yaml.compose(source, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as broken:
        line = broken.problem_mark.line + 1 if broken.problem_mark else 1
        raise ContentErrors([ContentError(file, line, "", str(broken.problem))]) from broken
    except yaml.YAMLError as broken:
        raise ContentErrors([ContentError(file, 1, "", str(broken))]) from broken
    seen: set[int] = set()

    def convert(part: yaml.Node, where: Where) -> Any:
        lines[where] = part.start_mark.line + 1
        if id(part) in seen:
            errors.append(
                ContentError(file, lines[where], _path(where), "aliases (*name) are not allowed")
            )
            return None
        seen.add(id(part))
        if isinstance(part, yaml.ScalarNode):
            if part.value == "" and part.style is None:
                return None
            return str(part.value)
        if isinstance(part, yaml.SequenceNode):
            return [convert(item, (*where, i)) for i, item in enumerate(part.value)]
        result: dict[str, Any] = {}
        for key_node, value_node in part.value:
            key = str(key_node.value)
            if key in result:
                line = key_node.start_mark.line + 1
                errors.append(ContentError(file, line, _path(where), f"{key!r} appears twice"))
            result[key] = convert(value_node, (*where, key))
            lines[(*where, key)] = key_node.start_mark.line + 1
        return result

    data = convert(node, ()) if node is not None else {}
    if errors:
        raise ContentErrors(errors)
    return Document(file=file, data=data, lines=lines)


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
