"""Where the plan learns which services serve its measures.

Insight does not know the services. ``project/installed.py`` gives it a function that reads the
manifests and the content of the city; until then no measure has a service.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from suigo.kernel.content import Text
from suigo.kernel.errors import Message


@dataclass(frozen=True, slots=True)
class ServiceRef:
    """A service as seen from one measure.

    ``url`` is where people use it, None while there is no page. ``works`` is the service's own
    declaration that everything the measure asks for (its *works when*) can be done end to end;
    a service that covers a part says False.
    """

    id: str
    title: Message | Text
    url: str | None = None
    works: bool = False


Services = Mapping[str, Sequence[ServiceRef]]
"""Measure id to the services that serve it, in the order in which they are shown."""

_provider: Callable[[], Services] = dict


def use(provider: Callable[[], Services]) -> None:
    """Take ``provider`` as the source from now on. Every page asks it, so it must be quick."""
    global _provider
    _provider = provider


def services() -> Services:
    """What serves each measure at present."""
    return _provider()
