"""Reading people, their posts and their sessions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from suigo.engines.identity import policy, rules
from suigo.engines.identity.models import (
    Account,
    ApiToken,
    Passkey,
    PostHolding,
    Session,
    SignInCode,
)
from suigo.engines.identity.organisation import Organisation, organisation
from suigo.engines.identity.queries.passkeys import (
    PasskeyLine,
    Proofs,
    other_ways_in,
    passkey_of,
    passkey_site,
    passkeys_of,
    proofs_of,
)
from suigo.engines.identity.queries.recoveries import (
    DOCUMENTS,
    RecoveryLine,
    objectionable,
    recoveries,
    recovery,
    recovery_to_tell,
)
from suigo.engines.identity.rules.posts import kind_title, lent
from suigo.engines.identity.sessions import SessionStore
from suigo.kernel import clock, crypto
from suigo.kernel.access import ANONYMOUS, Actor, Assurance, Channel
from suigo.kernel.errors import NotFound
from suigo.kernel.japanese.names import search_key

__all__ = [
    "DOCUMENTS",
    "Organisation",
    "PasskeyLine",
    "Proofs",
    "RecoveryLine",
    "objectionable",
    "organisation",
    "other_ways_in",
    "passkey_of",
    "passkey_site",
    "passkeys_of",
    "proofs_of",
    "recoveries",
    "recovery",
    "recovery_to_tell",
]

CODE_PURPOSE = "identity.sign-in-code"
PEOPLE_PER_PAGE = 50

# Two questions of nearly every staff page, written out: building the queries cost more than they.
POSTS_HELD = """
SELECT post, kind FROM identity_post_holding
WHERE account_id = %s AND valid_from_date <= %s AND (valid_to_date IS NULL OR valid_to_date > %s)
ORDER BY valid_from_date, id
"""
STAFF_OF_POSTS = """
SELECT id, public_id, kind, name, email, language FROM identity_account
WHERE kind = 'staff' AND is_active AND EXISTS (
    SELECT 1 FROM identity_post_holding
    WHERE account_id = identity_account.id AND post = ANY(%s)
        AND valid_from_date <= %s AND (valid_to_date IS NULL OR valid_to_date > %s))
ORDER BY sort_key, id
"""


@dataclass(frozen=True, slots=True)
class AccountBrief:
    """Enough to show somebody in a list or to write to them."""

    id: int
    public_id: UUID
    kind: str
    name: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class CodeToSend:
    """A sign-in code whose message is still to be written."""

    public_id: UUID
    address: str
    language: str
    digits: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session as its owner sees it. ``current`` is the one that is asking."""

    public_id: UUID
    device: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


def holdings_on(day: date) -> QuerySet[PostHolding]:
    """Posts held on ``day``, own ones and those held for somebody else."""
    ends_later = Q(valid_to_date=None) | Q(valid_to_date__gt=day)
    return PostHolding.objects.filter(ends_later, valid_from_date__lte=day)


def actor_of_account(
    account: Account,
    *,
    today: date,
    assurance: Assurance,
    channel: Channel,
    proved_at: datetime | None = None,
) -> Actor:
    """The actor an account is today. Staff cost one query (their posts), residents none.

    ``proved_at`` is when they last proved who they are, at this browser."""
    if account.kind == Account.Kind.RESIDENT:
        return Actor(
            kind="resident",
            account_id=account.pk,
            name=account.name,
            email=account.email or account.contact_email,
            assurance=assurance,
            channel=channel,
            language=account.language,
            proved_at=proved_at,
        )
    org = organisation()
    with connection.cursor() as cursor:
        cursor.execute(POSTS_HELD, [account.pk, today, today])
        held = [(post, kind) for post, kind in cursor.fetchall() if post in org.posts]
    return Actor(
        kind="staff",
        account_id=account.pk,
        name=account.name,
        email=account.email,
        assurance=assurance,
        departments=frozenset(org.posts[post].department for post, _ in held),
        capabilities=frozenset(c for post, _ in held for c in org.capabilities_of(post)),
        held=frozenset(
            (org.posts[post].department, c) for post, _ in held for c in org.capabilities_of(post)
        ),
        posts=tuple(post for post, _ in held),
        post_titles=tuple(f"{org.title_of(post)}{lent(kind)}" for post, kind in held),
        channel=channel,
        language=account.language,
        proved_at=proved_at,
        today=today,
    )


def actor_of_session(session: SessionStore, *, now: datetime) -> Actor:
    """Who a session belongs to; one query (two for staff)."""
    row = session.row
    if row is None or row.account is None:
        return ANONYMOUS
    return actor_of_account(
        row.account,
        today=clock.local_date(now),
        assurance=session.assurance(now),
        channel="web",
        proved_at=row.proved_at,
    )


def sessions_of(actor: Actor, *, current: UUID | None, now: datetime) -> list[SessionLine]:
    """The actor's own living sessions, the one used last first."""
    rows = Session.objects.filter(account_id=policy.account_id_of(actor), expire_date__gt=now)
    return [
        SessionLine(
            public_id=row.public_id,
            device=row.device,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            current=row.public_id == current,
        )
        for row in rows.order_by("-last_seen_at", "-created_at", "public_id")
    ]


def account_brief(ids: Iterable[int]) -> dict[int, AccountBrief]:
    """Several accounts by id in one query; ids that don't exist are left out."""
    return {a.pk: _brief(a) for a in Account.objects.filter(pk__in=set(ids)).order_by("pk")}


def staff_of_department(department: str, *, today: date) -> list[AccountBrief]:
    """Active staff holding a post of ``department`` today, in the order of their names."""
    posts = [post.id for post in organisation().posts_of(department)]
    with connection.cursor() as cursor:
        cursor.execute(STAFF_OF_POSTS, [posts, today, today])
        return [AccountBrief(*row) for row in cursor.fetchall()]


def _brief(account: Account) -> AccountBrief:
    return AccountBrief(
        id=account.pk,
        public_id=account.public_id,
        kind=account.kind,
        name=account.name,
        email=account.email or account.contact_email,
        language=account.language,
    )


def profile_of(actor: Actor) -> tuple[str, str, str]:
    """Name, kana and language of the actor. Raises ``NotFound``."""
    row = (
        Account.objects.filter(pk=policy.account_id_of(actor))
        .values_list("name", "name_kana", "language")
        .first()
    )
    if row is None:
        raise NotFound
    return row


def code_to_send(code_id: int, *, now: datetime) -> CodeToSend | None:
    """The code that ``SignInCodeIssued`` announced, or None when it is of no use any more."""
    code = SignInCode.objects.filter(pk=code_id, expires_at__gt=now, used_at=None).first()
    if code is None or not code.sealed_code:
        return None
    return CodeToSend(
        public_id=code.public_id,
        address=code.address,
        language=code.language,
        digits=crypto.open_sealed(code.sealed_code, purpose=CODE_PURPOSE),
        expires_at=code.expires_at,
    )


@dataclass(frozen=True, slots=True)
class HoldingLine:
    """One post of somebody, as the people page shows it."""

    public_id: UUID
    post: str
    title: str
    valid_from: date
    valid_to: date | None
    today: bool
    kind: str
    substitute_for: str  # the name of the person represented, else empty

    @property
    def kind_title(self) -> str:
        """How it is held, in words; empty for somebody's own post."""
        return kind_title(self.kind)

    @property
    def last_day(self) -> date | None:
        """The last day on which the post is held: people don't think in half-open periods."""
        return self.valid_to - timedelta(days=1) if self.valid_to else None


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff, as administrators see them."""

    id: int
    public_id: UUID
    name: str
    name_kana: str
    email: str
    is_active: bool
    is_demo: bool
    has_totp: bool
    has_passkey: bool
    waits_for_password: bool
    holdings: tuple[HoldingLine, ...]


def people(
    actor: Actor, *, today: date, department: str = "", search: str = "", after: str = ""
) -> tuple[list[Person], str]:
    """A page of staff in the order of their names, and the key of the next page (empty: last).

    ``search`` is a part of a name, a reading or an e-mail address. Raises ``Forbidden`` without
    ``identity.manage``.
    """
    actor.require(policy.MANAGE)
    staff = _staff_rows()
    if department:
        posts = [post.id for post in organisation().posts_of(department)]
        staff = staff.filter(holdings__in=holdings_on(today).filter(post__in=posts)).distinct()
    if search:
        address = rules.normalised_address(search)
        staff = staff.filter(
            Q(search_key__contains=search_key(search)) | Q(email__contains=address)
        )
    sort_key, _, pk = after.rpartition("~")
    if pk.isdecimal():
        later = Q(sort_key__gt=sort_key) | Q(sort_key=sort_key, pk__gt=int(pk))
        staff = staff.filter(later)
    rows = list(staff.order_by("sort_key", "pk")[: PEOPLE_PER_PAGE + 1])
    page = rows[:PEOPLE_PER_PAGE]
    more = f"{page[-1].sort_key}~{page[-1].pk}" if len(rows) > len(page) else ""
    held = _holdings_of([row.pk for row in page], today=today, only_today=True)
    return [_person(row, held.get(row.pk, ())) for row in page], more


def person(actor: Actor, public_id: UUID, *, today: date) -> Person:
    """One member of staff with all posts, past and coming ones too. Raises ``NotFound``."""
    actor.require(policy.MANAGE)
    row = _staff_rows().filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return _person(row, _holdings_of([row.pk], today=today, only_today=False).get(row.pk, ()))


def _staff_rows() -> QuerySet[Account]:
    """Staff, each with ``with_passkey``."""
    keys = Passkey.objects.filter(account_id=OuterRef("pk"))
    return Account.objects.filter(kind="staff").annotate(with_passkey=Exists(keys))


def possible_substitutes(actor: Actor, holding: UUID, *, today: date) -> list[AccountBrief]:
    """Active staff of the same department first, then the others; never the holder."""
    actor.require(policy.MANAGE)
    held = PostHolding.objects.filter(public_id=holding).first()
    if held is None:
        raise NotFound
    department = organisation().department_of(held.post)
    near = staff_of_department(department.id, today=today) if department else []
    everybody = Account.objects.filter(kind="staff", is_active=True).order_by("sort_key", "pk")
    first = {brief.id for brief in near}
    others = [_brief(a) for a in everybody if a.pk not in first]
    return [brief for brief in [*near, *others] if brief.id != held.account_id]


def _holdings_of(
    accounts: list[int], *, today: date, only_today: bool
) -> dict[int, tuple[HoldingLine, ...]]:
    org = organisation()
    rows = holdings_on(today) if only_today else PostHolding.objects.all()
    found: dict[int, list[HoldingLine]] = {}
    rows = rows.filter(account_id__in=accounts).select_related("substitute_for__account")
    for row in rows.order_by("-valid_from_date", "-pk"):
        represented = row.substitute_for
        line = HoldingLine(
            public_id=row.public_id,
            post=row.post,
            title=org.title_of(row.post),
            valid_from=row.valid_from_date,
            valid_to=row.valid_to_date,
            today=rules.holds_on(today, valid_from=row.valid_from_date, valid_to=row.valid_to_date),
            kind=row.kind,
            substitute_for=represented.account.name if represented else "",
        )
        found.setdefault(row.account_id, []).append(line)
    return {account: tuple(lines) for account, lines in found.items()}


def _person(row: Account, holdings: tuple[HoldingLine, ...]) -> Person:
    return Person(
        id=row.pk,
        public_id=row.public_id,
        name=row.name,
        name_kana=row.name_kana,
        email=row.email,
        is_active=row.is_active,
        is_demo=row.is_demo,
        has_totp=bool(row.totp_secret),
        has_passkey=bool(getattr(row, "with_passkey", False)),
        waits_for_password=row.temporary_password_until_at is not None,
        holdings=holdings,
    )


@dataclass(frozen=True, slots=True)
class TokenLine:
    """A token as its owner sees it; the token itself can't be shown again."""

    public_id: UUID
    title: str
    prefix: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    state: str  # living, expired or revoked


def tokens_of(actor: Actor, *, now: datetime) -> list[TokenLine]:
    """The actor's own tokens, the newest first."""
    actor.require(policy.TOKENS)
    rows = ApiToken.objects.filter(account_id=policy.account_id_of(actor)).order_by(
        "-created_at", "-pk"
    )
    return [
        TokenLine(
            public_id=row.public_id,
            title=row.title,
            prefix=row.prefix,
            scopes=tuple(row.scopes),
            created_at=row.created_at,
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
            state="revoked" if row.revoked_at else "living" if row.expires_at > now else "expired",
        )
        for row in rows
    ]
