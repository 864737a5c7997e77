"""Who may know the figures of which procedures."""

from suigo.kernel.access import Actor

FIGURES = "insight.figures"
ALL = "cases.view_all"


def departments_of(actor: Actor) -> frozenset[str] | None:
    """The departments whose procedures' figures this actor may see; None means all of them."""
    return None if actor.can(ALL) else actor.where(FIGURES)
