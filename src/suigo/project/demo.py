"""The demonstration: artificial people and about 300 artificial cases in every state.

Everything goes through the same actions that residents and clerks use, so what it shows is what
the product does. The same seed gives the same people and cases, seen from today.
"""

import io
import random
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from PIL import Image, ImageDraw

from suigo.engines.cases import actions as cases
from suigo.engines.cases.actions.correcting import answer_correction
from suigo.engines.cases.actions.drafts import seal_number
from suigo.engines.cases.actions.tallying import Counted, write_samples
from suigo.engines.cases.actions.transitions import CaseMoved, Given, take_action
from suigo.engines.cases.actions.work import add_note, assign, mark_checklist
from suigo.engines.cases.queries.figures import measured
from suigo.engines.cases.queries.procedures import is_open, procedures
from suigo.engines.cases.rules.arrival import NO_ARRIVAL, Arrival
from suigo.engines.cases.rules.loading import Procedure
from suigo.engines.cases.spec import Action
from suigo.engines.documents.actions import store_file
from suigo.engines.forms.rules import check, evaluate, replace_at
from suigo.engines.forms.rules.answers import Answers
from suigo.engines.forms.rules.examples import (
    FAMILY_NAMES,
    GIVEN_NAMES,
    Material,
    example_answers,
)
from suigo.engines.forms.spec import FileField, NameField
from suigo.engines.forms.spec.fields import AnswerField
from suigo.engines.identity.actions import create_staff, hold_post
from suigo.engines.identity.actions.demonstration import (
    create_demonstration_resident,
    demonstration_exists,
)
from suigo.engines.identity.queries import organisation
from suigo.engines.identity.spec import Post
from suigo.kernel.access import SYSTEM, Actor, Assurance
from suigo.kernel.clock import local_date
from suigo.kernel.content import city
from suigo.kernel.japanese.postal import towns_of
from suigo.project.demo_signing import send_signed

PASSWORD = "suigo-demonstration"  # noqa: S105 - printed at every start of a demonstration
DAYS_BACK = 75
CALL = Arrival(
    caller="見本　一葉", relation="長女", identity="questions", consent_read=True, by_post=True
)
EXAMPLES_PER_PROCEDURE = 6
CARDS = {1: "unknown", 3: "other"}  # of every five applications that nobody decided yet

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class SignIn:
    """A way into the demonstration, as ``./suigo run`` prints it."""

    role: str
    address: str
    email: str
    password: str | None


RESIDENTS = (
    ("hanako@example.jp", "見本　花子", "ミホン　ハナコ"),
    ("taro@example.jp", "試験　太郎", "シケン　タロウ"),
    ("midori@example.jp", "例示　みどり", "レイジ　ミドリ"),
)


def sign_ins() -> list[SignIn]:
    """Who can sign in to the demonstration, and where."""
    staff = [
        SignIn(organisation().title_of(post), "/staff/sign-in/", email, PASSWORD)
        for post, email in staff_posts()
    ]
    residents = [SignIn(name, "/sign-in/", email, None) for email, name, _kana in RESIDENTS[:1]]
    return residents + staff


def staff_posts() -> list[tuple[str, str]]:
    """Posts and addresses of the people of the demonstration.

    For every department that has procedures somebody who checks, somebody who hands out work and
    somebody who decides, three different people where the city's posts allow it; then who
    inspects the records, and an administrator.
    """
    org = organisation()
    wanted: dict[str, str] = {}

    def take(posts: Iterable[Post], email: str, needs: set[str], without: set[str]) -> None:
        able = [p for p in posts if p.id not in wanted and needs <= org.capabilities_of(p.id)]
        plain = [p for p in able if not without & org.capabilities_of(p.id)]
        if chosen := next(iter(plain or able), None):
            wanted[chosen.id] = email

    for department in dict.fromkeys(p.spec.service.department for p in procedures()):
        posts = org.posts_of(department)
        # first whoever may open individual numbers, so that all of the work can be shown
        handlers = sorted(posts, key=lambda p: "mynumber.view" not in org.capabilities_of(p.id))
        above = {"cases.decide", "cases.assign"}
        take(handlers, f"{department}-clerk@example.jp", {"cases.check"}, above)
        take(posts, f"{department}-head@example.jp", {"cases.decide"}, {"cases.check"})
        take(posts, f"{department}-chief@example.jp", {"cases.assign"}, {"cases.decide"})
    for needs in ({"audit.view", "documents.purge"}, {"audit.view"}, {"documents.purge"}):
        if not any(needs <= org.capabilities_of(post) for post in wanted):
            for post in org.spec.posts:
                if needs <= org.capabilities_of(post.id):
                    wanted[post.id] = f"{post.id}@example.jp"
                    break
    for post in org.spec.posts:
        if "identity.manage" in org.capabilities_of(post.id):
            wanted.setdefault(post.id, "admin@example.jp")
            break
    return list(wanted.items())


def ensure_demo(*, now: datetime, say: Say = lambda _text: None) -> bool:
    """Make the demonstration's people and cases unless they exist; returns whether it did.

    All or nothing: killed half-way, the next start begins anew.
    """
    if settings.SUIGO_ENV == "production" or demonstration_exists():
        return False
    with transaction.atomic(), translation.override("ja"):
        staff = _make_staff(now=now)
        residents = _make_residents(now=now)
        _Cases(staff, residents, now, say).make()
        _make_tallies(today=local_date(now))
    return True


def _make_tallies(*, today: date) -> None:
    """Views and steps of the past weeks as they could have been: marked as samples on every screen,
    the same each time, and never fewer than the applications that were sent."""
    since = today - timedelta(days=DAYS_BACK)
    sent = measured([p.id for p in procedures()], since=since, until=today)
    counts: dict[Counted, int] = {}
    for procedure in procedures():
        pages = [page.id for page in procedure.spec.form.pages]
        for day, number in sent[procedure.id].sent_on.items():
            left = number
            for step in ["check", *reversed(pages[1:])]:
                counts[Counted(day, procedure.id, "step", step, "web")] = left
                left += (day.toordinal() + len(step)) % 3 == 0
            # those that were sent have been counted when they began
            counts[Counted(day, procedure.id, "start", "", "web")] = left - number
            views = left * (3 + day.toordinal() % 4)
            counts[Counted(day, procedure.id, "view", "", "web")] = views
    write_samples(counts)


def _make_staff(*, now: datetime) -> dict[str, Actor]:
    """Demonstration staff by post."""
    chance = random.Random("staff")  # noqa: S311 - artificial people, not secrets
    org = organisation()
    people: dict[str, Actor] = {}
    for number, (post, email) in enumerate(staff_posts()):
        family = FAMILY_NAMES[number % len(FAMILY_NAMES)]
        given = chance.choice(GIVEN_NAMES)
        made = create_staff(
            SYSTEM,
            email=email,
            name=f"{family[0]}　{given[0]}",
            name_kana=f"{family[1]}　{given[1]}",
            now=now,
            password=PASSWORD,
            must_enrol_totp=False,
            is_demo=True,
        )
        today = local_date(now)
        start = today - timedelta(days=DAYS_BACK + 30)
        hold_post(SYSTEM, made.public_id, post=post, valid_from=start, valid_to=None, now=now)
        people[post] = Actor(
            kind="staff",
            account_id=made.id,
            name=f"{family[0]}　{given[0]}",
            email=email,
            assurance=Assurance.IDENTITY,
            departments=frozenset({org.posts[post].department}),
            capabilities=org.capabilities_of(post),
            posts=(post,),
        )
    return people


def _make_residents(*, now: datetime) -> list[Actor]:
    made = []
    for email, name, kana in RESIDENTS:
        account = create_demonstration_resident(
            SYSTEM, email=email, name=name, name_kana=kana, now=now
        )
        made.append(
            Actor(
                kind="resident",
                account_id=account,
                name=name,
                email=email,
                assurance=Assurance.CONTACT,
            )
        )
    return made


@dataclass(slots=True)
class _Case:
    """A case on its way: what is still to be done with it, and who it belongs to."""

    procedure: Procedure
    owner: Actor
    channel: str
    answers: Answers
    steps: deque[Action]
    state: CaseMoved | None = None
    correct: list[str] = field(default_factory=list)


class _Cases:
    """Makes the cases as a calendar of moments, so that the ledger is in the order of time."""

    def __init__(
        self, staff: dict[str, Actor], residents: list[Actor], now: datetime, say: Say
    ) -> None:
        self.staff = staff
        self.residents = residents
        self.now = now
        self.say = say
        self.chance = random.Random("cases")  # noqa: S311 - artificial cases, not secrets
        self.files: dict[tuple[int, str], str] = {}
        self.examples: dict[tuple[str, int], Answers] = {}
        self.current: Actor = residents[0]
        self.sent = 0
        elsewhere = list(Material().towns)
        towns = [
            (area.postal_code, area.prefecture, area.city, area.town)
            for area in towns_of(city().spec.code[:5])
        ]
        self.material = Material(
            # one address in seven lies outside: somebody moves, somebody helps from afar
            towns=towns + elsewhere * (len(towns) // 6 + 1),
            seal=seal_number,
            file_ids=lambda spec: [self._file(spec)],
        )

    def make(self) -> None:
        calendar: list[tuple[datetime, int, _Case]] = []
        for number in range(settings.SUIGO_DEMO_CASES):
            received = self._received(number)
            case = self._plan(number, received)
            if case is None:
                continue
            room = max(timedelta(hours=1), (self.now - received) / (len(case.steps) + 2))
            moments = [received + room * step for step in range(len(case.steps) + 1)]
            calendar += [(min(m, self.now), number, case) for m in moments]
        calendar.sort(key=lambda entry: (entry[0], entry[1]))
        for done, (moment, _number, case) in enumerate(calendar):
            self._advance(case, moment)
            if done % 100 == 0:
                self.say(f"{done}/{len(calendar)}")

    def _received(self, number: int) -> datetime:
        """Office hours for the counter, any hour on line; more of them lately."""
        back = DAYS_BACK * (self.chance.random() ** 1.6)
        return self.now - timedelta(days=back, minutes=number % 60 + 5)

    def _plan(self, number: int, received: datetime) -> _Case | None:
        day = local_date(received)
        open_ones = [p for p in procedures() if is_open(p.spec.service, today=day)]
        if not open_ones:
            return None
        procedure = open_ones[number % len(open_ones)]
        state = self.chance.choice(procedure.spec.workflow.states).id
        department = procedure.spec.service.department
        # one person at the desk, because answers are shared among the cases of one owner
        desk = self._able(department, "cases.enter")[:1]
        on_line = self.chance.random() < 0.62
        by_themselves = (on_line and number % 7 == 0) or not desk
        owner = self.chance.choice(self.residents) if by_themselves else desk[0]
        channel = "web" if owner.is_resident else self.chance.choice(["counter", "phone", "paper"])
        self.current = owner
        answers = self._answers(procedure, number, day)
        steps = _way(procedure, state)
        return _Case(procedure, owner, channel, answers, deque(steps))

    def _answers(self, procedure: Procedure, number: int, day: date) -> Answers:
        """An example with a name of its own. Examples are shared while they fit the day, since
        making one is slow."""
        which = number // 5 % EXAMPLES_PER_PROCEDURE
        key = (f"{procedure.id}/{self.current.account_id}", which)
        answers = self.examples.get(key)
        if answers is None or not check(procedure.form, answers, today=day).ok:
            answers = self.examples[key] = example_answers(
                procedure.form,
                today=day,
                seed=number,
                maximal=which % 3 == 2,
                material=self.material,
            )
        family = self.chance.choice(FAMILY_NAMES)
        given = self.chance.choice(GIVEN_NAMES)
        path = procedure.spec.service.applicant_name
        if not isinstance(procedure.form.nodes[path].field, NameField):
            return answers  # an organisation, or somebody who need not say who they are
        name = {
            "family": family[0],
            "given": given[0],
            "family_kana": family[1],
            "given_kana": given[1],
        }
        return replace_at(answers, path, name)

    def _able(self, department: str, capability: str) -> list[Actor]:
        """Who does this kind of work there: nobody both checks and decides while others can."""
        able = [
            actor
            for actor in self.staff.values()
            if department in actor.departments and actor.can(capability)
        ]
        other = "cases.check" if capability == "cases.decide" else "cases.decide"
        return [actor for actor in able if not actor.can(other)] or able

    def _clerk(self, department: str, capability: str) -> Actor:
        able = self._able(department, capability)
        if not able:
            raise LookupError(f"nobody in {department} holds {capability}")
        return self.chance.choice(able)

    def _assign(self, case: _Case, department: str, moment: datetime) -> None:
        """Somebody who may hands the case to one of those who check."""
        assert case.state is not None
        to = self._clerk(department, "cases.check").account_id
        by, version = self._clerk(department, "cases.assign"), case.state.version
        if to == by.account_id and case.procedure.spec.service.sensitive:
            return  # whoever takes a sensitive case says why first
        assign(case.state.case_id, to_account_id=to, actor=by, version=version, now=moment)
        case.state = _bumped(case.state)

    def _file(self, spec: FileField) -> str:
        """A picture that says it is a sample, once per owner and field."""
        key = (self.current.account_id or 0, spec.id)
        if key not in self.files:
            kept = store_file(
                self.current,
                name=f"{spec.label.ja}（サンプル）.png",
                content_type_claimed="image/png",
                stream=io.BytesIO(_sample_picture(len(self.files))),
                accept=("image",),
                owner_token=PASSWORD,
                now=self.now,
            )
            self.files[key] = str(kept.public_id)
        return self.files[key]

    def _advance(self, case: _Case, moment: datetime) -> None:
        if case.state is None:
            self._receive(case, moment)
        elif case.steps:
            self._step(case, case.steps.popleft(), moment)

    def _receive(self, case: _Case, moment: datetime) -> None:
        draft = cases.start_draft(
            case.procedure.id,
            actor=case.owner,
            now=moment,
            channel=case.channel,
            answers=case.answers,
            arrival=CALL if case.channel == "phone" else NO_ARRIVAL,
        )
        self.sent += 1
        undecided = all(step.kind != "decide" for step in case.steps)
        receipt = send_signed(
            draft,
            case.procedure.spec.service,
            actor=case.owner,
            now=moment,
            channel=case.channel,
            # what has to wait for a member of staff can't have been decided
            card=CARDS.get(self.sent % 5, "own") if undecided else "own",
        )
        start = case.procedure.spec.workflow.start
        phase = case.procedure.spec.workflow.state(start).phase
        case.state = CaseMoved(receipt.case_id, receipt.number, start, phase, 1)

    def _step(self, case: _Case, action: Action, moment: datetime) -> None:
        assert case.state is not None
        case_id = case.state.case_id
        department = case.procedure.spec.service.department
        if action.kind == "answer_correction" or action.who == "applicant":
            case.state = self._applicant_step(case, action, case.owner, moment)
            return
        actor = self._clerk(department, action.capability or "cases.check")
        if self.chance.random() < 0.5 and self._able(department, "cases.assign"):
            self._assign(case, department, moment)
        if action.checklist:
            checker = self._clerk(department, "cases.check")
            for item in case.procedure.spec.checklist:
                mark_checklist(case_id, item.id, ticked=True, actor=checker, now=moment)
        if self.chance.random() < 0.15:
            writer = self._clerk(department, "cases.check")
            add_note(case_id, text="電話で本人に確認済み（見本のメモ）", actor=writer, now=moment)
        case.state = take_action(
            case_id,
            action.id,
            actor=actor,
            version=case.state.version,
            now=moment,
            given=self._given(case, action, moment),
        )

    def _applicant_step(
        self, case: _Case, action: Action, owner: Actor, moment: datetime
    ) -> CaseMoved:
        assert case.state is not None
        case_id, version = case.state.case_id, case.state.version
        if action.kind == "answer_correction":
            read = answer_correction(case_id, posted={}, actor=owner, version=version, now=moment)
            assert read.moved is not None, read.errors
            return read.moved
        inputs = case.procedure.inputs(action)
        self.current = owner
        added: Answers = {}
        if inputs is not None:
            today = local_date(moment)
            added = example_answers(inputs, today=today, seed=1, material=self.material)
        given = Given(reason="見本のため", decision=added)
        return take_action(
            case_id,
            action.id,
            actor=owner,
            version=version,
            now=moment,
            given=given,
            owner_token=PASSWORD,  # whose the sample files are
        )

    def _given(self, case: _Case, action: Action, moment: datetime) -> Given:
        today = local_date(moment)
        inputs = case.procedure.inputs(action)
        decision = example_answers(inputs, today=today, seed=1) if inputs is not None else {}
        items: dict[str, str] = {}
        if action.kind == "request_correction":
            shown = evaluate(case.procedure.form, case.answers, today=today).shown
            paths = [p for p, node in shown.items() if isinstance(node.field, AnswerField)]
            for path in self.chance.sample(paths, min(2, len(paths))):
                items[path] = "書類の記載と合っているか、もう一度ご確認ください（見本）。"
        return Given(
            decision=decision,
            reason="見本のため" if action.reason else "",
            items=items,
            message="確認のお願いです（見本）。" if items else "",
            correction_due_date=today + timedelta(days=14) if items else None,
        )


def _bumped(state: CaseMoved) -> CaseMoved:
    """The same standing, one version later."""
    return CaseMoved(state.case_id, state.number, state.state, state.phase, state.version + 1)


def _way(procedure: Procedure, target: str) -> list[Action]:
    """A shortest way from the start to ``target``."""
    workflow = procedure.spec.workflow
    queue: deque[tuple[str, list[Action]]] = deque([(workflow.start, [])])
    seen = {workflow.start}
    while queue:
        state, way = queue.popleft()
        if state == target:
            return way
        for action in workflow.actions:
            if state in action.from_ and action.to not in seen:
                seen.add(action.to)
                queue.append((action.to, [*way, action]))
    return []


def _sample_picture(number: int) -> bytes:
    """A small picture with a frame, different for every number."""
    picture = Image.new("RGB", (640, 440), (250, 248, 255))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((20, 20, 620, 420), outline=(90, 60, 140), width=6)
    pen.text((60, 60), f"SAMPLE {number:04d}", fill=(90, 60, 140), font_size=56)
    pen.text((60, 160), "demonstration only", fill=(60, 60, 60), font_size=32)
    out = io.BytesIO()
    picture.save(out, format="PNG")
    return out.getvalue()
