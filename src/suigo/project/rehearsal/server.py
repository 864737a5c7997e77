"""The invented providers on 127.0.0.1, with the addresses of the real ones."""

import json
import os
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from suigo.project.rehearsal.people import BUSINESS_USERS, CARD_HOLDERS, MISBEHAVIOURS
from suigo.project.rehearsal.provider import Rehearsal, Wrong
from suigo.project.rehearsal.signing import Signer, plain_signer

SLOW_SECONDS = 30
TITLES = {
    "card": "デジタル認証アプリ（練習用）",
    "gbizid": "GビズID（練習用）",
    "staff": "職員の認証サービス（練習用）",
}
PATHS = (
    ("card", re.compile(r"/card/realms/main/protocol/openid-connect/(auth|token|userinfo|certs)")),
    ("gbizid", re.compile(r"/gbizid/oauth/(auth|token|userinfo|certs)")),
    ("staff", re.compile(r"/staff/(auth|token|userinfo|certs)")),
)
CONFIGURATIONS = {
    "/card/realms/main/.well-known/openid-configuration": "card",
    "/gbizid/oauth/.well-known/openid-configuration": "gbizid",
    "/staff/.well-known/openid-configuration": "staff",
}
RESULT = re.compile(r"/card/sign-transactions/([0-9a-f-]{36})/result")
STYLE = """body{font-family:sans-serif;line-height:1.7;max-width:40rem;margin:0 auto;padding:1rem}
h1{font-size:1.4rem}.mark{background:#fff3c4;border:2px solid #8a6d00;padding:.5rem 1rem}
button,select,input{font:inherit;padding:.6rem 1rem;min-height:3rem;max-width:100%}
button{display:block;width:100%;text-align:left;margin:.5rem 0}
button{background:#fff;border:2px solid}
button small{display:block;color:#444}fieldset{border:1px solid #999;margin:1rem 0}"""


# whoever applies under a name of their own makes a card in that name
OWN_CARD = """<details><summary>自分で決めた架空の人のカードを作る</summary>
<p><label for="written_name">氏名</label><br><input id="written_name" name="written_name"></p>
<p><label for="written_born">生年月日</label><br>
<input id="written_born" name="written_born" placeholder="1990-04-01" inputmode="numeric"></p>
<p><label for="written_address">住所</label><br>
<input id="written_address" name="written_address"></p>
<button name="person" value="written">このカードで進む</button></details>"""


class Handler(BaseHTTPRequestHandler):
    """One request. The rehearsal is the server's."""

    server: "Server"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer."""
        self._answer({})

    def do_POST(self) -> None:
        """Answer what was posted."""
        length = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(min(length, 64 * 1024))
        if self.headers.get("Content-Type", "").startswith("application/json"):
            self._answer({"": body.decode()})
        else:
            self._answer(dict(parse_qsl(body.decode(), keep_blank_values=True)))

    def _answer(self, posted: Mapping[str, str]) -> None:
        try:
            self._route(posted)
        except Wrong as wrong:
            self._json({"error": wrong.error}, status=wrong.status)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _route(self, posted: Mapping[str, str]) -> None:
        rehearsal, path = self.server.rehearsal, urlsplit(self.path).path
        bearer = self.headers.get("Authorization", "")
        if path in CONFIGURATIONS:
            return self._json(rehearsal.configuration(CONFIGURATIONS[path]))
        if path == "/style.css":
            return self._send(STYLE.encode(), "text/css; charset=utf-8")
        if path == "/card/sign-transactions" and self.command == "POST":
            return self._json(rehearsal.new_transaction(bearer, json.loads(posted[""])), status=201)
        if found := RESULT.fullmatch(path):
            return self._json(rehearsal.result(found[1], bearer))
        for service, pattern in PATHS:
            if found := pattern.fullmatch(path):
                return self._endpoint(service, found[1], posted, bearer)
        raise Wrong("not_found", 404)

    def _endpoint(
        self, service: str, endpoint: str, posted: Mapping[str, str], bearer: str
    ) -> None:
        rehearsal = self.server.rehearsal
        if endpoint == "certs":
            return self._json(rehearsal.public_keys(service))
        if endpoint == "userinfo":
            return self._json(rehearsal.userinfo(bearer)[0])
        if endpoint == "token":
            answer, wrong = rehearsal.tokens(service, posted, bearer)
            return self._misbehaving(answer, wrong)
        asked = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        rehearsal.check_request(service, asked)
        if self.command == "POST":
            return self._back(service, asked, posted)
        return self._send(page(service, self.path).encode(), "text/html; charset=utf-8")

    def _misbehaving(self, answer: dict[str, Any], wrong: str) -> None:
        if wrong == "slow":
            self.server.ending.wait(SLOW_SECONDS)
        if wrong == "down":
            return self._json({"error": "server_error"}, status=503)
        if wrong == "redirect":
            return self._redirect(f"{self.server.rehearsal.base}/elsewhere")
        if wrong == "huge":
            answer = {**answer, "padding": "x" * 2_000_000}
        if wrong == "not-json":
            return self._send(b"<html>", "text/html")
        return self._json(answer)

    def _back(self, service: str, asked: Mapping[str, str], posted: Mapping[str, str]) -> None:
        rehearsal = self.server.rehearsal
        wrong = posted.get("misbehave", "") or rehearsal.misbehave
        answer = {"state": asked["state"], "session_state": "rehearsal"}
        if wrong == "declined" or posted.get("person") == "nobody":
            answer |= {"error": "access_denied", "error_description": "declined"}
        else:
            person = posted.get("person", "")
            if service == "card" and person == "written":
                person = rehearsal.write(posted)
            answer["code"] = rehearsal.grant(service, asked, person, wrong)
        if wrong == "other-issuer-answers":
            answer["iss"] = "https://evil.example.jp"
        self._redirect(f"{asked['redirect_uri']}?{urlencode(answer)}")

    def _json(self, found: Mapping[str, Any], *, status: int = 200) -> None:
        body = json.dumps(found, ensure_ascii=False).encode()
        self._send(body, "application/json", status=status)

    def _redirect(self, place: str) -> None:
        self.send_response(302)
        self.send_header("Location", place)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, body: bytes, content_type: str, *, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any, **_named: Any) -> None:
        """Say nothing: addresses hold codes."""


def page(service: str, address: str) -> str:
    """Where a visitor chooses who they are and what goes wrong."""
    if service == "staff":
        people = (
            '<p><label for="person">職員のメールアドレス</label><br>'
            '<input id="person" name="person" type="email" required></p>'
            "<button>この職員としてログインする</button>"
        )
    else:
        chosen: list[tuple[str, str, str]] = [
            (b.id, b.title, b.claims["name"]) for b in BUSINESS_USERS
        ]
        if service == "card":
            chosen = [(c.id, c.title, f"{c.name} / {c.address}") for c in CARD_HOLDERS]
        people = "".join(
            f'<button name="person" value="{escape(name)}">{escape(title)}'
            f"<small>{escape(more)}</small></button>"
            for name, title, more in chosen
        )
        if service == "card":
            people += OWN_CARD
    wrongs = "".join(
        f'<option value="{escape(name)}">{escape(words)}</option>'
        for name, words in MISBEHAVIOURS.items()
    )
    title = TITLES[service]
    return f"""<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css"></head><body><main><h1>{title}</h1>
<p class="mark">これは練習用の画面です。出てくる人はすべて架空です。暗証番号は聞きません。</p>
<form method="post" action="{escape(address)}"><h2>だれになりますか</h2>{people}
<button name="person" value="nobody" formnovalidate>やめる</button>
<fieldset><legend>うまくいかない場合をためす</legend>
<label for="misbehave">起こること</label><br>
<select id="misbehave" name="misbehave">{wrongs}</select>
</fieldset></form></main></body></html>"""


class Server(ThreadingHTTPServer):
    """The providers, listening on this computer only."""

    daemon_threads = True

    def __init__(self, port: int, city: str, signer: Signer) -> None:
        """Listen on ``port`` (0: any). Raises ``RuntimeError`` in production."""
        if os.environ.get("SUIGO_ENV") == "production":
            raise RuntimeError("invented providers are refused in production")
        super().__init__(("127.0.0.1", port), Handler)
        self.ending = threading.Event()
        base = f"http://127.0.0.1:{self.server_address[1]}"
        self.rehearsal = Rehearsal(base=base, city=city, signer=signer)

    def server_bind(self) -> None:
        """Bind, without asking a name server who we are."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])


@contextmanager
def rehearsing(city: str, *, port: int = 0, signer: Signer = plain_signer) -> Iterator[Rehearsal]:
    """The providers in a thread, as tests use them."""
    server = Server(port, city, signer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.rehearsal
    finally:
        server.ending.set()
        server.shutdown()
        thread.join()
        server.server_close()
