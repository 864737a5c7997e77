"""Rows of the table who may open what: passkeys, proving again, and recovery."""

from datetime import timedelta
from typing import Any

from engines.cases import world
from suigo.engines.identity.models import Passkey, Recovery
from suigo.services.mydata import actions as mydata

Row = tuple[str, ...]

OUTSIDE = ("staff sign in",) * 3
EVERYBODY: Row = ("open",) * 7
RESIDENTS: Row = ("sign in", "open", "open", *["sign in"] * 4)
A_SIGNED_IN: Row = ("sign in", "open", "hidden", *["sign in"] * 4)
STAFF: Row = (*OUTSIDE, *["open"] * 4)
THE_CLERK: Row = (*OUTSIDE, "open", *["hidden"] * 3)
# whoever may, is told that there is no challenge to answer; nobody is signed in by an empty answer
NOTHING_ASKED: Row = ("gone",) * 7
SIGNED_IN: Row = ("sign in", *["open"] * 6)
# two people give somebody new ways in: clerks to residents, administrators to staff
CLERKS_OF_RECOVERY: Row = (*OUTSIDE, "no", "no", "open", "no")

WAYS_IN: dict[str, tuple[str, Row]] = {
    "passkey-options": ("POST", EVERYBODY),
    "passkey-sign-in": ("POST", NOTHING_ASKED),
    "staff-passkey-sign-in": ("POST", NOTHING_ASKED),
    "staff-second-step-passkey": ("POST", STAFF),  # leads back, or home
    "staff-enrol-passkey": ("POST", STAFF),
    "staff-enrol-passkey-options": ("POST", NOTHING_ASKED),
    "passkeys": ("GET", RESIDENTS),
    "new-passkey-options": ("POST", RESIDENTS),
    "passkey": ("GET", A_SIGNED_IN),
    "remove-passkey": ("POST", A_SIGNED_IN),
    "staff-passkeys": ("GET", STAFF),
    "staff-new-passkey-options": ("POST", STAFF),
    "staff-passkey": ("GET", THE_CLERK),
    "staff-remove-passkey": ("POST", THE_CLERK),
    "confirm": ("GET", SIGNED_IN),
    "confirm-passkey": ("POST", ("sign in", *["gone"] * 6)),
    "confirm-mail": ("POST", (*["sign in"] * 3, *["open"] * 4)),  # residents enter the code there
    "confirm-kept": ("GET", EVERYBODY),  # leads home: nothing waits
    "object-to-recovery": ("GET", ("hidden",) * 7),  # whoever got the mail
    "recoveries": ("GET", (*OUTSIDE, "no", "no", "open", "open")),
    "new-recovery": ("GET", CLERKS_OF_RECOVERY),
    "recovery": ("GET", (*OUTSIDE, "no", "no", "open", "hidden")),
    "approve-recovery": ("POST", CLERKS_OF_RECOVERY),
    "refuse-recovery": ("POST", CLERKS_OF_RECOVERY),
}


def ways_in(people: world.Desk) -> dict[str, list[Any]]:
    """A's and the clerk's passkeys, a recovery of A, and all that is held about A."""
    keys = [
        Passkey.objects.create(
            account_id=owner.account_id,
            credential_id=bytes([number]),
            public_key=b"x",
            name="見本",
            created_at=world.NOW,
        )
        for number, owner in enumerate((people.resident, people.clerk))
    ]
    lost = Recovery.objects.create(
        account_id=people.resident.account_id,
        new_address="new@example.jp",
        note="見本",
        asked_by_id=people.clerk.account_id,
        asked_at=world.NOW,
        waits_until_at=world.NOW + timedelta(days=1),
    )
    export = mydata.ask(people.resident, language="ja", now=world.NOW)
    mydata.make(export, now=world.NOW)
    return {
        "passkey": [key.public_id for key in keys],
        "recovery": [lost.public_id],
        "export": [export],
    }
