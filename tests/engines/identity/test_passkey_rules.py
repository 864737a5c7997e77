"""Pure rules of passkeys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suigo.engines.identity.rules.passkeys import RelyingParty, relying_party, runs_backwards

counts = st.integers(min_value=0, max_value=2**32 - 1)


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://digital.city.example.jp", ("digital.city.example.jp", "")),
        ("https://digital.city.example.jp/", ("digital.city.example.jp", "")),
        ("https://Digital.City.example.jp:443", ("digital.city.example.jp", "")),
        ("https://digital.city.example.jp:8443", ("digital.city.example.jp", ":8443")),
    ],
)
def test_the_site_is_the_public_address(address: str, site: tuple[str, str]) -> None:
    host, port = site
    assert relying_party(address) == RelyingParty(host, f"https://{host}{port}")


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_a_demonstration_is_localhost(host: str) -> None:
    found = relying_party(f"http://{host}:8000")
    assert found == RelyingParty("localhost", "http://localhost:8000")


@pytest.mark.parametrize(
    "address",
    ["https://192.0.2.1", "https://[2001:db8::1]", "http://city.example.jp", "ftp://a.jp", ""],
)
def test_elsewhere_no_passkey_can_exist(address: str) -> None:
    assert relying_party(address) is None


@given(stored=counts, given_now=counts)
def test_only_a_growing_counter_or_none_at_all_is_right(stored: int, given_now: int) -> None:
    silent = stored == given_now == 0
    assert runs_backwards(stored=stored, given=given_now) is not (silent or given_now > stored)
