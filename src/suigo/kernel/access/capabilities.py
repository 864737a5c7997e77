"""Every capability that installed packages declare, so that roles can be checked and explained."""

from collections.abc import Iterable, Mapping

from suigo.kernel.manifest import Capability

_known: dict[str, Capability] = {}


def register(capabilities: Iterable[Capability]) -> None:
    """Take over what the manifests declare. Called once by ``project/installed.py``.

    Raises ``ValueError`` when two packages declare the same id.
    """
    known: dict[str, Capability] = {}
    for capability in capabilities:
        if capability.id in known:
            raise ValueError(f"the capability {capability.id!r} is declared twice")
        known[capability.id] = capability
    _known.clear()
    _known.update(known)


def known() -> Mapping[str, Capability]:
    """Declared capabilities by id, in the order of their packages."""
    return dict(_known)
