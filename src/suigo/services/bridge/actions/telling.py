"""Writing down what the other node has to hear, in the transaction that it happened in."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from suigo.engines.cases.providers import Step
from suigo.engines.cases.queries.mirroring import plain, standing_of, step_of, submission_of
from suigo.engines.notices.providers import Outgoing
from suigo.kernel import clock, crypto
from suigo.kernel.ids import new_id
from suigo.services.bridge import configuration
from suigo.services.bridge.models import Link, OutItem
from suigo.services.bridge.rules.packets import canonical

PURPOSE = "bridge.item"


def tell(
    kind: str,
    key: str,
    *,
    subject: str,
    body: dict[str, Any],
    files: Sequence[UUID] = (),
    now: datetime,
) -> None:
    """Tell something once: the same ``key`` again changes nothing."""
    OutItem.objects.bulk_create(
        [
            OutItem(
                kind=kind,
                key=key,
                subject=subject,
                sealed=crypto.seal(json.dumps(body, ensure_ascii=False), purpose=PURPOSE),
                files=[str(file_id) for file_id in files],
                created_at=now,
            )
        ],
        ignore_conflicts=True,
    )


class CaseRelay:
    """What the engine cases tells; it does nothing where there is only one node."""

    def decides_elsewhere(self) -> bool:
        """The residents' node keeps copies."""
        return configuration.zone() == "outer"

    def received(self, case_id: UUID, *, now: datetime) -> None:
        """The residents' node received an application."""
        if configuration.zone() != "outer":
            return
        Link.objects.create(case_id=case_id)
        tell_case(case_id, steps=0, now=now)

    def moved(self, case_id: UUID, step: Step | None, *, now: datetime) -> None:
        """The applicant did something (outer node), or the city did (inner node)."""
        match configuration.zone():
            case "outer" if step is not None:
                tell_step(case_id, step, now=now)
            case "inner":
                tell_standing(case_id, now=now)


def tell_case(case_id: UUID, *, steps: int, now: datetime) -> None:
    """Have the inner node make a case, of which it has to do no more than what comes after
    ``steps``."""
    told = submission_of(case_id)
    tell(
        "case",
        f"case:{case_id}",
        subject=str(case_id),
        body={**told.document, "steps": steps},
        files=told.files,
        now=now,
    )


def tell_step(case_id: UUID, step: Step, *, now: datetime) -> None:
    """Have the inner node do what the applicant did here."""
    link = Link.objects.select_for_update().filter(case_id=case_id).first()
    if link is None:
        return
    link.steps += 1
    link.save(update_fields=["steps"])
    told = step_of({**asdict(step), "correction": plain(step.correction)}, case_id)
    tell(
        "step",
        f"step:{new_id()}",  # its own even where a restored node counts the same steps again
        subject=str(case_id),
        body={"at": now.isoformat(), "number": link.steps, "step": told.document},
        files=told.files,
        now=now,
    )


def tell_standing(case_id: UUID, *, now: datetime) -> None:
    """Have the outer node show where one of its cases stands; nothing for a case of ours alone, or
    when nothing changed that its applicant sees."""
    link = Link.objects.select_for_update().filter(case_id=case_id).first()
    if link is None:
        return
    told = standing_of(case_id)
    body = {"steps": link.steps, "standing": told.document}
    digest = hashlib.sha256(canonical(body)).hexdigest()
    if digest == link.told:
        return
    link.told = digest
    link.save(update_fields=["told"])
    tell(
        "standing",
        f"standing:{new_id()}",
        subject=str(case_id),
        body=body,
        files=told.files,
        now=now,
    )


class BridgeMail:
    """The channel of messages to residents on the inner node, which has no mail of its own."""

    def send(self, message: Outgoing) -> None:
        """Hand a message to the bridge; the same one again is still one."""
        tell(
            "message",
            f"message:{message.message_id}"[:200],
            subject="",
            body=asdict(message),
            now=clock.now(),
        )


RELAY = CaseRelay()
MAIL = BridgeMail()
