"""Rows of the table who may open what: acting for others."""

from typing import Any

from engines.delegation.world import WARD
from suigo.engines.delegation import actions
from suigo.kernel.access import Actor

Row = tuple[str, ...]

RESIDENTS: Row = ("sign in", "open", "open", *["sign in"] * 4)
A_SIGNED_IN: Row = ("sign in", "open", "hidden", *["sign in"] * 4)
OUTSIDE = ("staff sign in",) * 3
# of these people, only the head of general affairs confirms guardians
CONFIRMERS: Row = (*OUTSIDE, "no", "no", "no", "open")

PROXIES: dict[str, tuple[str, Row]] = {
    "proxies": ("GET", RESIDENTS),
    "new-proxy": ("GET", RESIDENTS),
    "new-guardian": ("GET", RESIDENTS),
    "proxy": ("GET", A_SIGNED_IN),
    "end-proxy": ("POST", A_SIGNED_IN),
    "proxy-invitation": ("GET", ("sign in", "hidden", "hidden", *["sign in"] * 4)),  # a wrong code
    "staff-proxies": ("GET", CONFIRMERS),
    "staff-proxy": ("GET", CONFIRMERS),
}


def proxies(resident: Actor, now: Any) -> dict[str, list[Any]]:
    """A is somebody's guardian, says A."""
    claimed = actions.claim_guardianship(resident, WARD, now=now)
    return {"grant_id": [claimed]}
