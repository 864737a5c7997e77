"""Keeping, changing and withdrawing facts. Nothing is kept that its holder did not ask for."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from suigo.engines.facts import policy
from suigo.engines.facts.models import Fact
from suigo.engines.facts.queries import doubt_of, opened, purpose
from suigo.engines.facts.rules import FIRM
from suigo.engines.facts.spec import kept_kinds
from suigo.engines.forms.rules.prefilling import Told
from suigo.kernel.access import SYSTEM, Actor, Assurance
from suigo.kernel.audit.actions import erase_personal_before, record
from suigo.kernel.crypto import seal
from suigo.kernel.errors import NotFound, Refused

NAMES_KEPT = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Origin:
    """The application in which somebody said something."""

    case_id: UUID
    number: str
    title: str


@transaction.atomic
def keep_facts(
    actor: Actor,
    told: Mapping[str, Told],
    *,
    origin: Origin,
    replace: Collection[str],
    now: datetime,
) -> None:
    """Keep what an application said, because its applicant ticked that it may be kept.

    Where something else is known already, ``replace`` names what the applicant chose to replace;
    any other newer answer waits as a doubt until they decide. The same answer again only makes
    the fact younger. Of a list whose members were told one by one these are brought up to date or
    added, and the others stay. Raises ``NotSignedIn``.
    """
    holder = policy.require_holder(actor)
    living = _locked(holder, told)
    kept = []
    for key, said in told.items():
        if key not in kept_kinds():
            continue
        fact, doubt = living.get(key), ""
        lives = fact is not None and fact.expires_at > now
        value = said.after(opened(fact) if fact is not None and lives else None)
        if said.adds and fact is not None:
            doubt = fact.doubt if lives else ""  # who has to choose between two lists still has to
        elif fact is None:
            fact = Fact(holder_id=holder, key=key, consented_at=now)
        elif lives and opened(fact) != value and key not in replace:
            _doubt(fact, value, origin, now)
            continue
        elif fact.source in FIRM and opened(fact) == value:
            continue  # the same word of the holder makes what was confirmed no surer
        _write(fact, value, "declared", now, origin=origin, assurance=actor.assurance, doubt=doubt)
        kept.append(key)
    if kept:
        _record("facts.kept", actor, holder, kept, now, number=origin.number)


@transaction.atomic
def change_fact(actor: Actor, key: str, value: Any, *, now: datetime) -> None:
    """Take the holder's word for something else than was kept.

    Raises ``NotSignedIn``, and ``NotFound`` for what is not kept.
    """
    holder = policy.require_holder(actor)
    fact = _locked(holder, [key]).get(key)
    if fact is None:
        raise NotFound
    _write(fact, value, "edited", now, origin=None, assurance=actor.assurance)
    _record("facts.changed", actor, holder, [key], now)


@transaction.atomic
def settle_doubt(actor: Actor, key: str, *, take_newer: bool, now: datetime) -> None:
    """Decide between what is kept and a newer answer. Raises ``NotSignedIn``, ``NotFound``,
    ``Refused`` when there is nothing to decide any more."""
    holder = policy.require_holder(actor)
    fact = _locked(holder, [key]).get(key)
    if fact is None:
        raise NotFound
    newer = doubt_of(fact)
    if newer is None:
        raise Refused(_("この情報は、もう選び終わっています。"))
    if take_newer:
        origin = Origin(UUID(newer["case_id"]), newer["number"], newer["title"])
        value = newer["value"]
        _write(fact, value, "declared", now, origin=origin, assurance=actor.assurance)
    else:
        fact.doubt = ""
        fact.save(update_fields=["doubt"])
    _record("facts.changed", actor, holder, [key], now)


@transaction.atomic
def withdraw_facts(actor: Actor, keys: Collection[str] | None, *, now: datetime) -> int:
    """Erase facts because their holder wants to, all of them when ``keys`` is None.

    The ledger says that and which kind, never what it was. Raises ``NotSignedIn``, and
    ``NotFound`` when there is nothing to erase.
    """
    holder = policy.require_holder(actor)
    chosen = Fact.objects.filter(holder_id=holder, withdrawn_at=None)
    if keys is not None:
        chosen = chosen.filter(key__in=keys)
    erased = _erase(chosen, now)
    if not erased:
        raise NotFound
    _record("facts.withdrawn", actor, holder, erased, now)
    return len(erased)


@transaction.atomic
def confirm_facts(
    holder_id: int, values: Mapping[str, Any], *, origin: Origin, now: datetime
) -> int:
    """Mark as confirmed what the city has checked for a decision; returns how many facts.

    Only what the holder keeps, and only where it says what was checked: a value that was
    corrected meanwhile becomes a doubt. Running it again changes nothing.
    """
    confirmed = []
    for key, fact in _locked(holder_id, values).items():
        if opened(fact) != values[key]:
            if fact.case_id == origin.case_id:
                _doubt(fact, values[key], origin, now)
        elif fact.source not in FIRM:
            _write(fact, values[key], "checked", now, origin=origin, assurance=Assurance.IDENTITY)
            confirmed.append(key)
    if confirmed:
        _record("facts.confirmed", SYSTEM, holder_id, confirmed, now, number=origin.number)
    return len(confirmed)


@transaction.atomic
def expire_facts(*, now: datetime) -> int:
    """Erase what nobody has confirmed for too long; returns how many facts."""
    erased = _erase(Fact.objects.filter(withdrawn_at=None, expires_at__lte=now), now)
    if erased:
        record(
            "facts.expired",
            actor=SYSTEM,
            subject_kind="facts",
            subject_id="all",
            facts={"count": len(erased)},
            now=now,
        )
    return len(erased)


def _locked(holder: int, keys: Collection[str]) -> dict[str, Fact]:
    """The holder's living facts among ``keys``; whoever else changes this holder's waits, so that
    two applications sent at once make one fact."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('facts'), %s)", [holder])
    found = Fact.objects.select_for_update().filter(
        holder_id=holder, withdrawn_at=None, key__in=list(keys)
    )
    return {fact.key: fact for fact in found.order_by("key")}


def forget_names(*, now: datetime) -> int:
    """Take residents' names out of what the ledger says about facts, a year after; returns how
    many entries changed."""
    return erase_personal_before(now - NAMES_KEPT, subject_kinds=("facts",), now=now)


def _end(key: str, now: datetime) -> datetime:
    days = kept_kinds()[key].days or settings.SUIGO_FACT_DAYS
    return now + timedelta(days=min(days, settings.SUIGO_FACT_DAYS))


def _sealed(fact: Fact, value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return seal(text, purpose=purpose(fact.holder_id, fact.key))


def _write(
    fact: Fact,
    value: Any,
    source: str,
    now: datetime,
    *,
    origin: Origin | None,
    assurance: Assurance,
    doubt: str = "",
) -> None:
    fact.value, fact.doubt, fact.source = _sealed(fact, value), doubt, source
    fact.assurance = assurance
    fact.case_id = origin.case_id if origin else None
    fact.case_number, fact.case_title = (origin.number, origin.title) if origin else ("", "")
    fact.confirmed_at, fact.expires_at = now, _end(fact.key, now)
    fact.save()


def _doubt(fact: Fact, value: Any, origin: Origin, now: datetime) -> None:
    newer = {
        "value": value,
        "at": now.isoformat(),
        "case_id": str(origin.case_id),
        "number": origin.number,
        "title": origin.title,
    }
    fact.doubt = _sealed(fact, newer)
    fact.save(update_fields=["doubt"])


def _erase(facts: QuerySet[Fact], now: datetime) -> list[str]:
    keys = list(facts.order_by("key").values_list("key", flat=True))
    facts.update(value="", doubt="", case_id=None, case_number="", case_title="", withdrawn_at=now)
    return keys


def _record(
    kind: str, actor: Actor, holder: int, keys: list[str], now: datetime, *, number: str = ""
) -> None:
    facts = {"keys": sorted(keys), "count": len(keys)}
    if number:
        facts |= {"number": number}
    record(
        kind,
        actor=actor,
        subject_kind="facts",
        subject_id=str(holder),
        facts=facts,
        now=now,
    )
