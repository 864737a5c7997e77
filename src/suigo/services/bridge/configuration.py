"""Which zone this node is, and the keys it has. Read at each use, so that a test can be both."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeVar, cast

from django.conf import settings

from suigo.services.bridge.rules.keys import OwnKey, PeerKey, UnusableKey, own_keys, peer_keys

Key = TypeVar("Key")
Zone = Literal["outer", "inner"]
OTHER: dict[Zone, Zone] = {"outer": "inner", "inner": "outer"}


class NotConfigured(Exception):
    """This installation is one node, or lacks what two nodes need."""


def zone() -> Zone | None:
    """The zone of this node; None where one node does everything."""
    return cast(Zone | None, settings.SUIGO_ZONE or None)


def this_zone() -> Zone:
    """The zone of this node. Raises ``NotConfigured`` where there is only one."""
    found = zone()
    if found is None:
        raise NotConfigured("SUIGO_ZONE is not set: this installation is one node")
    return found


def keys() -> tuple[OwnKey, ...]:
    """This node's keys; the first signs. Raises ``NotConfigured``."""
    return _some("SUIGO_BRIDGE_KEYS", own_keys)


def peers() -> tuple[PeerKey, ...]:
    """The other node's; the first is written to. Raises ``NotConfigured``."""
    return _some("SUIGO_BRIDGE_PEER_KEYS", peer_keys)


def problems() -> list[str]:
    """What a node of two zones lacks, as sentences that say what to set; one node lacks nothing."""
    if zone() is None:
        return []
    found = []
    for check in (keys, peers):
        try:
            check()
        except NotConfigured as lacking:
            found.append(str(lacking))
    both = (settings.SUIGO_BRIDGE_OUT, settings.SUIGO_BRIDGE_IN)
    if both[0] and Path(both[0]).resolve() == Path(both[1] or "/").resolve():
        found.append("SUIGO_BRIDGE_OUT and SUIGO_BRIDGE_IN must be two folders: one for each way")
    return found


def _some(name: str, parse: Callable[[str], tuple[Key, ...]]) -> tuple[Key, ...]:
    try:
        found = parse(getattr(settings, name))
    except UnusableKey as unusable:
        words = f"{name}: the key {str(unusable)!r} is unusable or there twice"
        raise NotConfigured(words) from None
    if not found:
        raise NotConfigured(f"{name} is not set: ./suigo bridge keys NAME makes a pair")
    return found
