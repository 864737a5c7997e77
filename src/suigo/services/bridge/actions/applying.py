"""Doing what an item says. Each function runs in the transaction that takes the item's packet."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import override

from suigo.engines.cases import actions as cases
from suigo.engines.notices.actions import take_relayed
from suigo.engines.notices.providers import Outgoing
from suigo.kernel.errors import Invalid, NotFound, SuigoError
from suigo.kernel.ids import new_id
from suigo.services.bridge import configuration
from suigo.services.bridge.actions.telling import tell, tell_standing
from suigo.services.bridge.models import Link
from suigo.services.bridge.rules.contents import Item


class NotYet(Exception):
    """The item can't be carried out now; the words say why, for staff."""


def carry_out(item: Item, *, now: datetime) -> None:
    """Do what an item of the other node says. Raises ``NotYet``: nothing was changed then."""
    action = BY_ZONE[configuration.this_zone()].get(item.kind)
    if action is None:
        raise NotYet(f"{item.kind}: unknown to this version of the program")
    try:
        with transaction.atomic():
            action(item, now)
    except Invalid as invalid:
        faults = "; ".join(f"{path}: {m}" for path, m in invalid.field_errors.items())
        raise NotYet(faults or str(invalid.message)) from invalid
    except SuigoError as refused:
        raise NotYet(str(refused.message)) from refused
    except (KeyError, TypeError, ValueError) as broken:
        raise NotYet(f"{type(broken).__name__}: {broken}") from broken


def _case(item: Item, now: datetime) -> None:
    """Inner node: an application arrives."""
    case_id = UUID(item.subject)
    cases.receive_submission(case_id, item.body, now=now)
    steps = int(item.body["steps"])
    Link.objects.get_or_create(case_id=case_id, defaults={"steps": steps})


def _step(item: Item, now: datetime) -> None:
    """Inner node: its applicant did something. Whether it fits or not, the outer node hears."""
    case_id, number = UUID(item.subject), int(item.body["number"])
    cases.lock_case(case_id)
    link = Link.objects.select_for_update().filter(case_id=case_id).first()
    if link is None:
        raise NotFound
    step: dict[str, Any] = item.body["step"]
    at = datetime.fromisoformat(item.body["at"])
    link.steps = number
    link.save(update_fields=["steps"])
    try:
        with transaction.atomic():
            cases.take_step(case_id, step, at=at, now=now)
    except SuigoError as refused:
        language = step["language"] if step["language"] in dict(settings.LANGUAGES) else "ja"
        with override(language):
            sentence = _sentence(refused)
        tell(
            "refused",
            f"refused:{new_id()}",
            subject=str(case_id),
            body={
                "action": step["action"],
                "sentence": sentence,
                "at": at.isoformat(),
            },
            now=now,
        )
    tell_standing(case_id, now=now)


def _sentence(refused: SuigoError) -> str:
    """Why it was refused, in the language that is spoken now."""
    if isinstance(refused, Invalid) and refused.field_errors:
        return " ".join(dict.fromkeys(str(m) for m in refused.field_errors.values()))
    return str(refused.message)


def _standing(item: Item, now: datetime) -> None:
    """Outer node: where a case stands. Of an answer that crossed with something its applicant did
    only the letters are taken: the inner node answers that too."""
    case_id = UUID(item.subject)
    cases.lock_case(case_id)
    link = Link.objects.select_for_update().filter(case_id=case_id).first()
    if link is None:
        raise NotFound
    whole = int(item.body["steps"]) >= link.steps
    cases.take_standing(case_id, item.body["standing"], whole=whole, now=now)


def _refused(item: Item, now: datetime) -> None:
    """Outer node: what an applicant did no longer fitted."""
    cases.note_refused_step(
        UUID(item.subject),
        action=str(item.body["action"]),
        sentence=str(item.body["sentence"]),
        at=datetime.fromisoformat(item.body["at"]),
        now=now,
    )


def _message(item: Item, now: datetime) -> None:
    """Outer node: a message to a resident."""
    take_relayed(Outgoing(**item.body), now=now)


BY_ZONE: dict[str, dict[str, Callable[[Item, datetime], None]]] = {
    "inner": {"case": _case, "step": _step},
    "outer": {"standing": _standing, "refused": _refused, "message": _message},
}
