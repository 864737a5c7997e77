"""Who a file belongs to. Staff get at files through the engines above (``providers.may_open``)."""

from django.db.models import Q

from suigo.engines.documents import vault
from suigo.engines.documents.models import StoredFile
from suigo.kernel.access import Actor


def owns(actor: Actor, file: StoredFile, *, owner_token: str = "") -> bool:
    """Whether the resident's account, or the token of an upload without an account, owns it."""
    by_account = (
        actor.is_resident
        and actor.account_id is not None
        and file.owner_account_id == actor.account_id
    )
    by_token = (
        bool(owner_token)
        and file.owner_account_id is None
        and file.owner_token_digest == vault.owner_digest(owner_token)
    )
    return by_account or by_token


def owned_by(actor: Actor, *, owner_token: str = "") -> Q:
    """The same as a filter."""
    mine = Q(pk__in=[])
    if actor.is_resident and actor.account_id is not None:
        mine |= Q(owner_account_id=actor.account_id)
    if owner_token:
        mine |= Q(owner_account=None, owner_token_digest=vault.owner_digest(owner_token))
    return mine
