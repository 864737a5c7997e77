"""Codes, second factors, session lifetimes and names of devices: plain functions."""

import hashlib
import hmac
import ipaddress
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyotp

CODE_DIGITS = 6
CODE_LIFETIME = timedelta(minutes=10)
CODE_TRIES = 5
CODES_PER_ADDRESS = 5  # an hour
CODES_PER_NETWORK = 100  # an hour: one address of a mobile carrier stands for many people
PROOFS_PER_NETWORK = 300  # an hour: requests to providers of cards and GビズID
WRONG_CODES = 20  # a day, for one address from one network

# Guessing at one account is stopped per network first, so that a stranger elsewhere can't keep
# its owner out; the higher limit for all networks together bounds those who have many.
PASSWORD_TRIES = 10
PASSWORD_TRIES_PER_NETWORK = 60
LOCK = timedelta(minutes=15)
PASSWORD_TRIES_PER_ACCOUNT = 50  # an hour
PASSWORD_LENGTH = 12
TEMPORARY_PASSWORD_LIFETIME = timedelta(days=7)
STEP_LIFETIME = timedelta(minutes=10)  # between the password and the second factor

TOTP_SECONDS = 30
RECOVERY_CODES = 10

RECORD_LIFETIME = timedelta(days=365)  # how long the ledger names residents who signed in

SERVICE_PROOF = timedelta(minutes=5)  # how long ago staff may have proved themselves elsewhere
SEEN_EVERY = timedelta(minutes=5)  # how exactly "last seen" is known

GIVEN_KINDS = ("own", "concurrent", "joint", "support")  # how a post is held; or "acting"

# No 0, O, 1, I or L: these are read out and typed by people.
READABLE = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def normalised_address(text: str) -> str:
    """An e-mail address in the one form it is compared in: half width, lower case."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def typed_digits(text: str) -> str:
    """The half-width digits in what somebody typed or pasted; blanks and hyphens fall away."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isdigit())


def keyed_digest(value: str, *, key: str, purpose: str) -> str:
    """HMAC-SHA-256 in hex: short secrets can't be found by trying without ``key``."""
    return hmac.new(f"{purpose}\x1f{key}".encode(), value.encode(), hashlib.sha256).hexdigest()


def same(left: str, right: str) -> bool:
    """Whether two digests are equal, without telling by the time it takes how much of them is."""
    return hmac.compare_digest(left.encode(), right.encode())


def session_digest(session_key: str) -> str:
    """What the database keeps in place of a session's key: 160 bits of its SHA-256, in hex."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]


def network_of(address: str) -> str:
    """What counts as one visitor for limits: an IPv4 address, or the /64 of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 6:
        mapped = parsed.ipv4_mapped
        return str(mapped or ipaddress.ip_network(f"{address}/64", strict=False))
    return str(parsed)


def new_password() -> str:
    """A temporary password that can be read out: 16 characters, 79 bits."""
    letters = "".join(secrets.choice(READABLE) for _ in range(16))
    return "-".join(letters[i : i + 4] for i in range(0, 16, 4))


def new_recovery_codes() -> tuple[str, ...]:
    """Ten codes of 12 characters (59 bits) in three groups."""
    codes = ("".join(secrets.choice(READABLE) for _ in range(12)) for _ in range(RECOVERY_CODES))
    return tuple("-".join(c[i : i + 4] for i in range(0, 12, 4)) for c in codes)


def typed_recovery_code(text: str) -> str:
    """A recovery code as it was given out, from what somebody typed."""
    plain = unicodedata.normalize("NFKC", text).upper()
    letters = "".join(c for c in plain if c in READABLE)
    return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))


def is_totp_code(text: str) -> bool:
    """Whether this is meant as the app's six digits, and not as a recovery code."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", text) if c not in " -\t")
    return len(plain) == CODE_DIGITS and plain.isdigit()


def new_totp_secret() -> str:
    """160 random bits in base32, as RFC 4226 section 4 recommends."""
    return pyotp.random_base32(32)


def totp_uri(secret: str, *, account: str, issuer: str) -> str:
    """What the QR code for an authenticator app says (the otpauth key URI format)."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def totp_step(secret: str, code: str, *, at: datetime) -> int | None:
    """The time step whose code was given (RFC 6238), one step of clock drift allowed, or None.

    The caller refuses a step that is not later than the last one used (RFC 6238 section 5.2).
    """
    totp = pyotp.TOTP(secret)
    now = int(at.timestamp()) // TOTP_SECONDS
    found = None
    for step in (now - 1, now, now + 1):
        if same(totp.generate_otp(step), code):
            found = step
    return found


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lasts without use, and at most."""

    idle: timedelta
    absolute: timedelta


def expiry(lifetime: Lifetime, *, created_at: datetime, seen_at: datetime) -> datetime:
    """When a session that was last used at ``seen_at`` ends."""
    return min(created_at + lifetime.absolute, seen_at + lifetime.idle)


def holds_on(day: date, *, valid_from: date, valid_to: date | None) -> bool:
    """Whether ``day`` lies in the half-open period."""
    return valid_from <= day and (valid_to is None or day < valid_to)


BROWSERS = (
    ("Edg/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("Line/", "LINE"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """What a person calls the browser they used ("Chrome / Windows"); empty if it says nothing."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return " / ".join(part for part in (browser, system) if part)
