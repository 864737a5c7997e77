"""Journeys drive a real browser against the real application."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connections
from playwright.sync_api import Browser, expect

from browser import browser, page_at
from journeys.hall import Hall

__all__ = ["browser", "hall", "page_at", "pages_without_database"]

# Playwright's driver keeps an event loop in the test's thread; Django would take the test's own
# queries there for queries inside async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

expect.set_options(timeout=20_000)  # milliseconds: two cores are shared with everything else


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a journey."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.journey)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """One thread per connection: what it opened to the database ends with it."""
        super().process_request_thread(request, client_address)
        connections.close_all()


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Requests are not worth a line in the test's output."""


@pytest.fixture(scope="session")
def pages_without_database() -> Iterator[str]:
    """The address of the application for pages that need no database, such as the gallery.

    Journeys that store something use ``hall`` instead.
    """
    with make_server(
        "127.0.0.1", 0, get_wsgi_application(), server_class=_Server, handler_class=_Quiet
    ) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def hall(browser: Browser) -> Iterator[Hall]:
    """The city hall as `./suigo run` starts it: web server, worker, PostgreSQL and mail catcher.

    One per test process; asks for the browser first so that nothing starts where there is none.
    While writing journeys, `SUIGO_HALL=DIR` visits one that was started by hand with that data.
    """
    if started_by_hand := os.environ.get("SUIGO_HALL"):
        running = Hall(Path(started_by_hand))
        things = running.data / "things.json"
        if not things.exists():
            running.arrange()
            things.write_text(json.dumps(running.things))
        running.things = json.loads(things.read_text())
        yield running
        return
    data = Path(tempfile.mkdtemp(prefix="suigo-journeys-"))
    data.chmod(0o755)
    running = Hall(data)
    running.start()
    try:
        running.arrange()
        yield running
    finally:
        running.stop()
        shutil.rmtree(data, ignore_errors=True)
