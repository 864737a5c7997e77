"""The demonstration's applicants sign with rehearsed cards where a procedure asks for it."""

from datetime import datetime
from uuid import UUID

from suigo.engines.cases.actions import (
    Receipt,
    complete_signature,
    prepare_signature,
    submit_application,
)
from suigo.engines.cases.queries.signing import signature_level
from suigo.engines.cases.spec import ServiceSpec
from suigo.engines.identity.providers import SignedDigest
from suigo.engines.signing.actions.rehearsing import rehearsal_card
from suigo.kernel.access import Actor


def send_signed(
    draft: UUID,
    service: ServiceSpec,
    *,
    actor: Actor,
    now: datetime,
    channel: str = "web",
    card: str = "own",
) -> Receipt:
    """Send a draft, signed with a ``card`` of the rehearsal if it must be."""
    if signature_level(service, actor=actor, channel=channel) == "required":
        prepared = prepare_signature(draft, actor=actor, now=now, language="ja")
        holder = rehearsal_card(prepared.digest, card, now=now)
        signed = SignedDigest(prepared.digest, holder.sign(prepared.digest), holder.der)
        complete_signature(draft, signed, actor=actor, now=now)
    return submit_application(draft, actor=actor, now=now, language="ja")
