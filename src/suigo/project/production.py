"""What a production installation must have set before it may start.

The same list is Django's deployment check and the gate of every start (`run`, `web`, `worker`,
`migrate`): each entry is a sentence that says what to set.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from suigo.engines.identity.oidc.keys import BadKeys, OwnKeys
from suigo.engines.identity.oidc.tokens import HASHES
from suigo.services.bridge import configuration

SHORTEST_SECRET = 50  # characters
KEY_BYTES = 32


def problems() -> list[str]:
    """Everything that makes this installation unsafe for production; empty when it may start."""
    return [
        *_secret_problems(),
        *_key_problems(),
        *_database_problems(),
        *_address_problems(),
        *_mail_problems(),
        *_sign_in_problems(),
        *_signing_problems(),
        *_zone_problems(),
    ]


def _is_set(name: str) -> bool:
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def _secret_problems() -> list[str]:
    found = []
    if settings.DEBUG:
        found.append("SUIGO_DEBUG を外してください / Unset SUIGO_DEBUG: it shows internals.")
    if settings.SECRET_KEY == settings.DEMO_SECRET or not _is_set("SUIGO_SECRET_KEY"):
        found.append(
            "SUIGO_SECRET_KEY(または SUIGO_SECRET_KEY_FILE)を設定してください"
            " / Set SUIGO_SECRET_KEY to a secret of your own: "
            'python3 -c "import secrets; print(secrets.token_urlsafe(64))"'
        )
    elif len(settings.SECRET_KEY) < SHORTEST_SECRET or len(set(settings.SECRET_KEY)) < 10:
        found.append(
            f"SUIGO_SECRET_KEY が短いか単純です。{SHORTEST_SECRET} 文字以上の乱数にしてください"
            f" / SUIGO_SECRET_KEY is too short or too simple: {SHORTEST_SECRET} random characters."
        )
    return found


def _key_problems() -> list[str]:
    if not _is_set("SUIGO_ENCRYPTION_KEYS"):
        return [
            "SUIGO_ENCRYPTION_KEYS(または _FILE)を設定してください(例 2026a:鍵)"
            " / Set SUIGO_ENCRYPTION_KEYS to NAME:KEY, KEY from: python3 -c "
            '"import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())"'
        ]
    found = []
    for name, key in settings.SUIGO_ENCRYPTION_KEYS.items():
        try:
            length = len(base64.urlsafe_b64decode(key))
        except (binascii.Error, ValueError):
            length = 0
        if length != KEY_BYTES:
            found.append(
                f"SUIGO_ENCRYPTION_KEYS の鍵「{name}」が {KEY_BYTES} バイトではありません"
                f" / Key {name} in SUIGO_ENCRYPTION_KEYS is not {KEY_BYTES} bytes of base64url."
            )
    return found


def _database_problems() -> list[str]:
    if not _is_set("SUIGO_DATABASE_URL"):
        return [
            "SUIGO_DATABASE_URL(または _FILE)を設定してください"
            " / Set SUIGO_DATABASE_URL, for example"
            " postgresql://suigo:PASSWORD@db.example.jp/suigo?sslmode=verify-full"
        ]
    database = settings.DATABASES["default"]
    host = str(database["HOST"])
    is_local = host in {"", "localhost", "127.0.0.1", "::1"} or host.startswith("/")
    encrypted = database["OPTIONS"].get("sslmode") in {"require", "verify-ca", "verify-full"}
    if not is_local and not encrypted:
        return [
            "SUIGO_DATABASE_URL の接続が暗号化されません。?sslmode=verify-full を付けてください"
            " / The database connection would be plain text: add ?sslmode=verify-full"
            " (and sslrootcert=FILE) to SUIGO_DATABASE_URL."
        ]
    return []


def _address_problems() -> list[str]:
    found = []
    address = urlsplit(settings.SUIGO_BASE_URL)
    if address.scheme != "https" or not address.hostname:
        found.append(
            "SUIGO_BASE_URL に https:// のアドレスを設定してください(Cookie を暗号化通信に限るため)"
            " / Set SUIGO_BASE_URL to the public https:// address; without it cookies would travel"
            " in plain text."
        )
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        found.append(
            "SUIGO_ALLOWED_HOSTS に公開するホスト名を設定してください(* は不可)"
            " / Set SUIGO_ALLOWED_HOSTS to the public host names, separated by commas (not *)."
        )
    if not (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE):
        found.append(
            "Cookie が暗号化通信に限られていません。SUIGO_BASE_URL を https:// にしてください"
            " / Cookies would be sent in plain text: SUIGO_BASE_URL must start with https://."
        )
    if not os.environ.get("SUIGO_PROXY_HOPS"):
        found.append(
            "SUIGO_PROXY_HOPS に前段の自前プロキシの数を設定してください(なければ 0)"
            " / Set SUIGO_PROXY_HOPS to the number of your own proxies in front (0 for none):"
            " unstated, all visitors would share one limit, or could choose their own."
        )
    return found


def _mail_problems() -> list[str]:
    if not _is_set("SUIGO_SMTP_URL"):
        return [
            "SUIGO_SMTP_URL(または _FILE)を設定してください"
            " / Set SUIGO_SMTP_URL, for example smtp+tls://USER:PASSWORD@mail.example.jp:587"
        ]
    return []


def _sign_in_problems() -> list[str]:
    """Providers: only the real ones, encrypted, and with all that they need."""
    found = []
    for name, real in (
        ("SUIGO_CARD_PROVIDER", "auth-and-sign.go.jp"),
        ("SUIGO_GBIZID_PROVIDER", "gbiz-id.go.jp"),
        ("SUIGO_STAFF_PROVIDER", ""),
    ):
        address = urlsplit(getattr(settings, name))
        if not address.geturl():
            continue
        right = address.scheme == "https" and address.netloc == (real or address.netloc)
        if not right or address.hostname in {"127.0.0.1", "::1", "localhost", None}:
            found.append(
                f"{name} は {real or '本物の認証サービス'} の https:// のアドレスだけです"
                f"(練習用・検証用は使えません) / {name} must be an https:// address of"
                f" {real or 'the real service'}: no rehearsal or sandbox signs people in here."
            )
        start = name.removesuffix("PROVIDER")
        needed = [f"{start}CLIENT_ID"]
        needed += ["SUIGO_SIGN_IN_KEYS"] if "CARD" in name else [f"{start}SECRET"]
        found += [
            f"{need} を設定してください({name} に必要) / Set {need}: {name} needs it."
            for need in needed
            if not getattr(settings, need)
        ]
    return [*found, *_sign_in_key_problems()]


def _sign_in_key_problems() -> list[str]:
    try:
        keys = OwnKeys.parse(settings.SUIGO_SIGN_IN_KEYS)
    except BadKeys as broken:
        return [f"SUIGO_SIGN_IN_KEYS が読めません / SUIGO_SIGN_IN_KEYS: {broken}."]
    if settings.SUIGO_SIGN_IN_KEYS and not (keys.signing and keys.decrypting):
        return [
            "SUIGO_SIGN_IN_KEYS に署名用(sig)と復号用(enc)の鍵が要ります"
            " / SUIGO_SIGN_IN_KEYS needs a key to sign and one to decrypt with: make them with"
            " ./suigo keys make FILE"
        ]
    if settings.SUIGO_STAFF_ALGORITHM not in HASHES:
        return [
            "SUIGO_STAFF_ALGORITHM は RS256、PS256、ES256 のどれかです"
            " / SUIGO_STAFF_ALGORITHM is one of RS256, PS256 and ES256."
        ]
    if settings.SUIGO_STAFF_SECOND_FACTOR not in {"ours", "provider"}:
        return [
            "SUIGO_STAFF_SECOND_FACTOR は ours か provider です"
            " / SUIGO_STAFF_SECOND_FACTOR is ours or provider."
        ]
    return []


def _signing_problems() -> list[str]:
    found = []
    if settings.SUIGO_SIGNER:
        found.append(
            "SUIGO_SIGNER を外してください(練習用のカードです)"
            " / Unset SUIGO_SIGNER: its cards are for rehearsals."
        )
    if settings.SUIGO_REVOCATION.startswith("disabled-dev"):
        found.append(
            "SUIGO_REVOCATION に crl-file: か ocsp: を設定してください(disabled-dev は開発用です)"
            " / Set SUIGO_REVOCATION to crl-file:/folder or ocsp:https://…, not disabled-dev."
        )
    return found


def _zone_problems() -> list[str]:
    """A node of two zones must be able to prove itself, and must know the other."""
    found = configuration.problems()
    if settings.SUIGO_ZONE == "inner" and not os.environ.get("SUIGO_RESIDENTS_URL"):
        found.append(
            "SUIGO_RESIDENTS_URL に住民が使うアドレスを設定してください"
            " / Set SUIGO_RESIDENTS_URL to the address of the residents' node: mails lead there."
        )
    return found


@register(Tags.security)
def check_production(
    app_configs: Sequence[AppConfig] | None,
    **options: Any,
) -> list[CheckMessage]:
    """The gate as a Django system check, so that every management command refuses too."""
    if not settings.PRODUCTION:
        return []
    return [Error(problem, id="suigo.production") for problem in problems()]
