"""One case, locked, as the actor saw it. Every change of a case begins here."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from suigo.engines.cases import policy
from suigo.engines.cases.models import Case
from suigo.kernel.access import Actor
from suigo.kernel.audit.queries import history_of
from suigo.kernel.errors import Conflict, NotFound


def locked_case(
    case_id: UUID,
    *,
    actor: Actor,
    version: int | None,
    owner_token: str = "",
    on: date | None = None,
) -> Case:
    """The case, locked until the transaction ends.

    ``version`` is the one on the actor's screen; None where it doesn't matter who was first. An
    agent who may follow it ``on`` that day gets it too.
    Raises ``NotFound`` when the actor can't work on the case, ``Conflict`` when it has changed
    since, with a sentence that says what happened.
    """
    case = Case.objects.select_for_update(of=("self",)).filter(public_id=case_id).first()
    if case is None or not (
        policy.can_handle_case(actor, case)
        or policy.is_applicant(actor, case, owner_token=owner_token)
        or (on is not None and policy.is_agent(actor, case, "follow", on=on))
    ):
        raise NotFound
    if version is not None:
        require_version(case, version, actor=actor)
    return case


def require_version(case: Case, version: int, *, actor: Actor) -> None:
    """Raises ``Conflict`` unless the actor saw the case as it is."""
    if case.version == version:
        return
    if not actor.is_staff:
        raise Conflict(
            _("この申請は、市役所の側で先に更新されました。最新の内容を確かめてください。")
        )
    last = history_of(subject_kind="case", subject_id=str(case.public_id), limit=1)
    what = last[0].sentence if last else _("ほかの職員が更新しました")
    raise Conflict(
        _("先に更新されています。「%(what)s」。最新の内容を確かめて、もう一度操作してください。")
        % {"what": what}
    )
