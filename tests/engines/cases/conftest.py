"""Tests on connections of their own, which really commit."""

from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

# what refuses TRUNCATE in production, and must step aside when a test cleans up after itself
GUARDED = ("audit_entry",)


def _guards(django_db_blocker: DjangoDbBlocker, word: str) -> None:
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} {word} TRIGGER USER")


@pytest.fixture
def guards_back_afterwards(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Torn down last: after the tables were emptied the guards stand again."""
    yield
    _guards(django_db_blocker, "ENABLE")


@pytest.fixture
def really_committed(
    guards_back_afterwards: None, transactional_db: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """The test commits for real, so that several connections see each other's work."""
    yield
    _guards(django_db_blocker, "DISABLE")
