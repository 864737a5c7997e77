"""A browser's share of applying, without a browser: cookies, forms, redirects, and nothing clever.

It never retries by itself. What the network does to it comes out as an exception, so that the tests
decide what a person would have known at that moment.
"""

import http.client
import re
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode, urlsplit

PROCEDURE = "s01-library-card"
ANSWERS = {
    "applicant": {
        "applicant.family": "試験",
        "applicant.given": "太郎",
        "applicant.family_kana": "シケン",
        "applicant.given_kana": "タロウ",
        "birthday": "1990-04-01",
        "address.postal_code": "3112424",
        "address.prefecture": "茨城県",
        "address.city": "試験市",
        "address.town": "見本町",
        "address.block": "1番地",
        "phone": "0299-63-1111",
        "email": "shiken@example.jp",
        "commutes": "no",
    },
    "card": {"branch": "central", "card_kinds": "books", "large_print": "no"},
    "consent": {"rules": "yes"},
}


class Unexpected(Exception):
    """The server answered, but not as it must."""


@dataclass
class Answer:
    """What came back."""

    status: int
    location: str
    text: str


@dataclass
class Visitor:
    """One person with one browser at `host:port`."""

    host: str
    port: int
    timeout: float = 30.0
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        """Fetch a page."""
        return self.request("GET", path, b"", {})

    def post(self, path: str, values: dict[str, str]) -> Answer:
        """Send a form with the token that the server gave this browser."""
        body = urlencode({"csrfmiddlewaretoken": self.cookies.get("csrf", ""), **values}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.request("POST", path, body, headers)

    def request(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        """One request on a connection of its own. Raises OSError, HTTPException."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body, {**headers, "Cookie": cookie})
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        for header in response.headers.get_all("Set-Cookie", []):
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name.strip()] = value.strip()
        return Answer(response.status, response.headers.get("Location", ""), text)

    def fill(self) -> str:
        """Write an application up to the last page; returns the address where it is sent."""
        self.expect(self.get(f"/procedures/{PROCEDURE}/"), 200)
        begun = self.expect(self.post(f"/procedures/{PROCEDURE}/start/", {}), 302)
        draft = urlsplit(begun.location).path
        for page, answers in ANSWERS.items():
            path = f"{draft}page/{page}/"
            self.expect(self.post(path, answers), 302)
        return f"{draft}check/"

    def send(self, check: str) -> str:
        """Send the application; returns the number on the receipt."""
        return number_on(self.expect(self.post(check, {}), 200))

    @staticmethod
    def expect(answer: Answer, status: int) -> Answer:
        """The answer if it has this status. Raises Unexpected."""
        if answer.status != status:
            problems = re.findall(r"field__error[^>]*>([^<]*)", answer.text)
            raise Unexpected(
                f"{answer.status} instead of {status}: {problems or answer.text[:300]}"
            )
        return answer


def number_on(answer: Answer) -> str:
    """The number on a receipt. Raises Unexpected."""
    found = re.search(r'class="done__number">([^<]+)<', answer.text)
    if found is None:
        raise Unexpected(f"no number on the receipt: {answer.text[:300]}")
    return unescape(found.group(1)).strip()
