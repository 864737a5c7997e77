"""What nobody sends by accident, sent to the real server: it answers with a sentence, and what was
written before is still there. Where the other hostile inputs are tested: tests/README.md."""

import http.client
import time

import pytest

from reliability.conftest import product
from reliability.product import Product
from reliability.visitor import ANSWERS, Visitor

__all__ = ["product"]

pytestmark = pytest.mark.xdist_group("reliability")

MEGABYTE = 1024 * 1024
BROKEN = {
    "lone surrogate": "%ED%A0%80",
    "both halves of a pair": "%ED%A0%BD%ED%B8%80",
    "overlong slash": "%C0%AF",
    "overlong nul": "%C0%80",
    "nul": "%00",
    "cut off": "%E3%81",
    "not a character": "%EF%BF%BE",
    "beyond Unicode": "%F4%90%80%80",
    "no percent code": "%zz",
}


@pytest.fixture
def writer(product: Product) -> tuple[Visitor, str]:
    """Somebody who has filled in the first page of an application, and its address."""
    visitor = Visitor(*product.address)
    check = visitor.fill()
    return visitor, check.removesuffix("check/") + "page/applicant/"


def test_300_megabytes_are_refused_at_once_and_nothing_is_lost(
    product: Product, writer: tuple[Visitor, str]
) -> None:
    visitor, page = writer
    connection = http.client.HTTPConnection(visitor.host, visitor.port, timeout=30)
    begun = time.monotonic()
    connection.putrequest("POST", f"{page.replace('applicant', 'consent')}upload/proof/")
    connection.putheader("Content-Length", str(300 * MEGABYTE))
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    connection.putheader("Cookie", cookies)
    connection.endheaders()
    answer = connection.getresponse()  # before a single byte of the file was sent
    text = answer.read().decode()
    connection.close()
    assert answer.status == 413
    assert "20MB" in text
    assert "入力済みの内容は残っています" in text
    assert time.monotonic() - begun < 20
    assert 'value="試験"' in visitor.get(page).text


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_broken_characters_never_break_a_page(writer: tuple[Visitor, str], broken: str) -> None:
    visitor, page = writer
    asked = [
        visitor.get(f"/procedures/?q={broken}"),
        visitor.get(f"/procedures/{broken}/"),
        visitor.get(f"/plan/{broken}/"),
        visitor.get(f"/sign-in/?next=/{broken}"),
        visitor.get(f"/demo/mail/{broken}/"),
        visitor.get(f"/api/v1/procedures/{broken}"),
        visitor.request(
            "GET", "/", b"", {"Accept-Language": "ja\u00ff", "User-Agent": "\u00ff\u00fe"}
        ),
    ]
    assert [answer.status for answer in asked if answer.status >= 500] == []
    body = f"csrfmiddlewaretoken={visitor.cookies['csrf']}&applicant.family={broken}&x={broken}"
    sent = visitor.request(
        "POST",
        page,
        body.encode("ascii"),
        {"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert sent.status in {400, 422}


def test_a_form_with_100_000_rows_is_refused_and_nothing_is_lost(
    writer: tuple[Visitor, str],
) -> None:
    visitor, page = writer
    rows = {f"children.{number}.name": "x" for number in range(100_000)}
    answer = visitor.post(page, ANSWERS["applicant"] | rows)
    assert answer.status in {400, 413}
    assert "前の画面に戻って、もう一度お試しください" in answer.text
    assert 'value="試験"' in visitor.get(page).text
