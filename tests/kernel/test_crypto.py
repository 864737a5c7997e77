"""Secrets at rest: sealed for one purpose, with keys that can be rotated."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from suigo.kernel.crypto import CannotOpen, open_sealed, seal

KEYS = {name: base64.urlsafe_b64encode(bytes([n]) * 32).decode() for n, name in enumerate("ab")}


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_what_is_sealed_opens_again(text: str) -> None:
    token = seal(text, purpose="test")
    assert open_sealed(token, purpose="test") == text
    assert len(text) < 8 or text not in token


def test_the_same_text_is_never_sealed_the_same_way() -> None:
    assert seal("123456789018", purpose="n") != seal("123456789018", purpose="n")


def test_another_purpose_does_not_open_it() -> None:
    with pytest.raises(CannotOpen):
        open_sealed(seal("x", purpose="my-number"), purpose="bank")


@pytest.mark.parametrize("position", range(8, 40, 5))
def test_an_altered_token_does_not_open(position: int) -> None:
    token = seal("123456789018", purpose="n")
    other = "A" if token[position] != "A" else "B"
    with pytest.raises(CannotOpen):
        open_sealed(token[:position] + other + token[position + 1 :], purpose="n")


@pytest.mark.parametrize("token", ["", "x", "v1.demo", "v2.demo.AAAA", "v1.gone.AAAA"])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(CannotOpen):
        open_sealed(token, purpose="n")


def test_a_new_key_seals_and_the_old_one_still_opens(settings: Settings) -> None:
    settings.SUIGO_ENCRYPTION_KEYS = {"a": KEYS["a"]}
    old = seal("秘密", purpose="n")
    settings.SUIGO_ENCRYPTION_KEYS = {"b": KEYS["b"], "a": KEYS["a"]}
    assert open_sealed(old, purpose="n") == "秘密"
    assert seal("秘密", purpose="n").startswith("v1.b.")
    settings.SUIGO_ENCRYPTION_KEYS = {"b": KEYS["b"]}
    with pytest.raises(CannotOpen):
        open_sealed(old, purpose="n")
