"""What one network without an account may set in motion in an hour."""

from typing import Any

import pytest
from django.test import Client

from engines.cases import world
from engines.cases.test_web_apply import _at_ten, consent_page, fill, picture, posted, start
from suigo.engines.cases.models import Case, Draft
from suigo.engines.documents.models import StoredFile

pytestmark = pytest.mark.django_db
__all__ = ["_at_ten"]
START = f"/procedures/{world.CARD}/start/"


@pytest.fixture(autouse=True)
def proxied(settings: Any) -> None:
    settings.SUIGO_PROXY_HOPS = 1
    settings.SUIGO_HOURLY_WORK = {"start": 2, "upload": 2, "send": 2}


def from_network(address: str) -> Client:
    """A new browser somewhere."""
    return Client(headers={"accept-language": "ja", "x-forwarded-for": address})


def test_drafts_are_begun_no_faster_than_people_do() -> None:
    codes = [from_network("192.0.2.1").post(START).status_code for _ in range(4)]
    assert codes == [302, 302, 429, 429]
    assert Draft.objects.count() == 2
    assert from_network("198.51.100.7").post(START).status_code == 302


def test_files_are_sent_no_faster_and_the_field_says_so() -> None:
    client = from_network("192.0.2.1")
    address = consent_page(client)
    for _ in range(2):
        sent = client.post(f"{address}upload/proof/", {"file": picture()})
        assert sent.status_code == 200
    assert client.post(f"{address}upload/proof/", {"file": picture()}).status_code == 429
    page = client.post(address, posted("consent") | {"proof": "", "proof.upload": picture()})
    assert page.status_code == 422
    assert "回数が多すぎます" in page.content.decode()
    assert StoredFile.objects.count() == 2
    other = from_network("198.51.100.7")
    sent = other.post(f"{consent_page(other)}upload/proof/", {"file": picture()})
    assert sent.status_code == 200


def test_applications_are_sent_no_faster_and_nothing_is_lost() -> None:
    one, two = from_network("192.0.2.1"), from_network("192.0.2.1")
    check, last = fill(one, start(one)), fill(two, start(two))
    assert [one.post(check).status_code, one.post(check).status_code] == [200, 200]
    assert two.post(last).status_code == 429
    assert (Case.objects.count(), Draft.objects.count()) == (1, 1)
