"""What a browser is asked, and whether what it answers proves anything: WebAuthn Level 3, 7.1
and 7.2, by the library ``webauthn``, which is loaded when the first passkey is asked for."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

from suigo.engines.identity.rules.passkeys import CHALLENGE_LIFETIME, LONGEST_ANSWER, RelyingParty

TIMEOUT = int(CHALLENGE_LIFETIME.total_seconds() * 1000)  # milliseconds


class NotProven(Exception):
    """The answer proves nothing; the text is for the log, never for a person."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer claims, before anything of it is proven."""

    credential_id: bytes
    user_handle: bytes | None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A passkey that was just made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    backed_up: bool


@dataclass(frozen=True, slots=True)
class Use:
    """A passkey that just signed the challenge."""

    sign_count: int
    backed_up: bool


def _library() -> ModuleType:
    return import_module("webauthn")


def _structs() -> ModuleType:
    return import_module("webauthn.helpers.structs")


def options_to_create(
    site: RelyingParty,
    *,
    site_name: str,
    handle: bytes,
    account: str,
    display_name: str,
    challenge: bytes,
    known: Iterable[bytes],
) -> str:
    """The JSON for ``navigator.credentials.create()``: a key that is found without an address,
    that asks for finger, face or PIN, and about whose maker we want to know nothing."""
    library, structs = _library(), _structs()
    options = library.generate_registration_options(
        rp_id=site.id,
        rp_name=site_name,
        user_id=handle,
        user_name=account,
        user_display_name=display_name or account,
        challenge=challenge,
        timeout=TIMEOUT,
        attestation=structs.AttestationConveyancePreference.NONE,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return str(library.options_to_json(options))


def options_to_get(site: RelyingParty, *, challenge: bytes) -> str:
    """The JSON for ``navigator.credentials.get()``. It names no key: whoever asks must not learn
    which keys, or that any, belong to an address."""
    library, structs = _library(), _structs()
    options = library.generate_authentication_options(
        rp_id=site.id,
        challenge=challenge,
        timeout=TIMEOUT,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return str(library.options_to_json(options))


def read_answer(text: str) -> Answer:
    """Which key an answer to ``options_to_get`` says it comes from. Raises ``NotProven``."""
    if len(text) > LONGEST_ANSWER:
        raise NotProven("the answer is too long")
    decode = _library().base64url_to_bytes
    try:
        given: Any = json.loads(text)
        handle = given["response"].get("userHandle")
        return Answer(decode(given["id"]), decode(handle) if handle else None)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as broken:
        raise NotProven("the answer can't be read") from broken


def verify_new_key(text: str, *, site: RelyingParty, challenge: bytes) -> NewKey:
    """The key that was made for ``challenge``. Raises ``NotProven``."""
    if len(text) > LONGEST_ANSWER:
        raise NotProven("the answer is too long")
    try:
        made = _library().verify_registration_response(
            credential=text,
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception as refused:  # the library's own failures, and those of what it reads with
        raise NotProven(f"{type(refused).__name__}: {refused}") from refused
    return NewKey(
        made.credential_id, made.credential_public_key, made.sign_count, made.credential_backed_up
    )


def verify_use(text: str, *, site: RelyingParty, challenge: bytes, public_key: bytes) -> Use:
    """That the key signed ``challenge``, on our site, after it had verified its user; the caller
    looks at the counter. Raises ``NotProven``."""
    try:
        used = _library().verify_authentication_response(
            credential=text,
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception as refused:
        raise NotProven(f"{type(refused).__name__}: {refused}") from refused
    return Use(used.new_sign_count, used.credential_backed_up)
