"""Events: how a lower package tells higher ones, which it can't import, what happened.

``publish`` runs inside the transaction and writes one job per subscriber, so a reaction is as
durable as the change itself: it is never lost, and never happens for a change rolled back.
"""

from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from typing import Any, NamedTuple

from suigo.kernel.jobs import enqueue


class Reaction(NamedTuple):
    """The job that reacts; with ``when`` only to events it holds for."""

    job: str
    when: Callable[[Any], bool] | None = None


_subscribers: dict[type, tuple[Reaction, ...]] = {}


def connect(subscriptions: dict[type, tuple[Reaction, ...]]) -> None:
    """Join events to the jobs that react to them. Called once by ``project/installed.py``."""
    _subscribers.clear()
    _subscribers.update(subscriptions)


def publish(event: Any) -> None:
    """Have every subscriber of this event's type react after the commit."""
    if not is_dataclass(event) or isinstance(event, type):
        raise TypeError("an event is a frozen dataclass instance")
    for reaction in _subscribers.get(type(event), ()):
        if reaction.when is None or reaction.when(event):
            enqueue(reaction.job, **asdict(event))
