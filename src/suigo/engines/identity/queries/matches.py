"""People who came with a card and may be somebody we know: what waits for a clerk."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from suigo.engines.identity import policy
from suigo.engines.identity.models import MatchQuestion
from suigo.engines.identity.providers import FourItems
from suigo.engines.identity.queries.records import items_of_account, opened_items, question_purpose
from suigo.engines.identity.rules.matching import ITEMS, How, compare, marked
from suigo.kernel.access import Actor
from suigo.kernel.errors import Gone, NotFound
from suigo.kernel.language import _

LISTED = 100
Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question in the list: who came, and in what the two records differ."""

    public_id: UUID
    name: str
    differs_in: tuple[str, ...]
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """One item on both sides, each in pieces with whether the other side differs there."""

    item: str
    how: How
    came: Pieces
    known: Pieces


@dataclass(frozen=True, slots=True)
class Question:
    """Both records beside each other."""

    public_id: UUID
    rows: tuple[Row, ...]
    asked_at: datetime
    known_since: datetime
    email: str


def open_questions(actor: Actor) -> list[QuestionLine]:
    """What waits, the oldest first; one query. Raises ``Forbidden``."""
    actor.require(policy.MATCH)
    rows = MatchQuestion.objects.filter(decision="").order_by("asked_at", "pk")[:LISTED]
    return [
        QuestionLine(
            public_id=row.public_id,
            name=opened_items(row.sealed, purpose=question_purpose(row.public_id)).name,
            differs_in=tuple(row.differs_in),
            asked_at=row.asked_at,
        )
        for row in rows
    ]


def question(actor: Actor, public_id: UUID) -> Question:
    """One open question. Raises ``Forbidden``, ``NotFound``, and ``Gone`` when it was decided."""
    actor.require(policy.MATCH)
    row = MatchQuestion.objects.filter(public_id=public_id).select_related("candidate").first()
    if row is None:
        raise NotFound
    if row.decision:
        raise Gone(_("この確認は、もう終わっています。"))
    came = opened_items(row.sealed, purpose=question_purpose(public_id))
    known = items_of_account(row.candidate_id)
    if known is None:
        raise NotFound
    return Question(
        public_id=public_id,
        rows=_rows(came, known),
        asked_at=row.asked_at,
        known_since=row.candidate.created_at,
        email=row.candidate.email,
    )


def _rows(came: FourItems, known: FourItems) -> tuple[Row, ...]:
    comparison = compare(came, known)
    rows = []
    for item in ITEMS:
        left, right = _shown(came, item), _shown(known, item)
        how: How = getattr(comparison, item)
        same = how == "same"
        rows.append(
            Row(
                item,
                how,
                ((left, False),) if same else tuple(marked(left, right)),
                ((right, False),) if same else tuple(marked(right, left)),
            )
        )
    return tuple(rows)


def _shown(items: FourItems, item: str) -> str:
    return str(getattr(items, item))
