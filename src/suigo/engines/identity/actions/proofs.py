"""How residents sign in with a card or GビズID: what a provider proved becomes an account's.

A subject of a provider belongs to one account. A card nobody has come with before makes an account,
unless its four items are exactly those of one we know; where they are nearly so, a clerk decides.
Whoever is signed in already is asked before anything is joined: on a shared telephone the card may
be somebody else's.
"""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.identity import queries, rules
from suigo.engines.identity.actions.accounts import set_names
from suigo.engines.identity.actions.residents import limit_key
from suigo.engines.identity.models import (
    Account,
    Business,
    ConfirmedItems,
    ExternalIdentity,
    MatchQuestion,
)
from suigo.engines.identity.providers import BusinessFacts, FourItems, NotProven, Proof
from suigo.engines.identity.queries import records
from suigo.engines.identity.rules.matching import birth_key, compare, place_key
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel import clock, crypto
from suigo.kernel.access import SYSTEM, Actor, Assurance
from suigo.kernel.audit.actions import record
from suigo.kernel.errors import Gone
from suigo.kernel.limits import actions as limits

PENDING = "identity.proof"
PENDING_LIFETIME = timedelta(minutes=10)

# done: signed in. choose: they are signed in as somebody else and have to say what they want.
# waiting: a clerk compares two records first.
Step = Literal["done", "choose", "waiting"]
Choice = Literal["join", "switch"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a proof; ``actor`` when they are signed in, ``asked_at`` since when a clerk is
    asked."""

    step: Step
    actor: Actor | None = None
    asked_at: datetime | None = None


def sign_in_with_proof(
    session: SessionStore, proof: Proof, *, device: str, language: str, now: datetime
) -> Outcome:
    """Sign in whom a provider proved, or say what has to be decided first.

    Raises ``NotProven`` when the account was suspended.
    """
    owner = _signed_in(session)
    with transaction.atomic():
        known = _known(proof)
        if known is not None and owner is not None and owner.pk != known.account_id:
            return _ask(session, proof, owner, now)
        if known is not None:
            return _done(session, known.account, proof, device, now)
        if owner is not None and not _is_renewed(owner, proof):
            return _ask(session, proof, owner, now)
        return _first_time(session, proof, owner, device, language, now)


def choose(
    session: SessionStore, choice: Choice, *, device: str, language: str, now: datetime
) -> Outcome:
    """What somebody wants who was signed in when they came with a card: ``join`` it to the account
    they are in, or ``switch`` to the card's own. Raises ``Gone``, ``NotProven``."""
    proof, owner = pending_proof(session, now=now), _signed_in(session)
    if proof is None or owner is None:
        raise Gone(_("時間がたったため、はじめからやり直してください。"))
    del session[PENDING]
    with transaction.atomic():
        known = _known(proof)
        if choice == "join":
            if known is not None or not can_join(owner, proof):
                raise NotProven(_("このカードは、今のアカウントには結びつけられません。"))
            return _done(session, owner, proof, device, now, linked_by="owner")
        if known is not None:
            return _done(session, known.account, proof, device, now)
        return _first_time(session, proof, None, device, language, now)


def can_join(owner: Account, proof: Proof) -> bool:
    """Whether a card may be joined to an account that has none: never a second person's, never a
    business, and not where the same items lead to another account."""
    if proof.items is None or _has_proof(owner):
        return False
    return not any(near.account.pk != owner.pk for near in records.like(proof.items))


def pending_proof(session: SessionStore, *, now: datetime) -> Proof | None:
    """The proof about which the owner of the session has still to decide."""
    kept = session.get(PENDING)
    owner = _signed_in(session)
    if not kept or owner is None or owner.pk != kept["owner"] or now.timestamp() > kept["until"]:
        return None
    return _opened_proof(kept["sealed"])


def _signed_in(session: SessionStore) -> Account | None:
    account = session.row.account if session.row else None
    return account if account is not None and account.kind == Account.Kind.RESIDENT else None


def _known(proof: Proof) -> ExternalIdentity | None:
    """The identity of a subject; whoever comes with the same subject at the same time waits."""
    if proof.items is not None:  # two cards of one person are looked at one after the other
        _alone(birth_key(proof.items))
    _alone(f"{proof.issuer} {proof.subject}")
    found = ExternalIdentity.objects.filter(issuer=proof.issuer, subject=proof.subject)
    known = found.select_related("account").first()
    if known is not None and (known.account.kind != Account.Kind.RESIDENT):
        raise NotProven(_("この方法では、ここにログインできません。"))
    if known is not None and not known.account.is_active:
        raise NotProven(_("このアカウントは、いまは使えません。市役所にお問い合わせください。"))
    return known


def _alone(name: str) -> None:
    """Whoever else comes under this name waits for the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('identity'), hashtext(%s))", [name])


def _has_proof(account: Account) -> bool:
    return ExternalIdentity.objects.filter(account=account).exists()


def _is_renewed(owner: Account, proof: Proof) -> bool:
    """Whether the owner's own card came back with another subject and the same, or nearly the
    same, four items; then nothing has to be asked of the owner."""
    if proof.items is None or not _has_proof(owner):
        return False
    own = records.items_of_account(owner.pk)
    return own is not None and compare(own, proof.items).verdict != "none"


def _ask(session: SessionStore, proof: Proof, owner: Account, now: datetime) -> Outcome:
    until = (now + PENDING_LIFETIME).timestamp()
    session[PENDING] = {"owner": owner.pk, "until": until, "sealed": _sealed_proof(proof)}
    return Outcome("choose")


def _first_time(
    session: SessionStore,
    proof: Proof,
    owner: Account | None,
    device: str,
    language: str,
    now: datetime,
) -> Outcome:
    """Nobody came with this subject before."""
    near = records.like(proof.items) if proof.items else []
    exact = [one for one in near if one.comparison.verdict == "exact"]
    if len(near) == 1 and exact:
        account = exact[0].account
        if owner is not None and owner.pk != account.pk:
            return _ask(session, proof, owner, now)
        return _done(session, account, proof, device, now, linked_by="items")
    refused = set(
        MatchQuestion.objects.filter(
            issuer=proof.issuer, subject=proof.subject, decision="other"
        ).values_list("candidate_id", flat=True)
    )
    open_ones = [one for one in near if one.account.pk not in refused]
    if open_ones:
        asked = [_ask_clerk(proof, one, now) for one in open_ones]
        return Outcome("waiting", asked_at=min(asked))
    account = _new_account(proof, language, now)
    return _done(session, account, proof, device, now, linked_by="first")


def _ask_clerk(proof: Proof, near: records.Near, now: datetime) -> datetime:
    """Ask once; returns since when it is asked."""
    assert proof.items is not None
    question = MatchQuestion(
        issuer=proof.issuer,
        subject=proof.subject,
        candidate=near.account,
        differs_in=list(near.comparison.differs_in) or ["several"],
        asked_at=now,
    )
    question.sealed = records.sealed_items(
        proof.items, purpose=records.question_purpose(question.public_id)
    )
    asked = MatchQuestion.objects.filter(
        issuer=proof.issuer, subject=proof.subject, candidate=near.account
    )
    known = asked.values_list("asked_at", flat=True).first()
    if known is not None:
        return known
    question.save(force_insert=True)
    record(
        "identity.match-asked",
        actor=SYSTEM,
        subject_kind="match",
        subject_id=str(question.public_id),
        facts={"differs_in": question.differs_in},
        now=now,
    )
    return now


def _new_account(proof: Proof, language: str, now: datetime) -> Account:
    account = Account(kind=Account.Kind.RESIDENT, language=language, created_at=now)
    if proof.items is not None:
        set_names(account, proof.items.name, "")
    if proof.business is not None:
        account.contact_email = proof.business.email
        set_names(account, proof.business.person or proof.business.name, proof.business.person_kana)
    account.save(force_insert=True)
    return account


def _done(
    session: SessionStore,
    account: Account,
    proof: Proof,
    device: str,
    now: datetime,
    *,
    linked_by: str = "",
) -> Outcome:
    """Everything is decided: write it down, and sign in. The ledger comes last, because an entry
    holds its lock until the transaction ends."""
    before = session.row.account_id if session.row else None
    if linked_by:
        ExternalIdentity.objects.create(
            account=account,
            provider=proof.provider,
            issuer=proof.issuer,
            subject=proof.subject,
            linked_at=now,
            linked_by=linked_by,
            last_used_at=now,
        )
    else:
        known = ExternalIdentity.objects.filter(issuer=proof.issuer, subject=proof.subject)
        known.update(last_used_at=now)
    changed = keep_items(account, proof.items, now=now) if proof.items is not None else ()
    if proof.business is not None:
        _keep_business(account, proof.business, now)
    session.begin(
        account,
        assurance=proof.assurance,
        device=device,
        keep_data=before in (None, account.pk),
        now=now,
    )
    actor = _actor(account, proof.assurance, now)
    entries: list[tuple[str, dict[str, Any]]] = []
    if linked_by:
        facts = {"provider": proof.provider, "by": linked_by}
        entries.append(("identity.proof-linked", facts))
    if changed:
        entries.append(("identity.items-changed", {"items": list(changed)}))
    entries.append(("identity.signed-in", {"by": proof.provider, "device": device}))
    for action, facts_of_entry in entries:
        record(
            action,
            actor=actor,
            subject_kind="account",
            subject_id=str(account.public_id),
            facts=facts_of_entry,
            now=now,
        )
    return Outcome("done", actor)


def _actor(account: Account, assurance: Assurance, now: datetime) -> Actor:
    today = clock.local_date(now)
    return queries.actor_of_account(account, today=today, assurance=assurance, channel="web")


def keep_items(account: Account, items: FourItems, *, now: datetime) -> tuple[str, ...]:
    """Store what the card says now; returns which items are not what they were (moved, renamed).
    The caller notes that in the ledger, which never says from what to what."""
    before = records.items_of_account(account.pk)
    if account.name != items.name:
        set_names(account, items.name, account.name_kana)
        account.save(update_fields=["name", "name_kana", "search_key", "sort_key"])
    ConfirmedItems.objects.update_or_create(
        account=account,
        defaults={
            "sealed": records.sealed_items(items, purpose=records.items_purpose(account.pk)),
            "birth_key": records.digest_of(birth_key(items)),
            "place_key": records.digest_of(place_key(items)),
            "confirmed_at": now,
        },
    )
    return compare(before, items).differs_in if before is not None else ()


def _keep_business(account: Account, facts: BusinessFacts, now: datetime) -> None:
    sealed = crypto.seal(
        json.dumps(asdict(facts), ensure_ascii=False),
        purpose=records.business_purpose(account.pk),
    )
    Business.objects.update_or_create(
        account=account,
        defaults={
            "account_type": facts.account_type,
            "corporate_number": facts.corporate_number,
            "name": facts.name,
            "sealed": sealed,
            "told_at": now,
        },
    )


def _sealed_proof(proof: Proof) -> str:
    plain: dict[str, Any] = asdict(proof) | {"assurance": int(proof.assurance)}
    if proof.items is not None:
        plain["items"]["birth_date"] = proof.items.birth_date.isoformat()
    return crypto.seal(json.dumps(plain, ensure_ascii=False), purpose=PENDING)


def _opened_proof(sealed: str) -> Proof:
    plain = json.loads(crypto.open_sealed(sealed, purpose=PENDING))
    items, business = plain["items"], plain["business"]
    if items is not None:
        born = date.fromisoformat(items["birth_date"])
        items = FourItems(**{**items, "birth_date": born})
    plain["assurance"] = Assurance(plain["assurance"])
    plain["business"] = BusinessFacts(**business) if business else None
    return Proof(**{**plain, "items": items})


@dataclass(frozen=True, slots=True)
class PendingChoice:
    """What is to be decided, in what the page shows: a name, and what is possible."""

    provider: str
    name: str
    can_join: bool


def pending_choice(session: SessionStore, *, now: datetime) -> PendingChoice | None:
    """What the owner of the session has still to decide about a card, if anything."""
    proof, owner = pending_proof(session, now=now), _signed_in(session)
    if proof is None or owner is None:
        return None
    name = proof.items.name if proof.items else proof.business.name if proof.business else ""
    with transaction.atomic():
        joinable = _known(proof) is None and can_join(owner, proof)
    return PendingChoice(proof.provider, name, joinable)


def drop_choice(session: SessionStore) -> None:
    """Forget the card: the owner of the session stays who they are."""
    session.pop(PENDING, None)


def is_somebody_elses(session: SessionStore, *, issuer: str, subject: str) -> bool:
    """Whether a card is known, and not as the card of the owner of the session; or the owner has
    another card at this provider."""
    owner = _signed_in(session)
    known = ExternalIdentity.objects.filter(issuer=issuer, subject=subject).first()
    if owner is None:
        return True
    if known is not None:
        return known.account_id != owner.pk
    return ExternalIdentity.objects.filter(account=owner, issuer=issuer).exists()


def count_proof_request(*, network: str, now: datetime) -> None:
    """One more request to a provider from a network. Raises ``TooMany``."""
    key = limit_key("provider-network", network)
    limits.hit(key, limit=rules.PROOFS_PER_NETWORK, per=timedelta(hours=1), now=now)
