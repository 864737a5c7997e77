"""``/.well-known/security.txt``: published only while it is right."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client

from suigo.kernel.ui.web import contact_faults

ADDRESS = "/.well-known/security.txt"
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel("2026-11-24T10:00:00+09:00", tick=False):
        yield


def test_it_says_whom_to_tell(client: Client, settings: Any) -> None:
    settings.SUIGO_SECURITY_CONTACT = "mailto:security@city.example.jp"
    settings.SUIGO_SECURITY_EXPIRES = "2027-03-31"
    settings.SUIGO_BASE_URL = "https://city.example.jp"
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content.decode().splitlines() == [
        "Contact: mailto:security@city.example.jp",
        "Expires: 2027-03-31T00:00:00+09:00",
        "Preferred-Languages: ja, en",
        "Canonical: https://city.example.jp/.well-known/security.txt",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("contact", "expires"),
    [
        ("", ""),
        ("mailto:a@b.example", ""),
        ("mailto:a@b.example", "2026-11-24"),
        ("mailto:a@b.example", "2030-01-01"),
        ("a@b.example", "2027-03-31"),
        ("mailto:a@b.example\nExpires: 2099-01-01", "2027-03-31"),
        ("http://b.example/", "2027-03-31"),
    ],
)
def test_what_is_missing_or_stale_is_not_published(
    client: Client, settings: Any, contact: str, expires: str
) -> None:
    settings.SUIGO_SECURITY_CONTACT, settings.SUIGO_SECURITY_EXPIRES = contact, expires
    assert client.get(ADDRESS).status_code == 404
    assert contact_faults(contact, expires, today=TODAY)
