"""What a node of the tests can be told to do (``node.py`` runs one of these in a fork)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management import call_command
from django.db.models import Count
from django.test import Client
from django.urls import get_resolver

from engines.cases import world
from suigo.engines.cases import actions
from suigo.engines.cases.actions.mirroring import APPLICANT
from suigo.engines.cases.models import Case, CaseFile, CaseLetter
from suigo.engines.cases.queries.procedures import procedures
from suigo.engines.documents.actions import store_file
from suigo.engines.documents.queries import briefs, open_file
from suigo.engines.identity.models import Account
from suigo.engines.identity.providers import SignedDigest
from suigo.engines.identity.queries import organisation
from suigo.engines.identity.sessions import SessionStore
from suigo.engines.notices.actions import BODY_PURPOSE, deliver
from suigo.engines.notices.library import library
from suigo.engines.notices.models import Message
from suigo.engines.signing.actions.rehearsing import rehearsal_card
from suigo.engines.signing.queries import signatures_of
from suigo.kernel import clock
from suigo.kernel.access import SYSTEM, Actor, Assurance
from suigo.kernel.audit.models import AuditEntry
from suigo.kernel.audit.queries import verify_chain
from suigo.kernel.content.calendar import working_days
from suigo.kernel.crypto import open_sealed
from suigo.kernel.errors import SuigoError
from suigo.services.bridge import actions as bridge
from suigo.services.bridge import configuration, queries
from suigo.services.bridge.actions import receiving
from suigo.services.bridge.models import HeldItem, InPacket, OutItem, SetAside, Standing
from suigo.services.bridge.rules import contents, packets

Command = Callable[..., Any]
COMMANDS: dict[str, Command] = {}


def command(function: Command) -> Command:
    """Let a node be told to do this."""
    COMMANDS[function.__name__] = function
    return function


@command
def migrate() -> None:
    call_command("migrate", verbosity=0)


@command
def people() -> dict[str, int]:
    """A resident (outer node), or the staff of the library (inner node)."""

    if settings.SUIGO_ZONE == "outer":
        return {"resident": world.resident().account_id or 0}
    desk = world.desk()
    return {"clerk": desk.clerk.account_id or 0, "head": desk.head.account_id or 0}


def actor(post: str = "") -> Any:
    if not post:
        found = Account.objects.get(kind="resident")
        return Actor(
            kind="resident",
            account_id=found.pk,
            name=found.name,
            email=found.email,
            assurance=Assurance.CONTACT,
        )
    found = Account.objects.get(email__startswith=post)
    org = organisation()
    return Actor(
        kind="staff",
        account_id=found.pk,
        name=found.name,
        assurance=Assurance.IDENTITY,
        departments=frozenset({org.posts[post].department}),
        capabilities=org.capabilities_of(post),
        posts=(post,),
    )


@command
def submit(*, now: str, wishes: str, file: int = 0, signed: bool = False) -> dict[str, Any]:
    """A resident applies, with a file of so many bytes, and signs if they are told to."""

    at, who = datetime.fromisoformat(now), actor()
    given = world.answers(wishes=wishes)
    if file:
        content = (wishes + "\n").encode() * (file // len(wishes.encode()) + 1)
        given["proof"] = [
            str(
                store_file(
                    who,
                    name="proof.txt",
                    content_type_claimed="text/plain",
                    stream=BytesIO(content),
                    accept=("text", "pdf", "image"),
                    owner_token="",
                    now=at,
                ).public_id
            )
        ]
    draft = actions.start_draft(world.CARD, actor=who, now=at, answers=given)
    if signed:
        prepared = actions.prepare_signature(draft, actor=who, now=at, language="ja")
        card = rehearsal_card(prepared.digest, "own", now=at)
        done = SignedDigest(prepared.digest, card.sign(prepared.digest), card.der)
        actions.complete_signature(draft, done, actor=who, now=at)
    receipt = actions.submit_application(draft, actor=who, now=at, language="ja")
    return {"id": str(receipt.case_id), "number": receipt.number}


@command
def signatures(*, case: str) -> list[list[str]]:
    """What was found about a case's signatures."""
    return [[brief.result, brief.verdict] for brief in signatures_of(UUID(case))]


@command
def act(*, case: str, action: str, post: str, now: str, **given: Any) -> str:
    """Staff (``post``), or the applicant, take an action if it is possible now."""

    at, who = datetime.fromisoformat(now), actor(post)
    found = Case.objects.filter(public_id=case).first()
    if found is None:
        return "unknown"
    if action == "answer_correction":
        given = {"answers": {**found.answers, **given["answers"]}}
    try:
        if action == "approve":
            world.tick_all(found, actor("library-officer"), at)
        moved = actions.take_action(
            UUID(case),
            action,
            actor=who,
            version=found.version,
            now=at,
            given=actions.Given(**given),
        )
    except SuigoError as refused:
        return f"refused: {refused}"
    return moved.state


@command
def letters(*, now: str) -> int:
    """What the worker does: print the letters that wait."""

    waiting = list(CaseLetter.objects.filter(issued_at=None).values_list("public_id", flat=True))
    for letter in waiting:
        actions.issue_letter(letter, now=datetime.fromisoformat(now))
    return len(waiting)


@command
def mails(*, now: str) -> int:
    """What the worker does on the inner node: messages to residents go to the bridge."""

    later = datetime.fromisoformat(now) + timedelta(days=1)  # whatever hour it is
    waiting = Message.objects.filter(state="queued", channel="bridge")
    found = list(waiting.values_list("pk", flat=True))
    for message in found:
        deliver(message, now=later)
    return len(found)


@command
def send(*, directory: str, now: str) -> list[int]:
    sent = bridge.send(Path(directory), now=datetime.fromisoformat(now))
    return [sent.items, sent.packets]


@command
def receive(*, directory: str, now: str) -> list[int]:
    done = bridge.receive(Path(directory), now=datetime.fromisoformat(now))
    return [done.taken, done.known, done.later, done.set_aside]


@command
def enter(*, now: str) -> dict[str, Any]:
    """Somebody at the desk of the inner node has a clerk enter an application."""
    at, who = datetime.fromisoformat(now), actor("library-chief")
    draft = actions.start_draft(
        world.CARD, actor=who, now=at, channel="counter", answers=world.answers()
    )
    receipt = actions.submit_application(draft, actor=who, now=at, language="ja")
    return {"id": str(receipt.case_id), "number": receipt.number}


@command
def mail_about(*, words: str) -> list[str]:
    """Bodies of messages that hold these words."""
    bodies = [
        f"{m.subject}\n{open_sealed(m.sealed_body, purpose=BODY_PURPOSE)}"
        for m in Message.objects.order_by("pk")
    ]
    return [body for body in bodies if words in body]


@command
def page(*, case: str) -> str:
    """The applicant's page of a case."""
    account = Account.objects.get(kind="resident")
    store = SessionStore()
    store.begin(
        account, assurance=Assurance.CONTACT, device="Firefox", keep_data=False, now=clock.now()
    )
    store.save()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = store.session_key or ""
    answer = client.get(f"/my/applications/{case}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


@command
def restart(*, now: str) -> str:
    """After a restore: a new stream."""
    return str(bridge.restart(SYSTEM, now=datetime.fromisoformat(now)))


@command
def accept(*, stream: str, now: str) -> None:
    """Take the other node's new stream."""
    bridge.accept(UUID(stream), SYSTEM, now=datetime.fromisoformat(now))


@command
def waiting() -> int:
    """What is not known to have arrived."""
    return queries.condition().waiting


@command
def state() -> dict[str, Any]:
    """Everything that must agree between the nodes, by case."""

    cases = {}
    for case in Case.objects.order_by("number"):
        files = CaseFile.objects.filter(case=case).values_list("file_id", flat=True)
        issued = CaseLetter.objects.filter(case=case, file_id__isnull=False)
        contents = {
            str(i): sha256(b"".join(open_file(b))).hexdigest() for i, b in briefs(files).items()
        }
        letters_read = {
            str(letter.public_id): sha256(
                b"".join(open_file(briefs([letter.file_id])[letter.file_id]))
            ).hexdigest()
            for letter in issued
            if letter.file_id is not None
        }
        cases[str(case.public_id)] = {
            "number": case.number,
            "answers": case.answers,
            "definition": case.definition_id,
            "received_at": case.received_at.isoformat(),
            "due_date": case.due_date.isoformat(),
            "state": case.state,
            "outcome": case.outcome,
            "corrections": [
                [c.requested_at.isoformat(), bool(c.answered_at), bool(c.cancelled_at)]
                for c in case.corrections.order_by("requested_at")
            ],
            "files": contents,
            "letters": letters_read,
            "refused": case.refused_steps.count(),
        }
    told = Message.objects.values("subject", "address").annotate(count=Count("id"))
    return {
        "cases": cases,
        "messages": sorted([m["subject"], m["count"]] for m in told),
        "bridge_messages": OutItem.objects.filter(kind="message").count(),
        "relayed": Message.objects.filter(template="bridge").count(),
        "refused": OutItem.objects.filter(kind="refused").count(),
        "sent_keys": sorted(OutItem.objects.values_list("key", flat=True)),
        "waiting": queries.condition().waiting,
        "steps_sent": OutItem.objects.filter(kind="step").count(),
        "steps_done": AuditEntry.objects.filter(
            actor_name=APPLICANT.name, subject_kind="case"
        ).count(),
        "received_keys": sorted(InPacket.objects.exclude(key=None).values_list("key", flat=True)),
        "held": list(HeldItem.objects.values_list("kind", "reason")),
        "set_aside": list(SetAside.objects.values_list("reason", flat=True)),
        "ledger": verify_chain().broken is None,
    }


def warm_up() -> None:
    """Read what every fork would read again: the city's folder, and the addresses."""
    assert get_resolver().url_patterns
    procedures()
    library()
    organisation()
    working_days()


def without_the_guard() -> None:
    """The control: what a packet says is carried out, and committed, before the stream advances."""
    take, one_transaction = receiving.take, receiving._take

    def two_transactions(found: Any, *, now: datetime) -> str:
        standing = Standing.objects.filter(pk=1).first()
        if found.number == (standing.in_number if standing else 0) + 1:
            packet = packets.read(
                found.path.read_bytes(),
                zone=configuration.this_zone(),
                peers=configuration.peers(),
            )
            content = contents.unpack(packets.unlock(packet, keys=configuration.keys()))
            if isinstance(content, contents.Item):
                take(content, now=now)
                receiving.take = lambda *_item, **_now: True
        try:
            return one_transaction(found, now=now)
        finally:
            receiving.take = take

    receiving._take = two_transactions
