"""The parts of the benchmarks that could quietly tell wrong figures."""

import os
import socket
import threading
from collections.abc import Iterator

import pytest

from harness import machine
from harness.browser import Browser, WrongAnswer
from harness.load import Sample, UsedUp, measure
from harness.report import Finding, spread
from run import BEGIN, END, recorded


@pytest.fixture
def answers() -> Iterator[tuple[int, list[bytes], list[bytes]]]:
    """A server on one connection at a time that answers what the test puts into the list."""
    to_send: list[bytes] = []
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                while to_send:
                    received.append(connection.recv(65536))
                    connection.sendall(to_send.pop(0))

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1], to_send, received
        thread.join(10)


def test_the_browser_keeps_cookies_and_posts_the_token(
    answers: tuple[int, list[bytes], list[bytes]],
) -> None:
    port, to_send, received = answers
    page = b'<input name="csrfmiddlewaretoken" value="abc">'
    to_send.append(
        b"HTTP/1.1 200 OK\r\nSet-Cookie: csrf=x1; Path=/\r\nContent-Length: %d\r\n\r\n%s"
        % (len(page), page)
    )
    to_send.append(
        b"HTTP/1.1 302 Found\r\nLocation: https://bench.example/next/\r\nContent-Length: 0\r\n\r\n"
    )
    to_send.append(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    )
    browser = Browser(port)

    browser.open_form("/")
    moved = browser.post("/save/", {"a": ["1", "2"]})
    chunked = browser.get("/next/")
    browser.close()

    assert moved.location == "/next/"
    assert chunked.body == b"abcde"
    assert received[1].endswith(b"\r\n\r\ncsrfmiddlewaretoken=abc&a=1&a=2")
    assert b"\r\nCookie: csrf=x1\r\n" in received[2]


def test_an_unexpected_status_ends_everything(
    answers: tuple[int, list[bytes], list[bytes]],
) -> None:
    port, to_send, _ = answers
    to_send.append(b"HTTP/1.1 500 Error\r\nContent-Length: 4\r\n\r\noops")
    browser = Browser(port)

    with pytest.raises(WrongAnswer, match="500 instead of 200"):
        measure([lambda: browser.get("/") and None], seconds=1, trees={})
    browser.close()


def test_visitors_without_work_stop_and_only_what_was_done_counts() -> None:
    left = [1, 2, 3]

    def work() -> None:
        if not left:
            raise UsedUp
        left.pop()

    assert measure([work], seconds=5, trees={"me": os.getpid()}).operations == 3


def test_cpu_of_a_tree_grows_with_work() -> None:
    before = machine.cpu_seconds(os.getpid())
    end = machine.own_cpu_seconds() + 0.2
    while machine.own_cpu_seconds() < end:
        pass
    assert 0.1 < machine.cpu_seconds(os.getpid()) - before < 5


def test_cpu_per_operation_is_the_sum_of_the_trees() -> None:
    sample = Sample(50, 2.0, {"web": 1.5, "postgresql": 0.5}, 3.0, 9.0, 0.0)
    assert (sample.cpu_ms, sample.rate) == (2.0, 25.0)


@pytest.mark.parametrize(
    ("target", "at_most", "reached"),
    [(2.0, True, True), (1.4, True, False), (1.4, False, True), (1.6, False, False)],
)
def test_a_goal_is_met_by_the_median_of_the_ratios(
    target: float, at_most: bool, reached: bool
) -> None:
    finding = Finding(
        "G", "", "ms", [3.0, 1.5, 9.0], [2.0, 1.0, 2.0], "bare", target=target, at_most=at_most
    )
    assert finding.compared == [1.5, 1.5, 4.5]
    assert finding.reached is reached


def test_a_spread_is_median_and_range() -> None:
    assert spread([12.34, 1.0, 250.0]) == "12.3 (1.00–250)"


def test_a_table_replaces_the_one_before() -> None:
    page = f"a\n{BEGIN}\nold\n{END}\nb\n"
    assert recorded(page, "new\n") == f"a\n{BEGIN}\n\nnew\n\n{END}\nb\n"
    with pytest.raises(ValueError, match="no place"):
        recorded("a", "new")
