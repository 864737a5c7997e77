"""Two web servers and two workers, started separately, against one database by its address."""

import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from reliability import chaos, mail
from reliability.product import CLI, Product, eventually, kill
from reliability.visitor import Visitor
from suigo.project.postgres import throwaway
from suigo.project.supervisor import recorded_port


@contextmanager
def part(environment: dict[str, str], *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """One process of the product, ended with SIGTERM."""
    process = subprocess.Popen(words, env=environment)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=60)


@contextmanager
def separate_parts(data: Path) -> Iterator[tuple[list[int], list[subprocess.Popen[bytes]], str]]:
    """Ports of two web servers, two workers, and the address of their common database."""
    with ExitStack() as running:
        url = running.enter_context(throwaway()).url()
        mail_port = recorded_port(data / "mail-port")
        environment = Product(data).environment | {
            "SUIGO_DATABASE_URL": url,
            "SUIGO_SMTP_URL": f"smtp://127.0.0.1:{mail_port}",
            "SUIGO_WEB_WORKERS": "1",
        }
        (data / "static").mkdir()
        subprocess.run([*CLI, "migrate"], check=True, env=environment)
        catcher = [CLI[0], "-m", "suigo.project.mailcatcher", "--port", str(mail_port)]
        running.enter_context(part(environment, *catcher, "--directory", str(data / "mail")))
        ports = [recorded_port(data / name) for name in ("first", "second")]
        for port in ports:
            bind = f"127.0.0.1:{port}"
            running.enter_context(part(environment, *CLI, "web", "--bind", bind))
        workers = [running.enter_context(part(environment, *CLI, "worker")) for _ in range(2)]
        for port in ports:
            assert eventually(lambda port=port: answers(port), within=240)
        yield ports, workers, url


def answers(port: int) -> bool:
    """Whether a web server is there."""
    try:
        return Visitor("127.0.0.1", port).get("/").status == 200
    except chaos.BROKEN:
        return False


def test_two_web_servers_and_two_workers_share_one_database(tmp_path: Path) -> None:
    with separate_parts(tmp_path) as (ports, workers, url):

        def apply_at_both(number: int) -> str:
            """Write at one server, send to both at once."""
            writer = Visitor("127.0.0.1", ports[number % 2])
            check = writer.fill()
            other = Visitor("127.0.0.1", ports[1 - number % 2], cookies=dict(writer.cookies))
            with ThreadPoolExecutor(2) as both:
                first, second = both.map(lambda visitor: visitor.send(check), [writer, other])
            assert first == second
            return first

        with ThreadPoolExecutor(4) as people:
            numbers = list(people.map(apply_at_both, range(16)))
        assert len(set(numbers)) == 16
        # one of the two workers dies; the other one does its work too
        kill(workers[0].pid)
        workers[0].wait()
        with ThreadPoolExecutor(4) as people:
            numbers += people.map(apply_at_both, range(8))
        with psycopg.connect(url) as connection:
            stored = connection.execute(
                "SELECT number FROM cases_case ORDER BY sequence"
            ).fetchall()
            sequences = connection.execute(
                "SELECT array_agg(sequence ORDER BY sequence) FROM cases_case"
            ).fetchone()
        assert sorted(number for (number,) in stored) == sorted(numbers)
        assert sequences == (list(range(1, 25)),)
        told = Product(tmp_path)

        def everybody_was_told() -> bool:
            with psycopg.connect(url) as connection:
                mail.let_time_pass(connection)
            return set(mail.numbers(told)) == set(numbers)

        assert eventually(everybody_was_told, within=60)
        counts = Counter(mail.numbers(told).values())
        assert counts[1] >= 23, counts  # at most the one that was being sent when its worker died
        audit = subprocess.run(
            [*CLI, "audit", "verify"],
            check=False,
            capture_output=True,
            text=True,
            env=os.environ | told.environment | {"SUIGO_DATABASE_URL": url},
        )
        assert audit.returncode == 0, audit.stdout
