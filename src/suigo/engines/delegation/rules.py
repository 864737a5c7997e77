"""What a grant allows, and on which day. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

Kind = Literal["family", "agent", "guardian", "gyoseishoshi", "staff"]
Reach = Literal["fill", "submit", "follow"]
Ending = Literal["", "withdrawn", "declined", "refused", "replaced", "given_up"]
Standing = Literal[
    "invited", "lapsed", "to_confirm", "later", "active", "expired", "withdrawn", "declined",
    "refused", "replaced", "given_up",
]  # fmt: skip

KINDS: tuple[Kind, ...] = get_args(Kind)
# each includes those before it: fill in, send, see and answer what comes afterwards
REACHES: tuple[Reach, ...] = get_args(Reach)
ENDINGS: tuple[Ending, ...] = get_args(Ending)

# kinds whose authority does not rest on the person's word alone: a clerk looks at a certificate
CONFIRMED: frozenset[Kind] = frozenset({"guardian", "gyoseishoshi"})
# 法定代理人: not chosen by the person, but appointed by a court (民法 7条, 11条, 15条)
STATUTORY: frozenset[Kind] = frozenset({"guardian"})

# whom a person can ask by themselves
ASKED: tuple[Kind, ...] = ("family", "agent", "gyoseishoshi", "staff")

INVITATION_DAYS = 7
CERTIFICATE_DAYS = 92  # 登記事項証明書: issued within about three months
PERIODS = {"month": 31, "quarter": 92, "year": 365}
LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Terms:
    """What was granted. ``procedures`` are ids, none of them meaning every one."""

    kind: Kind
    reach: Reach
    procedures: tuple[str, ...]
    from_date: date
    until_date: date


@dataclass(frozen=True, slots=True)
class State:
    """How far a grant has come."""

    accepted: bool
    confirmed: bool
    ended: Ending
    invited_until: date


def standing(terms: Terms, state: State, *, on: date) -> Standing:
    """How a grant stands on a day. An ending is final, whatever else holds."""
    if state.ended:
        return state.ended
    if not state.accepted:
        return "invited" if on <= min(state.invited_until, terms.until_date) else "lapsed"
    if on > terms.until_date:
        return "expired"
    if terms.kind in CONFIRMED and not state.confirmed:
        return "to_confirm"
    return "active" if on >= terms.from_date else "later"


def covers(terms: Terms, procedure: str) -> bool:
    """Whether the grant is for this procedure."""
    return not terms.procedures or procedure in terms.procedures


def reaches(terms: Terms, act: Reach) -> bool:
    """Whether what is done is within what was granted."""
    return REACHES.index(act) <= REACHES.index(terms.reach)


def may(terms: Terms, state: State, *, procedure: str, act: Reach, on: date) -> bool:
    """Whether the holder may do this for the person on this day."""
    return (
        standing(terms, state, on=on) == "active"
        and covers(terms, procedure)
        and reaches(terms, act)
    )


def open_to(agents: Literal["allowed", "statutory", "none"], kind: Kind) -> bool:
    """Whether a procedure takes applications from this kind of agent."""
    return agents == "allowed" or (agents == "statutory" and kind in STATUTORY)


def last_day(period: str, *, today: date) -> date | None:
    """The last day of a period that is chosen from a list; None for one that isn't on it."""
    days = PERIODS.get(period)
    return None if days is None else today + timedelta(days=days)


def unknown_procedures(chosen: Collection[str], offered: Collection[str]) -> set[str]:
    """What was chosen and can't be granted."""
    return set(chosen) - set(offered)
