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
