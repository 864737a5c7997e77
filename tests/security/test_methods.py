"""Methods that no page uses are refused, by the real server too."""

import http.client
import socket

import pytest

from reliability.conftest import product
from reliability.product import Product

__all__ = ["product"]

pytestmark = pytest.mark.xdist_group("reliability")


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "DEBUG", "PROPFIND"])
def test_nothing_is_echoed(product: Product, method: str) -> None:
    connection = http.client.HTTPConnection(*product.address, timeout=20)
    connection.request(method, "/", headers={"X-Secret": "echo-this"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.status >= 400
    assert b"echo-this" not in body


def test_the_server_does_not_say_which_version_it_is(product: Product) -> None:
    connection = http.client.HTTPConnection(*product.address, timeout=20)
    connection.request("GET", "/")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert not any(c.isdigit() for c in answer.headers.get("Server", ""))
    assert "X-Powered-By" not in answer.headers


@pytest.mark.parametrize(
    "lines",
    [
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Content-Length: 5\r\nContent-Length: 6",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding : chunked",
        "Content-Length: +5",
    ],
)
def test_a_message_with_two_lengths_is_refused(product: Product, lines: str) -> None:
    """What two servers could read differently (request smuggling)."""
    smuggled = "0\r\n\r\nGET /staff/inbox/ HTTP/1.1\r\nHost: a\r\n\r\n"
    with socket.create_connection(product.address, timeout=20) as connection:
        head = f"POST /sign-in/ HTTP/1.1\r\nHost: {product.address[0]}\r\n{lines}\r\n\r\n"
        connection.sendall((head + smuggled).encode())
        connection.shutdown(socket.SHUT_WR)
        answers = b""
        while piece := connection.recv(65536):
            answers += piece
    assert answers.count(b"HTTP/1.1 ") == 1
    assert answers.startswith(b"HTTP/1.1 4")
