"""``crl-file:/a/folder``: revocation lists (DER or PEM, ``*.crl``) that the city receives as a
署名検証者 and puts into a folder. All of them are asked; the folder may be replaced at any time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from suigo.engines.signing.providers import RevocationAnswer, RevocationChecker

if TYPE_CHECKING:
    from cryptography import x509

LARGEST = 64 * 1024 * 1024


class CrlFiles:
    """Looks a certificate up in the lists of a folder."""

    def __init__(self, address: str) -> None:
        self._folder = Path(unquote(urlsplit(address).path))

    def check(
        self, certificate: x509.Certificate, authority: x509.Certificate, *, now: datetime
    ) -> RevocationAnswer:
        """What the lists say together; ``unknown`` without a list that is in date and for it."""
        rules: Any = import_module("suigo.engines.signing.rules.revocation")
        answers = (
            rules.judge_crl(der, certificate, authority, source=f"crl-file {name}", now=now)
            for name, der in self._lists()
        )
        found: RevocationAnswer | None = rules.newest(answers)
        return found or RevocationAnswer("unknown", "crl-file", now, "no_list")

    def _lists(self) -> Iterator[tuple[str, bytes]]:
        for path in sorted(self._folder.glob("*.crl")):
            try:
                if path.stat().st_size <= LARGEST:
                    yield path.name, _der(path.read_bytes())
            except (OSError, ValueError):
                continue  # replaced this moment, or no list at all

    def check_config(self) -> list[str]:
        if not self._folder.is_dir():
            return [f"SUIGO_REVOCATION: {self._folder} is not a folder"]
        if not any(self._folder.glob("*.crl")):
            return [f"SUIGO_REVOCATION: {self._folder} holds no *.crl"]
        return []


def _der(content: bytes) -> bytes:
    if not content.lstrip().startswith(b"-----BEGIN"):
        return content
    x509: Any = import_module("cryptography.x509")
    serialization: Any = import_module("cryptography.hazmat.primitives.serialization")
    der: bytes = x509.load_pem_x509_crl(content).public_bytes(serialization.Encoding.DER)
    return der


def connect(address: str) -> RevocationChecker:
    """The lists of a folder."""
    return CrlFiles(address)
