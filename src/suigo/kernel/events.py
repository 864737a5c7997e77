"""Events: how a lower package tells higher ones, which it can't import, what happened.

``publish`` runs inside the transaction and writes one job per subscriber, so a reaction is as
durable as the change itself: it is never lost, and never happens for a change rolled back.
"""

from dataclasses import asdict, is_dataclass
from typing import Any

from suigo.kernel.jobs import enqueue

_subscribers: dict[type, tuple[str, ...]] = {}


def connect(subscriptions: dict[type, tuple[str, ...]]) -> None:
    """Join events to the jobs that react to them. Called once by ``project/installed.py``."""
    _subscribers.clear()
    _subscribers.update(subscriptions)


def publish(event: Any) -> None:
    """Have every subscriber of this event's type react after the commit."""
    if not is_dataclass(event) or isinstance(event, type):
        raise TypeError("an event is a frozen dataclass instance")
    for name in _subscribers.get(type(event), ()):
        enqueue(name, **asdict(event))
