"""A data folder per test, people, and a shorter way to store a file."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from pytest_django import DjangoDbBlocker

from suigo.engines.documents.actions import store_file
from suigo.engines.documents.spec import FileBrief, FileKind
from suigo.engines.identity.models import Account
from suigo.kernel.access import ANONYMOUS, Actor, Assurance

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
TOKEN = "a-draft-token-of-32-characters-00"
EVERYTHING: tuple[FileKind, ...] = ("pdf", "image", "office", "text")


@pytest.fixture(autouse=True)
def data_folder(settings: LazySettings, tmp_path: Path) -> Path:
    """Encrypted files of a test stay in the test's own folder."""
    settings.SUIGO_DATA = tmp_path / "data"
    settings.SUIGO_SCANNER = ""
    return tmp_path / "data"


def account(kind: str, email: str) -> Account:
    return Account.objects.create(kind=kind, email=email, name="試験 花子", created_at=NOW)


@pytest.fixture
def resident(db: None) -> Actor:
    who = account("resident", "hanako@example.jp")
    return Actor(kind="resident", account_id=who.pk, name="試験 花子", assurance=Assurance.CONTACT)


@pytest.fixture
def clerk(db: None) -> Actor:
    who = account("staff", "clerk@example.jp")
    capabilities = frozenset({"documents.purge"})
    return Actor(kind="staff", account_id=who.pk, name="職員 一", capabilities=capabilities)


TABLES = "documents_file, documents_blob, documents_purge_report, audit_entry, limits_counter"


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Transactions that really commit. Afterwards the tables are emptied, for which the ledger's
    guard is lifted: pytest-django's own way truncates, and the ledger refuses that."""
    with django_db_blocker.unblock():
        yield
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
            cursor.execute(f"TRUNCATE {TABLES}")
            cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")


Store = Callable[..., FileBrief]


@pytest.fixture
def store() -> Store:
    """``store(content, name=…, actor=…, accept=…, token=…)`` at the tests' own time."""

    def stored(
        content: bytes,
        *,
        name: str = "書類.pdf",
        actor: Actor = ANONYMOUS,
        accept: tuple[FileKind, ...] = EVERYTHING,
        token: str = TOKEN,
        now: datetime = NOW,
    ) -> FileBrief:
        return store_file(
            actor,
            name=name,
            content_type_claimed="application/octet-stream",
            stream=io.BytesIO(content),
            accept=accept,
            owner_token=token,
            now=now,
        )

    return stored
