"""How staff sign in with their own service: it proves who comes, never what they may do.

Nobody becomes staff here: the proof leads to an account that an administrator made, by the subject
it was linked with, and the first time by an address that the service says it verified.
"""

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.identity import queries, rules
from suigo.engines.identity.actions.staff_sign_in import Step, after_first_step, begin_session
from suigo.engines.identity.models import Account, ExternalIdentity
from suigo.engines.identity.providers import NotProven, Proof
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel import clock
from suigo.kernel.access import Assurance
from suigo.kernel.audit.actions import record


def begin_staff_sign_in_with_proof(
    session: SessionStore, proof: Proof, *, device: str, now: datetime
) -> Step:
    """Take a proof for the first step and say what comes next, as after a password. The second
    step is left out only where the settings believe the service, and it says it asked for one.

    Raises ``NotProven`` for whoever is no active member of staff here.
    """
    account = _account_of(proof, now)
    believed = settings.SUIGO_STAFF_SECOND_FACTOR == "provider" and proof.second_factor
    if believed:
        begin_session(session, account, by="service", device=device, now=now)
        return "done"
    return after_first_step(session, account, by="service", device=device, now=now)


def _account_of(proof: Proof, now: datetime) -> Account:
    with transaction.atomic():
        found = ExternalIdentity.objects.select_related("account").filter(
            issuer=proof.issuer, subject=proof.subject
        )
        known = found.first()
        if known is not None:
            if known.account.kind != Account.Kind.STAFF or not known.account.is_active:
                raise _nobody()
            ExternalIdentity.objects.filter(pk=known.pk).update(last_used_at=now)
            return known.account
        return _link(proof, now)


def _link(proof: Proof, now: datetime) -> Account:
    """The account with the verified address, joined to this subject; an account that has another
    subject of the same service stays as it is."""
    address = rules.normalised_address(proof.email)
    staff = Account.objects.select_for_update().filter(
        kind=Account.Kind.STAFF, email=address, is_active=True
    )
    account = staff.first() if address else None
    if account is None or account.identities.filter(issuer=proof.issuer).exists():
        raise _nobody()
    try:
        with transaction.atomic():
            ExternalIdentity.objects.create(
                account=account,
                provider=proof.provider,
                issuer=proof.issuer,
                subject=proof.subject,
                linked_at=now,
                linked_by="address",
                last_used_at=now,
            )
    except IntegrityError as meanwhile:
        raise _nobody() from meanwhile
    record(
        "identity.service-linked",
        actor=queries.actor_of_account(
            account, today=clock.local_date(now), assurance=Assurance.NONE, channel="web"
        ),
        subject_kind="account",
        subject_id=str(account.public_id),
        facts={"issuer": proof.issuer},
        now=now,
    )
    return account


def _nobody() -> NotProven:
    return NotProven(
        _("この方は、ここの職員として登録されていません。管理者に確かめてもらってください。")
    )
