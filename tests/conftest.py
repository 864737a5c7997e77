"""What every test stands on: a real PostgreSQL, and honest words about missing browsers."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from suigo.project.postgres import throwaway
from suigo.project.settings import database

# a busy machine is no failure; a slow rule shows in the benchmarks
hypothesis_settings.register_profile("suigo", deadline=None)
hypothesis_settings.load_profile("suigo")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Before the test database is dropped, end what threads of the tests left connected to it."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND datname LIKE 'test%%'"
            " AND pid <> pg_backend_pid()",
            [],
        )


# what refuses TRUNCATE in production, and must step aside when a test cleans up after itself
GUARDED = ("audit_entry",)

_running = ExitStack()


@pytest.fixture(autouse=True)
def _in_japanese() -> Iterator[None]:
    """A page that an earlier test read in another language leaves that language behind."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


def _guards(django_db_blocker: DjangoDbBlocker, word: str) -> None:
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} {word} TRIGGER USER")


@pytest.fixture
def guards_back_afterwards(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Torn down last: after the tables were emptied the guards stand again.

    The jobs are emptied here, because Django leaves tables alone that it doesn't manage.
    """
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
    _guards(django_db_blocker, "ENABLE")


@pytest.fixture
def really_committed(
    guards_back_afterwards: None, transactional_db: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """The test commits for real, so that several connections see each other's work."""
    yield
    _guards(django_db_blocker, "DISABLE")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start a throw-away PostgreSQL unless `./suigo test` (or the caller) named a database.

    Workers of a parallel run inherit the address from the process that started them.
    """
    # finders serve the static files of tests, yet WhiteNoise warns when this folder is missing
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    if not os.environ.get("SUIGO_DATABASE_URL"):
        cluster = _running.enter_context(throwaway())
        os.environ["SUIGO_DATABASE_URL"] = cluster.url()
        settings.SUIGO_DATABASE_URL = cluster.url()
        found = database(cluster.url())
        del found["TEST"]  # Django has completed these options; only the place is new
        settings.DATABASES["default"].update(found)


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A directory for a PostgreSQL server: run by root, its own account must get there.

    Below pytest's temporary directory it couldn't, because every start of pytest closes that one.
    """
    with tempfile.TemporaryDirectory(prefix="suigo-test-") as directory:
        Path(directory).chmod(0o755)
        yield Path(directory)


def pytest_unconfigure() -> None:
    """Stop what `pytest_configure` started."""
    _running.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the journeys, and say so, where no browser was prepared."""
    if os.environ.get("SUIGO_CHROMIUM"):
        return
    skip = pytest.mark.skip(reason="no browser: set SUIGO_CHROMIUM or use ./suigo test")
    for item in items:
        if item.get_closest_marker("journey"):
            item.add_marker(skip)


def pytest_terminal_summary(terminalreporter: "pytest.TerminalReporter") -> None:
    """Repeat at the very end that journeys did not run."""
    skipped = [
        report
        for report in terminalreporter.stats.get("skipped", [])
        if "no browser" in str(report.longrepr)
    ]
    if skipped:
        terminalreporter.section("BROWSER JOURNEYS DID NOT RUN", sep="!", red=True)
        terminalreporter.line(f"{len(skipped)} journeys were skipped: no Chromium.")
