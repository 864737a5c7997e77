"""What is known about the resident who asks."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from suigo.engines.facts import policy
from suigo.engines.facts.models import Fact
from suigo.engines.facts.proven import proven_facts
from suigo.engines.facts.rules import FIRM, with_derived
from suigo.engines.facts.spec import FactKind, Group, kinds, vocabulary
from suigo.engines.forms.rules import Known, name_fact
from suigo.engines.forms.rules.display import display_lines
from suigo.engines.forms.spec import Field, RepeatField
from suigo.engines.identity.queries.records import profile_and_proofs
from suigo.kernel.access import Actor
from suigo.kernel.clock import local_date
from suigo.kernel.crypto import open_sealed
from suigo.kernel.personal import Held


def purpose(holder_id: int, key: str) -> str:
    """What a value is sealed for: one person and one word, so that it can't be moved."""
    return f"facts.{holder_id}.{key}"


def opened(fact: Fact) -> Any:
    """The value of a living fact."""
    return json.loads(open_sealed(fact.value, purpose=purpose(fact.holder_id, fact.key)))


def doubt_of(fact: Fact) -> Mapping[str, Any] | None:
    """The newer answer that differs, with ``value``, ``at``, ``case_id``, ``number``, ``title``."""
    if not fact.doubt:
        return None
    found: Mapping[str, Any] = json.loads(
        open_sealed(fact.doubt, purpose=purpose(fact.holder_id, fact.key))
    )
    return found


def known_facts(actor: Actor, *, now: datetime) -> dict[str, Known]:
    """What a form may start from for this actor, by the words that forms use; two queries.

    The account's own name and address for mail, above them the facts that the resident let the
    city keep, and above those what a card or GビズID proved. Nothing for anybody who is no
    signed-in resident.
    """
    if not policy.can_hold(actor):
        return {}
    name, kana, proven = profile_and_proofs(actor)
    since = local_date(now).isoformat()
    account = {"person.name": name_fact(name, kana), "person.email": actor.email}
    known = {key: Known(value, "account", since) for key, value in account.items() if value}
    for fact in policy.visible_to(actor).filter(expires_at__gt=now):
        day = local_date(fact.confirmed_at).isoformat()
        known[fact.key] = Known(opened(fact), fact.source, day, fact.source in FIRM)
    if proven is not None:
        known |= proven_facts(proven, known)
    return with_derived(known)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A newer answer that differs from what is kept."""

    lines: tuple[str, ...]
    at: datetime
    number: str
    title: str


@dataclass(frozen=True, slots=True)
class FactView:
    """A kept fact as its holder sees it."""

    kind: FactKind
    label: str
    lines: tuple[str, ...]
    source: str
    case_id: UUID | None
    case_number: str
    case_title: str
    consented_at: datetime
    confirmed_at: datetime
    expires_at: datetime
    doubt: Doubt | None


@dataclass(frozen=True, slots=True)
class GroupView:
    group: Group
    facts: tuple[FactView, ...]


def kept_facts(actor: Actor, *, language: str, now: datetime) -> list[GroupView]:
    """The actor's facts by group; one query."""
    living = {f.key: f for f in policy.visible_to(actor).filter(expires_at__gt=now)}
    groups = []
    for group in vocabulary().groups:
        views = [_view(living[k.key], language) for k in group.facts if k.key in living]
        if views:
            groups.append(GroupView(group, tuple(views)))
    return groups


def _view(fact: Fact, language: str) -> FactView:
    kind = kinds()[fact.key]
    newer = doubt_of(fact)
    return FactView(
        kind=kind,
        label=kind.field.label.in_language(language),
        lines=fact_lines(kind.field, opened(fact), language),
        source=fact.source,
        case_id=fact.case_id,
        case_number=fact.case_number,
        case_title=fact.case_title,
        consented_at=fact.consented_at,
        confirmed_at=fact.confirmed_at,
        expires_at=fact.expires_at,
        doubt=Doubt(
            fact_lines(kind.field, newer["value"], language),
            datetime.fromisoformat(newer["at"]),
            newer["number"],
            newer["title"],
        )
        if newer is not None
        else None,
    )


def fact_lines(field: Field, value: Any, language: str) -> tuple[str, ...]:
    """A fact as lines of text; a list has a line for each of its members."""
    if not isinstance(field, RepeatField):
        return display_lines(field, value, language)
    return tuple(
        " ".join(
            line
            for part in field.fields
            for line in display_lines(part, member.get(part.id), language)
        )
        for member in value
    )


def value_of(actor: Actor, key: str, *, now: datetime) -> Any:
    """The actor's fact, None when there is none."""
    fact = policy.visible_to(actor).filter(key=key, expires_at__gt=now).first()
    return None if fact is None else opened(fact)


def everything(actor: Actor, *, now: datetime) -> list[dict[str, Any]]:
    """The actor's facts as plain data, to take along; one query."""
    return [
        {
            "key": fact.key,
            "label": str(kinds()[fact.key].field.label.ja),
            "value": opened(fact),
            "source": fact.source,
            "application": fact.case_number or None,
            "consented_at": fact.consented_at.isoformat(),
            "confirmed_at": fact.confirmed_at.isoformat(),
            "expires_at": fact.expires_at.isoformat(),
        }
        for fact in policy.visible_to(actor).filter(expires_at__gt=now).order_by("key")
    ]


def held(actor: Actor, now: datetime) -> list[Held]:
    """The actor's facts as the export of everything has them."""
    lines = {
        fact.kind.key: fact
        for group in kept_facts(actor, language=actor.language, now=now)
        for fact in group.facts
    }
    return [
        Held(lines[row["key"]].label, ((row["key"], "\n".join(lines[row["key"]].lines)),), row)
        for row in everything(actor, now=now)
    ]
