"""Who is believed, and that nothing of a rehearsal is believed in production."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from django.test import RequestFactory
from pytest_django import Settings

from engines.signing.cards import authority
from suigo.engines.identity.providers import SignProvider
from suigo.engines.signing import providers, trust
from suigo.engines.signing.adapters import fake
from suigo.engines.signing.spec import profile
from suigo.engines.signing.testing import rehearsal_authority
from suigo.kernel.errors import NotSignedIn


def test_a_folder_s_certificate_counts_only_when_it_is_pinned(
    settings: Settings, tmp_path: Path
) -> None:
    settings.SUIGO_TRUST_FOLDER = tmp_path
    settings.SUIGO_REHEARSAL_FOLDER = tmp_path / "rehearsal"
    pem = authority().certificate.public_bytes(serialization.Encoding.PEM)
    (tmp_path / "a.pem").write_bytes(pem)
    (tmp_path / "b.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nnonsense")
    own = rehearsal_authority(tmp_path / "rehearsal").certificate
    assert [a.certificate for a in trust.trusted_authorities()] == [own]
    told = " ".join(trust.faults())
    assert "is not pinned" in told
    assert "holds no pinned certificate" in told


def test_in_production_nobody_believes_a_rehearsal(settings: Settings, tmp_path: Path) -> None:
    settings.SUIGO_TRUST_FOLDER = tmp_path
    settings.SUIGO_REHEARSAL_FOLDER = tmp_path / "rehearsal"
    settings.PRODUCTION = True
    assert trust.trusted_authorities() == []
    assert not fake.connect("fake:").is_ready()


def test_the_key_of_a_rehearsal_is_for_its_owner(tmp_path: Path) -> None:
    first = rehearsal_authority(tmp_path / "r")
    kept = tmp_path / "r" / "authority.pem"
    assert kept.stat().st_mode & 0o077 == 0
    assert [p.name for p in (tmp_path / "r").iterdir()] == ["authority.pem"]
    rehearsal_authority.__globals__["_kept"].cache_clear()
    assert rehearsal_authority(tmp_path / "r").certificate == first.certificate


def test_the_pins_are_fingerprints_with_a_source() -> None:
    found = profile().authorities
    assert len({a.sha256 for a in found}) == len(found) == 3
    assert all(a.source for a in found)


def test_a_signer_that_is_not_ready_is_passed_over() -> None:
    before = list(providers._signers)
    off, on = fake.connect(""), fake.connect("fake:")
    try:
        providers.use_signers(off)
        assert providers.signer() is None
        providers.use_signers(off, on)
        assert providers.signer() is on
    finally:
        providers.use_signers(*before)


@pytest.fixture
def provider() -> SignProvider:
    return fake.connect("fake:")


def test_without_a_resident_nothing_begins(provider: SignProvider) -> None:
    with pytest.raises(NotSignedIn):
        provider.begin(RequestFactory().get("/"), b"d" * 32, return_to="/x/")
