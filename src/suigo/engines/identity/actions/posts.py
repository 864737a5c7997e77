"""Giving posts, taking them back, and naming who stands in."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.identity import policy, rules
from suigo.engines.identity.models import Account, PostHolding
from suigo.engines.identity.organisation import organisation
from suigo.kernel.access import Actor
from suigo.kernel.audit.actions import record
from suigo.kernel.errors import Conflict, Invalid, NotFound, Refused


def hold_post(
    actor: Actor,
    account: UUID,
    *,
    post: str,
    valid_from: date,
    valid_to: date | None,
    now: datetime,
    kind: str = "own",
) -> UUID:
    """Give a post from ``valid_from`` until, not including, ``valid_to``; returns the holding.

    ``kind`` is one of ``rules.GIVEN_KINDS``. Raises ``Invalid`` (``post``, ``kind``, and
    ``valid_to``, also for help without a last day), ``NotFound``, ``Conflict`` when the person
    holds the post on one of these days already, ``Forbidden``.
    """
    actor.require(policy.MANAGE)
    if post not in organisation().posts:
        raise Invalid(field_errors={"post": _("職を一覧から選んでください。")})
    if kind not in rules.GIVEN_KINDS:
        raise Invalid(field_errors={"kind": _("職の持ち方を一覧から選んでください。")})
    if kind == "support" and valid_to is None:
        raise Invalid(field_errors={"valid_to": _("応援には、終わりの日を入力してください。")})
    _check_period(valid_from, valid_to)
    holding = PostHolding(
        account=_staff(account),
        post=post,
        kind=kind,
        valid_from_date=valid_from,
        valid_to_date=valid_to,
    )
    with transaction.atomic():
        _insert(holding)
        _record("identity.post-given", actor, holding, now)
    return holding.public_id


def name_substitute(
    actor: Actor,
    holding: UUID,
    *,
    account: UUID,
    valid_from: date,
    valid_to: date,
    now: datetime,
) -> UUID:
    """Have somebody stand in for the holder of a post on some days; returns the new holding.

    The days must lie within those of the holding. Raises as ``hold_post``, ``Refused`` for a
    chain of substitutes.
    """
    actor.require(policy.MANAGE)
    _check_period(valid_from, valid_to)
    with transaction.atomic():
        represented = _locked(holding)
        if represented.substitute_for_id is not None:
            raise Refused(_("代理の人の代理は決められません。もとの職に代理を決めてください。"))
        person = _staff(account)
        if person.pk == represented.account_id:
            raise Invalid(field_errors={"account": _("本人とは別の人を選んでください。")})
        ends = represented.valid_to_date
        if valid_from < represented.valid_from_date or (ends is not None and valid_to > ends):
            message = _("代理の期間は、もとの人がその職にある期間の中で決めてください。")
            raise Invalid(field_errors={"valid_to": message})
        substitute = PostHolding(
            account=person,
            post=represented.post,
            kind=PostHolding.Kind.ACTING,
            valid_from_date=valid_from,
            valid_to_date=valid_to,
            substitute_for=represented,
        )
        _insert(substitute)
        _record("identity.substitute-named", actor, substitute, now)
    return substitute.public_id


def end_post(actor: Actor, holding: UUID, *, valid_to: date, now: datetime) -> None:
    """Let a holding end before ``valid_to``; substitutes end with it. A holding that had not
    begun by then is removed. Raises ``Invalid``, ``NotFound``, ``Forbidden``."""
    actor.require(policy.MANAGE)
    with transaction.atomic():
        row = _locked(holding)
        if row.valid_to_date is not None and valid_to > row.valid_to_date:
            message = _("今決まっている終わりの日より前の日を入力してください。")
            raise Invalid(field_errors={"valid_to": message})
        for part in [*row.substitutes.select_for_update().order_by("pk"), row]:
            if part.valid_from_date >= valid_to:
                part.delete()
            elif part.valid_to_date is None or part.valid_to_date > valid_to:
                part.valid_to_date = valid_to
                part.save(update_fields=["valid_to_date"])
        row.valid_to_date = valid_to
        _record("identity.post-ended", actor, row, now)


def _check_period(valid_from: date, valid_to: date | None) -> None:
    if valid_to is not None and valid_to <= valid_from:
        message = _("終わりの日は、始まりの日かそれより後にしてください。")
        raise Invalid(field_errors={"valid_to": message})


def _staff(account: UUID) -> Account:
    row = Account.objects.filter(kind="staff", public_id=account).first()
    if row is None:
        raise NotFound
    return row


def _locked(holding: UUID) -> PostHolding:
    rows = PostHolding.objects.select_for_update(of=("self",)).select_related("account")
    row = rows.filter(public_id=holding).first()
    if row is None:
        raise NotFound
    return row


def _insert(holding: PostHolding) -> None:
    try:
        with transaction.atomic():
            holding.save(force_insert=True)
    except IntegrityError as overlaps:
        raise Conflict(
            _("この人は、同じ職をその期間にもう持っています（代理を含みます）。")
        ) from overlaps


def _record(action: str, actor: Actor, holding: PostHolding, now: datetime) -> None:
    ends = holding.valid_to_date
    represented = holding.substitute_for
    record(
        action,
        actor=actor,
        subject_kind="account",
        subject_id=str(holding.account.public_id),
        facts={
            "person": holding.account.name,
            "post": organisation().title_of(holding.post),
            "kind": holding.kind,
            "represented": represented.account.name if represented else "",
            "from": holding.valid_from_date.isoformat(),
            "until": (ends - timedelta(days=1)).isoformat() if ends else "",
        },
        now=now,
    )
