"""Who holds which post on a day, and how: what a matrix of authority is made from."""

from dataclasses import dataclass
from datetime import date, timedelta

from suigo.engines.identity.queries import holdings_on
from suigo.engines.identity.rules.posts import kind_title


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
