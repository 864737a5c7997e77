"""What is kept sealed in tables: parts of a JSON document, and the change to a new key.

``SealedPartsField`` is a JSON column of which some objects, known by a key they have, are encrypted
in the table and open in the program. ``SealedRows`` finds what is still under an older key and
seals it anew in small batches, while the program reads and writes the same rows.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import F, Func, Q, Value

from suigo.kernel import crypto
from suigo.kernel.errors import Message

PART = "sealed_part"  # the only key of an object that is encrypted as a whole
TOKEN_KEYS = ("sealed", PART)


class SealedPartsField(models.JSONField):
    """A JSON document in which every object with one of the keys ``marks`` is sealed at rest."""

    def __init__(self, *args: Any, marks: tuple[str, ...], purpose: str, **kwargs: Any) -> None:
        self.marks, self.purpose = marks, purpose
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"marks": self.marks, "purpose": self.purpose}

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(self.close(value), connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return self.open(super().from_db_value(value, expression, connection))

    def close(self, value: Any) -> Any:
        """``value`` as it is stored."""
        if isinstance(value, dict):
            if any(mark in value for mark in self.marks):
                return {PART: crypto.seal(_written(value), purpose=self.purpose)}
            return {key: self.close(inner) for key, inner in value.items()}
        return [self.close(inner) for inner in value] if isinstance(value, list) else value

    def open(self, value: Any) -> Any:
        """``value`` as the program has it. Raises ``crypto.CannotOpen``."""
        if isinstance(value, dict):
            if set(value) == {PART}:
                return json.loads(crypto.open_sealed(value[PART], purpose=self.purpose))
            return {key: self.open(inner) for key, inner in value.items()}
        return [self.open(inner) for inner in value] if isinstance(value, list) else value


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


Purpose = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Token:
    """A text column that holds one sealed value, or nothing. ``purpose`` is asked with the row."""

    column: str
    purpose: Purpose

    def older(self, key: str) -> Q:
        """Which rows are not under ``key``."""
        return ~Q(**{self.column: ""}) & ~Q(**{f"{self.column}__startswith": f"v1.{key}."})

    def renew(self, row: Any) -> None:
        """Seal it anew, if it isn't under the current key."""
        token = getattr(row, self.column)
        if token:
            setattr(row, self.column, crypto.resealed(token, purpose=self.purpose(row)))

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)


@dataclass(frozen=True, slots=True)
class Bytes:
    """Bytes columns beside the one that names the key of them all. ``purpose`` is asked with the
    row and the column."""

    held: tuple[str, ...]
    key_column: str
    purpose: Callable[[Any, str], str]

    def older(self, key: str) -> Q:
        held = Q()
        for column in self.held:
            held |= Q(**{f"{column}__isnull": False})
        return held & ~Q(**{self.key_column: key}) & ~Q(**{self.key_column: ""})

    def renew(self, row: Any) -> None:
        old, new = getattr(row, self.key_column), crypto.current_key_id()
        if old in ("", new):
            return
        for column in self.held:
            content = getattr(row, column)
            if content is None:
                continue
            purpose = self.purpose(row, column)
            plain = crypto.open_bytes(bytes(content), purpose=purpose, key_id=old)
            _name, sealed = crypto.seal_bytes(plain, purpose=purpose, key_id=new)
            setattr(row, column, sealed)
        setattr(row, self.key_column, new)

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.held, self.key_column)


@dataclass(frozen=True, slots=True)
class Leaves:
    """A JSON column with sealed values somewhere inside: ``{"sealed": …}`` with ``purpose``, and
    the parts of a ``SealedPartsField``, which are sealed anew whenever they are stored."""

    column: str
    purpose: str = ""

    def older(self, key: str) -> Q:
        path = " || ".join(f"@.{name} starts with $sealed" for name in TOKEN_KEYS)
        newer = " || ".join(f"@.{name} starts with $newest" for name in TOKEN_KEYS)
        given = json.dumps({"sealed": "v1.", "newest": f"v1.{key}."})
        found = Func(
            F(self.column),
            _cast(Value(f"$.** ? ({path}) ? (!({newer}))"), "jsonpath"),
            _cast(Value(given), "jsonb"),
            function="jsonb_path_exists",
            output_field=models.BooleanField(),
        )
        return Q(models.lookups.Exact(found, Value(True)))

    def renew(self, row: Any) -> None:
        setattr(row, self.column, self._renewed(getattr(row, self.column)))

    def _renewed(self, value: Any) -> Any:
        if isinstance(value, dict):
            if set(value) == {"sealed"} and isinstance(value["sealed"], str) and self.purpose:
                return {"sealed": crypto.resealed(value["sealed"], purpose=self.purpose)}
            return {key: self._renewed(inner) for key, inner in value.items()}
        return [self._renewed(inner) for inner in value] if isinstance(value, list) else value

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)


def _cast(expression: Any, kind: str) -> Func:
    return Func(expression, template=f"%(expressions)s::{kind}")


@dataclass(frozen=True, slots=True)
class SealedRows:
    """The sealed columns of one table. ``title`` is for whoever rotates keys.

    ``for_now`` leaves out rows that have to stay as they are a while longer: they still count as
    waiting.
    """

    id: str
    title: Message
    model: type[models.Model]
    columns: tuple[Token | Bytes | Leaves, ...]
    for_now: Callable[[models.QuerySet[Any]], models.QuerySet[Any]] | None = None

    def _older(self) -> Any:
        key = crypto.current_key_id()
        condition = Q()
        for column in self.columns:
            condition |= column.older(key)
        return self.model._default_manager.filter(condition)

    def waiting(self) -> int:
        """How many rows are still under an older key."""
        return int(self._older().count())

    def reseal(self, *, after: int, most: int) -> int | None:
        """Seal at most ``most`` rows beyond the primary key ``after`` anew; the last one's key, or
        None when there is none beyond. Rows that somebody is writing at this moment are passed by:
        whoever asks ``waiting`` afterwards finds them. Idempotent.
        """
        older = self._older() if self.for_now is None else self.for_now(self._older())
        with transaction.atomic():
            rows = list(
                older.filter(pk__gt=after)
                .select_for_update(skip_locked=True, of=("self",))
                .order_by("pk")[:most]
            )
            names = sorted({name for column in self.columns for name in column.columns})
            for row in rows:
                for column in self.columns:
                    column.renew(row)
                # one statement that touches these columns alone, and no signal or default
                type(row)._default_manager.filter(pk=row.pk).update(
                    **{name: getattr(row, name) for name in names}
                )
        return int(rows[-1].pk) if rows else None
