"""sqlmap, from Debian's packages, against the running product: at small level and risk, on every
parameter that takes free words. ``./suigo test`` prepares it and says loudly when it could not."""

import http.client
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from reliability.conftest import product
from reliability.product import Product

__all__ = ["product"]

pytestmark = [pytest.mark.scanner, pytest.mark.xdist_group("reliability")]

CLEAN = "do not appear to be injectable"
FOUND = ("is vulnerable", "identified the following injection point")
SIGN_IN = """
import django
django.setup()
from datetime import timedelta
from django.conf import settings
from engines.cases.test_rest import Program
from engines.cases import world
from suigo.engines.identity.models import Account, ApiToken
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel.clock import now
head = world.staff("general-affairs-head", "総務 四郎")
store = SessionStore()
store.begin(Account.objects.get(pk=head.account_id), assurance=head.assurance, device="sqlmap",
            keep_data=False, now=now())
store.save()
program = Program(head, "cases.view")
ApiToken.objects.update(expires_at=now() + timedelta(hours=1))
print(f"{settings.SESSION_COOKIE_NAME}={store.session_key}")
print(program.raw)
"""
PLACES = {
    "catalogue": ("/procedures/?q=card&event=birth", "none"),
    "inbox": ("/staff/inbox/?view=all&q=mizuno&state=x&procedure=x&sort=due", "staff"),
    "people": ("/staff/people/?q=a", "staff"),
    "ledger": ("/staff/ledger/?q=a&kind=a&actor=a", "staff"),
    "notices": ("/staff/notices/?state=sent&q=a", "staff"),
    "API": ("/api/v1/cases?q=mizuno&state=x&procedure=x&cursor=x", "key"),
}


@pytest.fixture(scope="module")
def sqlmap() -> list[str]:
    program = os.environ.get("SUIGO_SQLMAP", "")
    if not program:
        pytest.skip("no sqlmap: set SUIGO_SQLMAP or use ./suigo test")
    return [sys.executable, program] if program.endswith(".py") else [program]


@pytest.fixture(scope="module")
def signed_in(product: Product) -> tuple[str, str]:
    tests = str(Path(__file__).parents[1])
    environment = product.environment | {"SUIGO_DATABASE_URL": product.cluster.url()}
    environment["PYTHONPATH"] += f"{os.pathsep}{tests}"
    told = subprocess.run(
        [sys.executable, "-c", SIGN_IN],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    return told[-2], told[-1]


def scan(sqlmap: list[str], folder: Path, url: str, *more: str) -> str:
    """What sqlmap says of every parameter of an address."""
    done = subprocess.run(
        [
            *sqlmap,
            *("-u", url, "--batch", "--flush-session", "--disable-coloring"),
            *("--dbms", "PostgreSQL", "--level", "1", "--risk", "1", "--technique", "BEU"),
            *("--threads", "4", "--timeout", "10", "--retries", "0", "--skip-waf"),
            *("--ignore-code", "400,401,403,404,409,422,429", "--output-dir", str(folder)),
            *more,
        ],
        check=False,
        capture_output=True,
        text=True,
        timeout=240,
    )
    return done.stdout + done.stderr


def answers(product: Product, path: str, cookie: str, key: str) -> int:
    """The status of an ordinary request for it."""
    connection = http.client.HTTPConnection(*product.address, timeout=20)
    connection.request("GET", path, headers={"Cookie": cookie, "Authorization": f"Bearer {key}"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


@pytest.mark.parametrize("place", PLACES)
def test_no_parameter_reaches_the_database_as_words_of_its_own(
    product: Product,
    signed_in: tuple[str, str],
    sqlmap: list[str],
    tmp_path: Path,
    place: str,
) -> None:
    host, port = product.address
    path, who = PLACES[place]
    cookie, key = signed_in
    more = {
        "none": (),
        "staff": ("--cookie", cookie),
        "key": ("--headers", f"Authorization: Bearer {key}"),
    }[who]
    assert answers(product, path, cookie, key) == 200  # else only the door would be scanned
    told = scan(sqlmap, tmp_path, f"http://{host}:{port}{path}", *more)
    assert CLEAN in told, told[-3000:]
    assert [word for word in FOUND if word in told] == []


class Careless(BaseHTTPRequestHandler):
    """A page as nobody should write it."""

    database = ""

    def do_GET(self) -> None:
        (name,) = parse_qs(urlsplit(self.path).query).get("q", ["x"])[:1]
        with psycopg.connect(self.database) as connection:
            try:
                rows = connection.execute(
                    f"SELECT number FROM cases_case WHERE applicant_name = '{name}' OR id < 0"
                ).fetchall()
                text = "\n".join(str(row[0]) for row in rows) or "nothing"
            except psycopg.Error as problem:
                text = str(problem)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"<p>{text}</p>".encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Not worth a line."""


@pytest.fixture
def careless(product: Product) -> Iterator[str]:
    Careless.database = product.cluster.url()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Careless)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/?q=x"
    server.shutdown()
    server.server_close()


def test_the_scanner_finds_what_there_is(careless: str, sqlmap: list[str], tmp_path: Path) -> None:
    assert any(word in scan(sqlmap, tmp_path, careless) for word in FOUND)
