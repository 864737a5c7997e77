"""A data folder per test, browsers, a ledger and some files to prove."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from engines.cases.conftest import browser
from engines.documents import samples
from engines.documents.conftest import NOW, Store, data_folder, store
from suigo.kernel.access import Actor
from suigo.kernel.audit.actions import record
from suigo.services.ledger import actions, folder

__all__ = ["browser", "data_folder", "store"]

RESIDENT = Actor(kind="resident", account_id=7, name="水郷　花子")
TOMORROW = NOW + timedelta(days=1)


def note(number: int, *, at: Any = NOW) -> None:
    record(
        "test.noted",
        actor=RESIDENT,
        subject_kind="case",
        subject_id=str(number),
        facts={"number": number, "title": "児童手当"},
        personal={"applicant": "水郷　花子"},
        now=at,
    )


def as_administrator(statement: str, *parameters: Any) -> None:
    """What an administrator of the database can do: the guards are lifted."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("audit_entry", "documents_file"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, list(parameters))
        for table in ("audit_entry", "documents_file"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@dataclass(frozen=True)
class Proven:
    """Three entries and two files of the 24th, proven and exported on the 25th."""

    folder: Path
    files: tuple[UUID, UUID]
    statement: Path
    listed: Path


@pytest.fixture
def proven(db: None, data_folder: Path, store: Callable[..., Any]) -> Proven:
    kept: Store = store
    files = (
        kept(samples.png(), name="一").public_id,
        kept(samples.jpeg(), name="二").public_id,
    )
    for number in (1, 2, 3):
        note(number)
    assert actions.prove_yesterday(now=TOMORROW)
    assert actions.export_proofs(now=TOMORROW) == 1
    (statement,) = folder.folder().glob("*.json")
    return Proven(folder.folder(), files, statement, statement.with_suffix(".files.txt"))


@pytest.fixture
def auditor(db: None) -> Actor:
    from engines.cases.world import staff  # noqa: PLC0415 - needs the database

    return staff("general-affairs-head", "課長 点検")
