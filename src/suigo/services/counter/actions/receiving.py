"""The end of the asking: the resident agrees and signs, and everything is received at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from suigo.engines.cases.actions import enclose_files, submit_together, take_over_drafts
from suigo.kernel.access import SYSTEM, Actor
from suigo.kernel.errors import Conflict, Invalid, NotFound, Refused
from suigo.services.counter.actions.visits import enter_phase, locked, note
from suigo.services.counter.models import Item, Memo
from suigo.services.counter.queries.content import counters
from suigo.services.counter.queries.visits import digest_of, entered, view_of

LONGEST_MEMO = 1000


@dataclass(frozen=True, slots=True)
class Received:
    """The numbers given, by procedure. ``created`` is false when they were there already."""

    numbers: Mapping[str, str]
    created: bool


@transaction.atomic
def sign_on_paper(public_id: UUID, *, digest: str, actor: Actor, now: datetime) -> None:
    """The resident checked what was printed or shown, and signs the printed set.

    ``digest`` is what the clerk's page showed. Raises ``Conflict`` when something has changed.
    """
    visit = locked(actor, public_id)
    view = view_of(visit)
    if digest != digest_of(view, entered(view, actor, now=now)):
        raise Conflict(_("内容が変わりました。もう一度、住民の方に見てもらってください。"))
    visit.agreed_digest, visit.agreed_at = digest, now
    visit.signature, visit.signed_digest, visit.signed_at = "paper", digest, now
    visit.signature_file = None
    visit.save(
        update_fields=[
            "agreed_digest",
            "agreed_at",
            "signature",
            "signed_digest",
            "signed_at",
            "signature_file",
        ]
    )
    note("counter.signed", actor, visit, now, {"way": "paper", "digest": digest})


@transaction.atomic
def receive_visit(public_id: UUID, *, actor: Actor, now: datetime) -> Received:
    """Make cases of all applications of the visit: all of them or none, and once however often
    the button is pressed. The signature goes into each case.

    Raises ``Refused`` before the resident has signed what is received, ``Invalid`` with paths that
    begin with the procedure's id when something is missing.
    """
    visit = locked(actor, public_id)
    view = view_of(visit)
    applications = entered(view, actor, now=now)
    if not applications:
        if view.received:
            return Received({i.procedure_id: i.number for i in view.received}, created=False)
        raise Refused(_("受け付ける申請がありません。"))
    digest = digest_of(view, applications)
    if visit.signed_digest != digest:
        raise Refused(
            _("住民の方の確認と署名がまだです。内容を変えたときは、もう一度お願いします。")
        )
    by_draft = {application.draft.public_id: application.item for application in applications}
    try:
        receipts = submit_together(list(by_draft), actor=actor, now=now, language=visit.language)
    except Invalid as invalid:
        names = {str(draft): item.procedure_id for draft, item in by_draft.items()}
        raise Invalid(
            field_errors={
                f"{names[path[:36]]}.{path[37:]}": message
                for path, message in invalid.field_errors.items()
            }
        ) from invalid
    numbers = {}
    for draft, receipt in receipts.items():
        procedure = by_draft[draft].procedure_id
        numbers[procedure] = receipt.number
        Item.objects.filter(visit=visit, draft_id=draft).update(
            case_id=receipt.case_id, number=receipt.number, done_at=now
        )
        Item.objects.filter(visit=visit, procedure_id=procedure, today=True).update(done_at=now)
        if visit.signature_file is not None:
            enclose_files(receipt.case_id, [visit.signature_file], actor=SYSTEM, now=now)
    visit.received_at = now
    visit.save(update_fields=["received_at"])
    enter_phase(visit, "end", now=now)
    note(
        "counter.received",
        actor,
        visit,
        now,
        {"count": len(numbers), "numbers": sorted(numbers.values()), "way": visit.signature},
    )
    return Received(numbers, created=True)


@transaction.atomic
def start_checking(public_id: UUID, *, actor: Actor, now: datetime) -> None:
    """The resident looks at what was entered: from now on the time counts as checking."""
    enter_phase(locked(actor, public_id), "check", now=now)


@transaction.atomic
def mark_item(public_id: UUID, entry: str, *, done: bool, actor: Actor, now: datetime) -> None:
    """Tick off something that has no form here, such as 転入届. Raises ``NotFound``, ``Refused``
    for what was applied for: its number says that it is done."""
    visit = locked(actor, public_id)
    item = Item.objects.filter(visit=visit, entry=entry).first()
    if item is None:
        raise NotFound
    if item.draft_id is not None:
        raise Refused(_("この手続は、申請を受け付けると済みになります。"))
    item.done_at = now if done else None
    item.today = item.today or done
    item.save(update_fields=["done_at", "today"])
    note("counter.item-marked", actor, visit, now, {"title": item.title, "done": done})


@transaction.atomic
def hand_over(public_id: UUID, to_desk: str, text: str, *, actor: Actor, now: datetime) -> None:
    """Write to the next desk what was done and what comes next, and send the number on.

    Raises ``Refused`` for no such desk or too long a memo.
    """
    visit = locked(actor, public_id)
    target = counters().desk(to_desk)
    if target is None or target.id == visit.desk:
        raise Refused(_("引き継ぐ窓口を選んでください。"))
    if len(text) > LONGEST_MEMO:
        raise Refused(_("申し送りは1000文字以内で入力してください。"))
    Memo.objects.create(
        visit=visit,
        from_desk=visit.desk,
        to_desk=target.id,
        text=text.strip(),
        author_id=actor.account_id,
        written_at=now,
    )
    visit.desk, visit.window = target.id, None
    visit.save(update_fields=["desk", "window"])
    if visit.ticket is not None and visit.ticket.state == "called":
        ticket = visit.ticket
        ticket.state, ticket.window, ticket.at_desk = "waiting", None, target.id
        ticket.save(update_fields=["state", "window", "at_desk"])
    note("counter.handed-over", actor, visit, now, {"to": target.title.ja})


@transaction.atomic
def take_over(public_id: UUID, *, window: int | None, actor: Actor, now: datetime) -> None:
    """Go on with a visit that a colleague began, its applications included."""
    visit = locked(actor, public_id, begun=False)
    if visit.state != "open":
        raise Conflict(_("この来庁の応対は、もう終わっています。"))
    if visit.clerk_id == actor.account_id:
        return
    drafts = [item.draft_id for item in view_of(visit).entered if item.draft_id is not None]
    if drafts:
        take_over_drafts(drafts, actor=actor, now=now)
    visit.clerk_id = actor.account_id
    desk = counters().desk_at(window) if window is not None else None
    if desk is not None:
        visit.desk, visit.window = desk.id, window
    visit.save(update_fields=["clerk", "desk", "window"])
    note("counter.taken-over", actor, visit, now)
