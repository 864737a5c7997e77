"""R3 and R4: a double click, a lost answer and a retry after a restart make one case."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from reliability import chaos
from reliability.product import Product
from reliability.visitor import Visitor


def cases_of(product: Product, check: str) -> list[tuple[object, ...]]:
    """Number, entries in the ledger and messages of what a draft became."""
    with product.database() as connection:
        return connection.execute(
            "SELECT c.number,"
            " (SELECT count(*) FROM audit_entry a"
            "   WHERE a.subject_id = c.public_id::text AND a.action = 'case.received'),"
            " (SELECT count(*) FROM notices_message m"
            "   WHERE m.dedupe_key LIKE 'case-received:' || c.public_id::text || ':%%')"
            " FROM cases_case c WHERE c.submit_key = %s",
            (f"draft:{check.split('/')[2]}",),
        ).fetchall()


def click(visitor: Visitor, check: str, at_once: threading.Barrier) -> str:
    """Send when all the others send; the number on the receipt."""
    at_once.wait()
    return visitor.send(check)


def test_r3_five_parallel_clicks_make_one_case(product: Product) -> None:
    host, port = product.address
    with ThreadPoolExecutor(5) as clicks:
        for _ in range(8):
            visitor = Visitor(host, port)
            check = visitor.fill()
            at_once = threading.Barrier(5)
            sent = [clicks.submit(click, visitor, check, at_once) for _ in range(5)]
            numbers = {one.result() for one in sent}
            assert len(numbers) == 1
            assert cases_of(product, check) == [(numbers.pop(), 1, 1)]


def test_r4_a_lost_answer_and_a_retry_give_the_same_receipt(product: Product) -> None:
    with swallowing_answers(product.address) as (proxy_port, swallowed):
        for _ in range(5):
            visitor = Visitor(*product.address)
            check = visitor.fill()
            through_proxy = Visitor("127.0.0.1", proxy_port, cookies=dict(visitor.cookies))
            with pytest.raises(chaos.BROKEN):
                through_proxy.send(check)
            answer = swallowed.pop()
            assert b'class="done__number"' in answer, answer[:500]
            number = visitor.send(check)
            assert number.encode() in answer
            assert cases_of(product, check) == [(number, 1, 1)]


def test_r4_a_retry_after_a_restart_gives_the_same_receipt(product: Product) -> None:
    visitor = Visitor(*product.address)
    check = visitor.fill()
    number = visitor.send(check)
    product.stop()
    product.start()
    visitor.host, visitor.port = product.address
    assert visitor.send(check) == number
    assert cases_of(product, check) == [(number, 1, 1)]


def test_somebody_else_gets_no_receipt_for_it(product: Product) -> None:
    visitor, stranger = Visitor(*product.address), Visitor(*product.address)
    check = visitor.fill()
    visitor.send(check)
    stranger.fill()
    assert stranger.post(check, {}).status == 404


@contextmanager
def swallowing_answers(address: tuple[str, int]) -> Iterator[tuple[int, list[bytes]]]:
    """A network that delivers every request and loses every answer (which is kept for the test)."""
    listener = socket.create_server(("127.0.0.1", 0))
    swallowed: list[bytes] = []
    ending = threading.Event()

    def carry() -> None:
        listener.settimeout(0.1)
        while not ending.is_set():
            try:
                client, _ = listener.accept()
            except TimeoutError:
                continue
            with client, socket.create_connection(address) as server:
                client.settimeout(30)
                server.sendall(_whole_request(client))
                server.settimeout(30)
                answer = b""
                server.shutdown(socket.SHUT_WR)
                while piece := server.recv(65536):
                    answer += piece
                swallowed.append(answer)

    thread = threading.Thread(target=carry)
    thread.start()
    try:
        yield int(listener.getsockname()[1]), swallowed
    finally:
        ending.set()
        thread.join()
        listener.close()


def _whole_request(client: socket.socket) -> bytes:
    request = b""
    while b"\r\n\r\n" not in request:
        request += client.recv(65536)
    head, _, body = request.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    while len(body) < length:
        piece = client.recv(65536)
        body += piece
    return head.replace(b"\r\n", b"\r\nConnection: close\r\n", 1) + b"\r\n\r\n" + body
