"""The relying party piece by piece: keys, tokens, and what is fetched."""

import base64
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwe, jwt
from joserfc.jwk import ECKey, RSAKey

from suigo.engines.identity.adapters.card_app import items_of
from suigo.engines.identity.oidc import fetching
from suigo.engines.identity.oidc.client import FlowFailed
from suigo.engines.identity.oidc.fetching import NotAllowed, Unreachable, check_address, fetch
from suigo.engines.identity.oidc.keys import (
    BadKeys,
    CannotDecrypt,
    KnownKeys,
    OwnKeys,
    new_keys,
    read_key_set,
)
from suigo.engines.identity.oidc.tokens import Expected, Rejected, UnknownKey, proven_claims

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
MOMENT = int(NOW.timestamp())
KEY = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
PUBLIC = KEY.as_dict(private=False)
EXPECTED = Expected("https://op.example.jp", "RP1", "ES256", "nonce", "access", NOW)
CLAIMS = {
    "iss": "https://op.example.jp",
    "aud": "RP1",
    "sub": "person",
    "nonce": "nonce",
    "iat": MOMENT,
    "exp": MOMENT + 300,
}


def token(claims: dict[str, Any] = CLAIMS, **header: Any) -> str:
    return jwt.encode({"alg": "ES256", "kid": "one", **header}, claims, KEY)


def proven(raw: str, *keys: dict[str, Any]) -> dict[str, Any]:
    return proven_claims(raw, keys=keys or (PUBLIC,), expected=EXPECTED)


def test_a_right_token_is_believed() -> None:
    assert proven(token())["sub"] == "person"


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://op.example.jp/"},
        {"aud": ["RP1", "RP2"]},
        {"aud": []},
        {"aud": "RP10"},
        {"azp": "RP2"},
        {"exp": MOMENT - 61},
        {"exp": str(MOMENT + 300)},
        {"exp": True},
        {"iat": MOMENT + 61},
        {"iat": MOMENT - 601},
        {"nbf": MOMENT + 61},
        {"nonce": ["nonce"]},
        {"nonce": "Nonce"},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": 5},
        {"at_hash": "x"},
    ],
)
def test_each_claim_counts(changed: dict[str, Any]) -> None:
    with pytest.raises(Rejected):
        proven(token({**CLAIMS, **changed}))


@pytest.mark.parametrize("gone", ["iss", "aud", "sub", "nonce", "iat", "exp"])
def test_no_claim_may_be_missing(gone: str) -> None:
    with pytest.raises(Rejected):
        proven(token({name: value for name, value in CLAIMS.items() if name != gone}))


def test_a_token_made_for_another_use_is_none() -> None:
    with pytest.raises(Rejected, match="typ"):
        proven(token(typ="at+jwt"))


def test_a_key_that_the_token_brings_along_is_not_looked_at() -> None:
    own = ECKey.generate_key("P-256")
    forged = jwt.encode(
        {"alg": "ES256", "kid": "one", "jwk": own.as_dict(private=False)}, CLAIMS, own
    )
    with pytest.raises(Rejected):
        proven(forged)


@pytest.mark.parametrize(
    "keys",
    [
        [],
        [{**PUBLIC, "use": "enc"}],
        [{**PUBLIC, "alg": "ES384"}],
        [{**PUBLIC, "kid": "two"}],
        [PUBLIC, PUBLIC],
        [{"kty": "oct", "k": "c2VjcmV0", "kid": "one"}],
        [RSAKey.generate_key(2048, {"kid": "one"}).as_dict(private=False)],
    ],
)
def test_only_one_fitting_key_will_do(keys: list[dict[str, Any]]) -> None:
    with pytest.raises(UnknownKey):
        proven_claims(token(), keys=keys, expected=EXPECTED)


def test_a_short_rsa_key_proves_nothing() -> None:
    numbers = rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()
    modulus = numbers.public_numbers().n.to_bytes(128, "big")
    weak = {
        "kty": "RSA",
        "kid": "weak",
        "e": "AQAB",
        "n": base64.urlsafe_b64encode(modulus).rstrip(b"=").decode(),
    }
    raw = jwt.encode({"alg": "RS256", "kid": "weak"}, CLAIMS, RSAKey.generate_key(2048))
    expected = Expected("https://op.example.jp", "RP1", "RS256", "nonce", "access", NOW)
    with pytest.raises(Rejected, match="too short"):
        proven_claims(raw, keys=[weak], expected=expected)


@given(
    st.text(max_size=60)
    | st.from_regex(r"[A-Za-z0-9_-]{0,20}\.[A-Za-z0-9_-]{0,20}\.", fullmatch=True)
)
def test_whatever_is_no_token_is_rejected_and_nothing_else_happens(raw: str) -> None:
    with pytest.raises(Rejected):
        proven(raw)


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_one_altered_letter_is_noticed(place: int, by: int) -> None:
    raw = token()
    where = place % len(raw)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    letter = letters[(letters.find(raw[where]) + by) % len(letters)]
    altered = raw[:where] + letter + raw[where + 1 :]
    header, claims, _signature = raw.split(".")
    # the last letters hold bits that are no part of the content: they must not matter either way
    last = {len(header) - 1, len(header) + len(claims), len(raw) - 1}
    if altered != raw and where not in last:
        with pytest.raises(Rejected):
            proven(altered)


# -- keys


def test_unknown_keys_are_asked_for_once_a_minute_and_all_of_them_every_hour() -> None:
    asked, moment = [], [0.0]

    def ask() -> list[dict[str, Any]]:
        asked.append(moment[0])
        return [PUBLIC]

    known = KnownKeys(ask, clock=lambda: moment[0])
    known.current()
    known.current()
    assert asked == [0.0]
    assert known.again() is None
    moment[0] = 61.0
    assert known.again() == [PUBLIC]
    assert known.again() is None
    moment[0] = 61.0 + 3600
    known.current()
    assert asked == [0.0, 61.0, 3661.0]


def test_known_keys_outlive_a_provider_that_does_not_answer_but_not_for_ever() -> None:
    moment, answers = [0.0], [True]

    def ask() -> list[dict[str, Any]]:
        if not answers[0]:
            raise FlowFailed("unreachable", "silent")
        return [PUBLIC]

    known = KnownKeys(ask, clock=lambda: moment[0])
    known.current()
    answers[0] = False
    moment[0] = 7200.0
    assert known.current() == [PUBLIC]
    moment[0] = 90_000.0
    with pytest.raises(FlowFailed):
        known.current()


def sealed_to(key: RSAKey, content: bytes) -> str:
    header = {"alg": "RSA-OAEP-256", "enc": "A256GCM"}
    return jwe.encrypt_compact(header, content, key, algorithms=list(header.values()))


def test_our_keys_are_replaced_without_a_break() -> None:
    old = new_keys(named="old")
    both = OwnKeys.parse(json.dumps({"keys": [*new_keys(named="new"), *old]}))
    assertion = both.assertion(client_id="RP1", audience="https://op/token", seconds=60, now=NOW)
    public = {key["kid"]: key for key in both.public()["keys"]}
    assert list(public) == ["new-sig", "old-sig", "new-enc", "old-enc"]
    decoded = jwt.decode(assertion, ECKey.import_key(public["new-sig"]), algorithms=["ES256"])
    assert decoded.header["kid"] == "new-sig"
    assert decoded.claims["exp"] - decoded.claims["iat"] == 60
    assert {decoded.claims[name] for name in ("iss", "sub")} == {"RP1"}
    for kid in ("new-enc", "old-enc"):
        sealed = sealed_to(RSAKey.import_key(public[kid]), b"content")
        assert both.decrypt(sealed) == b"content"


def test_every_assertion_is_new() -> None:
    keys = OwnKeys.parse(json.dumps({"keys": new_keys(named="a")}))
    made = {keys.assertion(client_id="RP1", audience="x", seconds=60, now=NOW) for _ in range(3)}
    assert len(made) == 3


def test_what_was_not_written_to_us_does_not_open() -> None:
    keys = OwnKeys.parse(json.dumps({"keys": new_keys(named="a")}))
    other = RSAKey.generate_key(2048)
    sealed = sealed_to(other, b"x")
    for raw in (sealed, "a.b.c.d.e", "", "none"):
        with pytest.raises(CannotDecrypt):
            keys.decrypt(raw)


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "{}",
        '{"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "a"}]}',
        json.dumps({"keys": [PUBLIC]}),
        json.dumps({"keys": [{**KEY.as_dict(private=True), "kid": ""}]}),
        json.dumps({"keys": [KEY.as_dict(private=True)] * 2}),
    ],
)
def test_bad_keys_are_told_without_repeating_them(text: str) -> None:
    with pytest.raises(BadKeys) as refused:
        OwnKeys.parse(text)
    assert "c2VjcmV0" not in str(refused.value)


def test_shared_secrets_are_no_public_keys() -> None:
    found = read_key_set(json.dumps({"keys": [{"kty": "oct", "k": "eA"}, PUBLIC, 5]}).encode())
    assert found == [PUBLIC]
    with pytest.raises(ValueError, match="JWK Set"):
        read_key_set(b"[]")


# -- fetching


@pytest.mark.parametrize(
    "url",
    [
        "http://op.example.jp/",
        "https://evil.example.jp/",
        "https://op.example.jp:8443/",
        "https://op.example.jp@evil.example.jp/",
        "https://user@op.example.jp/",
        "file:///etc/passwd",
        "ftp://op.example.jp/",
        "//op.example.jp/",
        "http://127.0.0.1.example.jp/",
        "http://169.254.169.254/",
    ],
)
def test_only_the_providers_own_addresses_are_asked(url: str) -> None:
    hosts = frozenset({"op.example.jp", "127.0.0.1.example.jp", "169.254.169.254"})
    with pytest.raises(NotAllowed):
        check_address(url, hosts=hosts)


class _Silent(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.ended.wait(10)  # type: ignore[attr-defined]

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def silent() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Silent)
    server.ended = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.ended.set()  # type: ignore[attr-defined]
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_silent_provider_is_given_up(silent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "WHOLE_SECONDS", 0.2)
    with pytest.raises(Unreachable):
        fetch(f"http://{silent}/", hosts=frozenset({silent}))


def test_nobody_listens() -> None:
    with pytest.raises(Unreachable):
        fetch("http://127.0.0.1:9/", hosts=frozenset({"127.0.0.1:9"}))


# -- the shapes of a card's items


@pytest.mark.parametrize(
    ("birthdate", "gender", "shown"),
    [
        ("19850315", "1", ("1985-03-15", "1")),
        ("1985-03-15", "male", ("1985-03-15", "1")),
        ("19850315", 2, ("1985-03-15", "2")),
        ("19850315", "FEMALE", ("1985-03-15", "2")),
        ("19850315", None, ("1985-03-15", "")),
    ],
)
def test_items_in_every_shape_that_was_seen(
    birthdate: str, gender: Any, shown: tuple[str, str]
) -> None:
    items = items_of({"name": "水", "address": "町", "birthdate": birthdate, "gender": gender})
    assert (items.birth_date.isoformat(), items.gender) == shown


@pytest.mark.parametrize(
    "birthdate", ["", "1985", "19850230", "19850300", "１９８５０３１５", 19850315]
)
def test_a_birth_date_that_is_none_proves_nobody(birthdate: Any) -> None:
    with pytest.raises(FlowFailed):
        items_of({"name": "水", "address": "町", "birthdate": birthdate, "gender": "1"})
