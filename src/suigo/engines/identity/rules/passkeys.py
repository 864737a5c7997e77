"""Passkeys: for which site they are made, and what a counter that runs backwards means."""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

CHALLENGE_LIFETIME = timedelta(minutes=5)
CHALLENGES_PER_NETWORK = 600  # an hour: every look at a sign-in page asks for one
WRONG_PER_NETWORK = 30  # in a quarter of an hour
PER_ACCOUNT = 10
LONGEST_NAME = 40
LONGEST_ANSWER = 16 * 1024  # characters that a browser sends for one passkey

DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The site a passkey belongs to: the domain it is bound to and the one origin it works on."""

    id: str
    origin: str


def relying_party(base_url: str) -> RelyingParty | None:
    """The site that people see at ``base_url``; None where no passkey can exist.

    Browsers make passkeys for names only, so a demonstration on a loopback address is known as
    ``localhost``, where they allow them (WebAuthn Level 3, 5.1.3 and 13.4.9).
    """
    address = urlsplit(base_url)
    host = (address.hostname or "").lower()
    try:
        numeric = ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        if not numeric.is_loopback:
            return None
        host = "localhost"
    if not host or address.scheme not in DEFAULT_PORTS:
        return None
    if address.scheme == "http" and host != "localhost":
        return None
    port = address.port
    ending = f":{port}" if port and port != DEFAULT_PORTS[address.scheme] else ""
    return RelyingParty(id=host, origin=f"{address.scheme}://{host}{ending}")


def runs_backwards(*, stored: int, given: int) -> bool:
    """Whether a key counted less than before: it, or a copy of it, was used elsewhere.

    Zero on both sides is a key that doesn't count (WebAuthn Level 3, 7.2 step 22).
    """
    return (stored > 0 or given > 0) and given <= stored
