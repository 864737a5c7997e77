"""``./suigo bridge keys|send|receive|show|restart|accept``: the bridge from the command line."""

import sys
from pathlib import Path
from uuid import UUID

from suigo.kernel.access import SYSTEM
from suigo.kernel.clock import now
from suigo.services.bridge import actions, configuration, queries
from suigo.services.bridge.rules.keys import UnusableKey, new_key


def main(words: list[str]) -> int:
    """Run one command; 1 when something has to be done."""
    match words:
        case ["keys", key_id]:
            return keys(key_id)
        case ["send", directory]:
            return send(Path(directory))
        case ["receive", directory]:
            return receive(Path(directory))
        case ["restart"]:
            return restart()
        case ["accept", stream]:
            return accept(stream)
        case _:
            return show()


def keys(key_id: str) -> int:
    """Print a new pair: one line to keep secret here, one for the other node."""
    try:
        secret, public = new_key(key_id)
    except UnusableKey:
        print("✗ 鍵の名前は英数字40文字まで / letters, digits, - and _", file=sys.stderr)
        return 1
    print("# このノードの SUIGO_BRIDGE_KEYS に / secret, stays on this node:")
    print(secret)
    print("# 相手のノードの SUIGO_BRIDGE_PEER_KEYS に / public, for the other node:")
    print(public)
    return 0


def send(directory: Path) -> int:
    """Write what waits into a folder."""
    try:
        sent = actions.send(directory, now=now())
    except (configuration.NotConfigured, OSError) as problem:
        print(f"✗ {problem}", file=sys.stderr)
        return 1
    print(
        f"✓ {sent.items} 件をまとめ、{sent.packets} パケットを書きました / packed, packets written"
    )
    return 0


def receive(directory: Path) -> int:
    """Read what arrived in a folder; 1 when packets were set aside."""
    try:
        done = actions.receive(directory, now=now())
    except (configuration.NotConfigured, OSError) as problem:
        print(f"✗ {problem}", file=sys.stderr)
        return 1
    print(
        f"{'✗' if done.set_aside else '✓'} 受け取り {done.taken}、既知 {done.known}、"
        f"順番待ち {done.later}、取り除き {done.set_aside}"
        " / taken, known already, waiting for earlier ones, set aside"
    )
    return 1 if done.set_aside else 0


def restart() -> int:
    """After this node was restored: begin a new stream, and say which."""
    try:
        stream = actions.restart(SYSTEM, now=now())
    except configuration.NotConfigured as problem:
        print(f"✗ {problem}", file=sys.stderr)
        return 1
    print(f"✓ 相手のノードで / on the other node: ./suigo bridge accept {stream}")
    return 0


def accept(stream: str) -> int:
    """Take the stream that the other node has begun anew."""
    try:
        actions.accept(UUID(stream), SYSTEM, now=now())
    except ValueError:
        print("✗ 流れの番号ではありません / not the id of a stream", file=sys.stderr)
        return 1
    print("✓ 受け入れました / accepted")
    return 0


def show() -> int:
    """How this node is; 1 when somebody has to look into something."""
    zone = configuration.zone()
    if zone is None:
        print("✓ 一つのノードです / one node: nothing crosses")
        return 0
    how, far = queries.condition(), queries.streams()
    print(
        f"{zone}: {far.acknowledged}/{far.made} 届き / arrived, {far.received} 受け取り / received"
    )
    print(
        f"待ち {how.waiting}、保留 {how.held}、取り除き {how.set_aside} / waiting, held, set aside"
    )
    found = queries.trouble(now=now())
    for sentence in found:
        print(f"✗ {sentence}")
    return 1 if found else 0
