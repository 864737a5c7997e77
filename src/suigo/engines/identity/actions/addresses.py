"""An address for mail, for residents who sign in with a card or GビズID and have none yet."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from suigo.engines.identity import rules
from suigo.engines.identity.actions.accounts import own_account
from suigo.engines.identity.actions.residents import checked_code, issue_code, use_up
from suigo.engines.identity.models import Account
from suigo.kernel.access import Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.limits import actions as limits

PURPOSE = "address"


def request_address_code(
    actor: Actor, address: str, *, network: str, language: str, now: datetime
) -> UUID:
    """Send a code to an address that the actor wants to get mail at. It is no sign-in code.

    Raises ``Invalid`` (field ``email``), ``TooMany``, ``Forbidden``.
    """
    own_account(actor)
    address = rules.normalised_address(address)
    return issue_code(
        address, purpose=PURPOSE, send=True, network=network, language=language, now=now
    )


def confirm_address(actor: Actor, *, code: UUID, digits: str, network: str, now: datetime) -> None:
    """Take the address that the code went to. Whoever has none to sign in with can from now on,
    unless it opens another account already: then it is for mail only, and nobody is told.

    Raises ``Invalid`` (field ``code``), ``Gone``, ``TooMany``, ``Forbidden``.
    """
    account = own_account(actor)
    row, tries_key = checked_code(code, digits, purpose=PURPOSE, network=network, now=now)
    with transaction.atomic():
        use_up(row, now=now)
        if not _signs_in_with(account, row.address):
            account.contact_email = row.address
            account.save(update_fields=["contact_email"])
        record(
            "identity.address-confirmed",
            actor=actor,
            subject_kind="account",
            subject_id=str(account.public_id),
            facts={},
            personal={"address": row.address},
            now=now,
        )
    limits.clear(tries_key)


def _signs_in_with(account: Account, address: str) -> bool:
    """Make it the address to sign in with where that is possible; never for a business, whose
    people change."""
    if account.email or hasattr(account, "business"):
        return False
    try:
        with transaction.atomic():
            Account.objects.filter(pk=account.pk).update(email=address)
    except IntegrityError:
        return False
    return True
