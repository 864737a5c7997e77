"""Passkeys as the second step of staff, and as the first second factor somebody enrols.

A passkey alone signs staff in too (``passkeys.sign_in_with_passkey``). The first one is registered
only in a sign-in that began with the temporary password an administrator gave.
"""

from datetime import datetime

from django.db import transaction

from suigo.engines.identity import queries
from suigo.engines.identity.actions.passkeys import (
    add_passkey,
    checked_name,
    made_passkey,
    options_for,
    prove,
)
from suigo.engines.identity.actions.staff_sign_in import (
    begin_session,
    expect_step,
    give_recovery_codes,
)
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel import clock
from suigo.kernel.access import Actor, Assurance
from suigo.kernel.audit.actions import record


def second_step_with_passkey(
    session: SessionStore, *, answer: str, network: str, device: str, now: datetime
) -> Actor:
    """The second step after the password. Raises ``Refused``, ``Gone``, ``TooMany``."""
    account = expect_step(session, "code", now)
    prove(session, answer=answer, network=network, now=now, kind="staff", account=account.pk)
    return begin_session(session, account, by="password and passkey", device=device, now=now)


def ask_for_first_passkey(session: SessionStore, *, now: datetime) -> str:
    """What the browser needs to make the first second factor, as JSON. Raises ``Gone``."""
    return options_for(expect_step(session, "enrol", now), session, now=now)


def enrol_passkey(
    session: SessionStore, *, answer: str, name: str, device: str, now: datetime
) -> tuple[str, ...]:
    """Keep the first passkey, which completes the sign-in; returns recovery codes.

    Raises ``Invalid`` (``name``), ``Refused``, ``Gone``, ``Conflict``.
    """
    account = expect_step(session, "enrol", now)
    name = checked_name(name)
    made = made_passkey(session, answer=answer, now=now)
    with transaction.atomic():
        passkey = add_passkey(account, made, name=name, now=now)
        codes = give_recovery_codes(account)
        begin_session(session, account, by="passkey", device=device, now=now)
        record(
            "identity.passkey-added",
            actor=queries.actor_of_account(
                account, today=clock.local_date(now), assurance=Assurance.NONE, channel="web"
            ),
            subject_kind="account",
            subject_id=str(account.public_id),
            facts={"passkey": str(passkey.public_id)},
            personal={"name": passkey.name},
            now=now,
        )
    return codes
