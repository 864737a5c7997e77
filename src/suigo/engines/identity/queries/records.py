"""Whom we know already, to compare with who comes with a card.

Today the records are the accounts that a card confirmed. A register of residents in the inner zone
answers the same question later: who is like these four items?
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from suigo.engines.identity import rules
from suigo.engines.identity.models import Account, Business, ConfirmedItems, ExternalIdentity
from suigo.engines.identity.policy import account_id_of
from suigo.engines.identity.providers import BusinessFacts, FourItems
from suigo.engines.identity.rules.matching import Comparison, birth_key, compare, place_key
from suigo.kernel import crypto
from suigo.kernel.access import Actor
from suigo.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Near:
    """A record that may be the same person, and how it agrees."""

    account: Account
    comparison: Comparison


def sealed_items(items: FourItems, *, purpose: str) -> str:
    """Four items as they are stored."""
    plain = {
        "name": items.name,
        "address": items.address,
        "birth_date": items.birth_date.isoformat(),
        "gender": items.gender,
    }
    return crypto.seal(json.dumps(plain, ensure_ascii=False), purpose=purpose)


def opened_items(sealed: str, *, purpose: str) -> FourItems:
    """The four items that ``sealed_items`` sealed for the same purpose."""
    plain = json.loads(crypto.open_sealed(sealed, purpose=purpose))
    born = date.fromisoformat(plain["birth_date"])
    return FourItems(plain["name"], plain["address"], born, plain["gender"])


def items_purpose(account_id: int) -> str:
    """What an account's items are sealed for."""
    return f"identity.items.{account_id}"


def business_purpose(account_id: int) -> str:
    """What a business's facts are sealed for."""
    return f"identity.business.{account_id}"


def question_purpose(public_id: UUID) -> str:
    """What the items of a question are sealed for."""
    return f"identity.match.{public_id}"


def digest_of(key: str) -> str:
    """A key of ``rules.matching`` as the database keeps it."""
    return rules.keyed_digest(key, key=settings.SECRET_KEY, purpose="identity.items")


def like(items: FourItems) -> list[Near]:
    """Records that are exactly or nearly these items, the oldest first; one query."""
    found = ConfirmedItems.objects.filter(
        Q(birth_key=digest_of(birth_key(items))) | Q(place_key=digest_of(place_key(items))),
        account__is_active=True,
    )
    near = []
    for row in found.select_related("account").order_by("pk"):
        comparison = compare(items, opened_items(row.sealed, purpose=items_purpose(row.pk)))
        if comparison.verdict != "none":
            near.append(Near(row.account, comparison))
    return near


def items_of_account(account_id: int) -> FourItems | None:
    """What a card confirmed about an account."""
    row = ConfirmedItems.objects.filter(pk=account_id).first()
    return opened_items(row.sealed, purpose=items_purpose(account_id)) if row else None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What was proven about the actor, and when."""

    items: FourItems | None
    business: BusinessFacts | None
    at: datetime


def profile_and_proofs(actor: Actor) -> tuple[str, str, Confirmed | None]:
    """Name and kana of a resident, and what a card or GビズID proved about them; one query.

    Raises ``NotFound`` for everybody else.
    """
    own = account_id_of(actor)
    row = (
        Account.objects.filter(pk=own, kind=Account.Kind.RESIDENT)
        .values_list(
            "name",
            "name_kana",
            "confirmed_items__sealed",
            "confirmed_items__confirmed_at",
            "business__sealed",
            "business__told_at",
        )
        .first()
    )
    if row is None:
        raise NotFound
    name, kana, items, confirmed_at, business, told_at = row
    at = confirmed_at or told_at
    if at is None:
        return name, kana, None
    proven = Confirmed(
        items=opened_items(items, purpose=items_purpose(own)) if items else None,
        business=opened_business(business, account_id=own) if business else None,
        at=at,
    )
    return name, kana, proven


def opened_business(sealed: str, *, account_id: int) -> BusinessFacts:
    """The facts of a business as ``Business.sealed`` keeps them."""
    plain = json.loads(crypto.open_sealed(sealed, purpose=business_purpose(account_id)))
    return BusinessFacts(**plain)


def proofs_of(accounts: Iterable[int]) -> dict[int, list[str]]:
    """The providers that each of some accounts is linked with."""
    found: dict[int, list[str]] = {}
    rows = ExternalIdentity.objects.filter(account_id__in=set(accounts)).order_by("linked_at", "pk")
    for account, provider in rows.values_list("account_id", "provider"):
        found.setdefault(account, []).append(provider)
    return found


def is_business(account_id: int) -> bool:
    """Whether an account acts for a business."""
    return Business.objects.filter(pk=account_id).exists()


def business_represented(account_id: int) -> str:
    """The business whose representative an account is (GビズIDプライム), '' for none."""
    found = Business.objects.filter(pk=account_id, account_type=2)
    return found.values_list("name", flat=True).first() or ""
