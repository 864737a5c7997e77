"""Who holds which post on a day, and how: what a matrix of authority is made from."""

from dataclasses import dataclass
from datetime import date, timedelta

from suigo.engines.identity.queries import holdings_on, organisation
from suigo.engines.identity.rules.posts import kind_title
from suigo.kernel.access import Actor


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds a post on a day. ``kind`` says how: own, concurrent, joint, support, or
    acting for ``substitute_for``."""

    name: str
    valid_from: date
    last_day: date | None
    kind: str
    substitute_for: str  # the name of the person represented, else empty

    @property
    def kind_title(self) -> str:
        """How the post is held, in words."""
        return kind_title(self.kind)


@dataclass(frozen=True, slots=True)
class Represented:
    """The post in whose place somebody acts, in the city's words, and who holds it."""

    post: str
    name: str


def holders_on(day: date) -> dict[str, tuple[Holder, ...]]:
    """Who holds which post of ``org.yaml`` on ``day``, by post; one query.

    Suspended accounts hold a post and can do nothing: they are left out.
    """
    rows = holdings_on(day).filter(account__is_active=True)
    found: dict[str, list[Holder]] = {}
    for row in rows.select_related("account", "substitute_for__account").order_by(
        "account__sort_key", "pk"
    ):
        ends, represented = row.valid_to_date, row.substitute_for
        holder = Holder(
            name=row.account.name,
            valid_from=row.valid_from_date,
            last_day=ends - timedelta(days=1) if ends else None,
            kind=row.kind,
            substitute_for=represented.account.name if represented else "",
        )
        found.setdefault(row.post, []).append(holder)
    return {post: tuple(holders) for post, holders in found.items()}


def represented(actor: Actor, capability: str, *, department: str, on: date) -> Represented | None:
    """Whom this member of staff stands in for when they use ``capability`` in ``department``: the
    highest post that lends it to them, with the name of its holder. None when a post that they
    don't hold in somebody's place gives it to them, too; one query."""
    if not actor.is_staff or actor.account_id is None:
        return None
    org = organisation()
    giving = {p.id: p for p in org.posts_of(department) if capability in org.capabilities_of(p.id)}
    rows = holdings_on(on).filter(account_id=actor.account_id, post__in=giving)
    held = list(rows.select_related("substitute_for__account"))
    if not held or any(row.substitute_for is None for row in held):
        return None
    row = min(held, key=lambda row: (giving[row.post].rank, row.pk))
    assert row.substitute_for is not None
    return Represented(org.title_of(row.post), row.substitute_for.account.name)
