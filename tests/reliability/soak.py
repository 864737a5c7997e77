"""`./suigo soak`: thousands of kills of every kind, round after round, with every promise checked.

Prints one line per round; the seed of a round that failed repeats its choices.
"""

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reliability import chaos
from reliability.product import Product
from services.bridge.cutting import Life, promises
from services.bridge.nodes import two_nodes
from suigo.project.postgres import throwaway

KILLS_PER_ROUND = 20
KINDS = [
    chaos.WEB_WORKER,
    chaos.WEB_WORKER,
    chaos.WEB_MASTER,
    chaos.JOB_WORKER,
    chaos.DATABASE,
    chaos.DATABASE_AT_ONCE,
]


def main() -> int:
    """Run rounds until enough was killed; 1 and the evidence kept when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    data = Path(tempfile.mkdtemp(prefix="suigo-soak-"))
    data.chmod(0o755)
    product = Product(data)
    product.start()
    kills: Counter[str] = Counter()
    sent = acknowledged = 0
    begun = time.monotonic()
    seed = arguments.seed
    while kills.total() < arguments.kills:
        outcome = chaos.live_through(product, targets=KINDS, kills=KILLS_PER_ROUND, seed=seed)
        told = len(outcome.acknowledged)
        try:
            chaos.check_promises(product, outcome)
            chaos.check_ledger(product)
        except AssertionError as broken:
            print(f"✗ seed {seed}: {broken}\n  evidence: {data}", flush=True)
            return 1
        kills.update(outcome.kills)
        sent += len(outcome.sent)
        acknowledged += told
        print(
            f"seed {seed}: {kills.total()} kills, {sent} sent, {acknowledged} acknowledged at once,"
            f" lost 0, {time.monotonic() - begun:.0f} s",
            flush=True,
        )
        seed += 1
    product.stop()
    shutil.rmtree(data)
    print(f"✓ {dict(kills)}")
    return soak_bridge(arguments.kills, arguments.seed)


def soak_bridge(cuts: int, seed: int) -> int:
    """Two nodes and everything between them, cut as many times; 1 when a promise was broken."""
    begun = time.monotonic()
    with throwaway() as cluster, two_nodes(cluster.url()) as world:
        life = Life(world, random.Random(seed))
        while life.cuts < cuts:
            life.live(rounds=40, real=10)
            life.heal()
            try:
                promises(life)
            except AssertionError as broken:
                print(f"✗ bridge, seed {seed}, {life.cuts} cuts: {broken}", flush=True)
                return 1
            print(
                f"bridge: {life.cuts} cuts, {life.damage} damaged files, {len(life.acknowledged)}"
                f" acknowledged, lost 0, {time.monotonic() - begun:.0f} s",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
