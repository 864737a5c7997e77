"""Where people come from: the front page and the pages of procedures."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

MOVING_IN = '<a href="/guide/moving-in/">見本市に引っ越してきた</a>'


def test_the_front_page_leads_to_every_guide(client: Client) -> None:
    page = client.get("/").content.decode()
    assert 'href="/guide/moving-in/">見本市に引っ越してきた</a>' in page
    # also to the one whose event of life has no procedure
    assert 'href="/guide/birth/">' in page


def test_procedures_lead_to_the_guide(client: Client) -> None:
    assert MOVING_IN in client.get("/procedures/g01-bulky-waste/").content.decode()
    # its event of life has no guide
    assert MOVING_IN not in client.get("/procedures/s01-library-card/").content.decode()
