"""Who may see and decide what about signatures. A signature is its case's: whoever may see the
case may see the signature's state, and who signed only with a reason that the ledger keeps."""

from django.db.models import Q, QuerySet

from suigo.engines.signing import providers
from suigo.engines.signing.models import Signature
from suigo.kernel.access import Actor

REVIEW = "signing.review"
REVIEW_ALL = "signing.review_all"
PERSON = "signing.person"


def may_review(actor: Actor) -> bool:
    """Whether the actor decides about signatures at all."""
    return actor.can(REVIEW) or actor.can(REVIEW_ALL)


def reviewable(actor: Actor) -> QuerySet[Signature]:
    """The signatures of cases that this actor decides about."""
    found = Signature.objects.exclude(verdict="").filter(case_id__isnull=False)
    if actor.can(REVIEW_ALL):
        return found
    if actor.is_staff and actor.can(REVIEW):
        return found.filter(department__in=sorted(actor.where(REVIEW)))
    return found.none()


def waiting(actor: Actor) -> QuerySet[Signature]:
    """Those of them that wait."""
    return reviewable(actor).filter(Q(verdict="waiting"))


def can_see(actor: Actor, signature: Signature) -> bool:
    """Whether the actor may read what was found about a signature."""
    if actor.kind == "system" or actor.can(REVIEW_ALL):
        return True
    if not actor.is_staff or signature.case_id is None:
        return False
    if actor.can_in(signature.department, REVIEW):
        return True
    return providers.may_see_case(actor, signature.case_id)


def can_review(actor: Actor, signature: Signature) -> bool:
    """Whether the actor may decide about this one."""
    own = actor.can_in(signature.department, REVIEW)
    return actor.is_staff and signature.case_id is not None and (own or actor.can(REVIEW_ALL))
