"""Guide and search with as many procedures as a city of this size has."""

from __future__ import annotations

import itertools
import re
import shutil
import statistics
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from comparison import FEW, Bench, warm
from harness.browser import Browser, WrongAnswer
from harness.load import Operation
from harness.report import Finding, disturbed
from harness.servers import ROOT, Stage, suigo_environment

PROCEDURES = 300
GUIDE = (
    "/guide/bereavement/result/?died_on=2026-11-10&known_on=2026-11-10&funeral_on=2026-11-12"
    "&insurance=national&deceased=pension&deceased=care&deceased=head&deceased=card"
    "&estate=property&estate=farmland&estate=dog&estate=water&family=partner&asked=insurance"
)
QUERIES = ("児童手当", "こどもの てあて", "かいごにんてい", "child alowance", "台風で屋根が壊れた")
SUBJECTS = (
    "保育料", "水道料金", "粗大ごみ", "空き家", "農地転用", "道路占用", "公民館",
    "図書館", "予防接種", "がん検診", "障害者手帳", "国民健康保険", "後期高齢者医療", "固定資産税",
    "軽自動車税", "市営住宅", "学童保育", "就学援助", "奨学金", "防災訓練", "消防団",
    "犬の登録", "墓地", "浄化槽", "街路灯", "通学路", "給食費", "体育館",
    "観光案内", "名義後援",
)  # fmt: skip
VERBS = (
    "の申請", "の届出", "の変更", "の取消し", "の減免", "の再交付", "の予約", "の相談", "の更新",
    "の補助金の申込み",
)  # fmt: skip


def make_city(here: Stage) -> Path:
    """The first city with generated procedures beside its own, ``PROCEDURES`` in all."""
    root = here.directory / "city-of-many"
    if root.exists():
        return root
    shutil.copytree(ROOT / "cities" / "itako", root)
    originals = sorted(path.parent for path in root.glob("services/*/service.yaml"))
    for number in range(PROCEDURES - len(originals)):
        original = originals[number % len(originals)]
        subject = SUBJECTS[number % len(SUBJECTS)]
        title = subject + VERBS[number // len(SUBJECTS) % len(VERBS)]
        copy = root / "services" / f"z{number:03}-{original.name}"
        shutil.copytree(original, copy)
        file = copy / "service.yaml"
        text = file.read_text(encoding="utf-8")
        text = re.sub(r"(?m)^number_prefix: .*$", f"number_prefix: Z{number:03}", text)
        text = re.sub(r"(?ms)^title:.*?(?=^\w)", f'title: "{title}"\n', text)
        text = re.sub(r"(?ms)^words:.*?(?=^\w)", f'words: ["{subject}"]\n', text)
        file.write_text(text, encoding="utf-8")
    return root


def many(bench: Bench) -> list[Finding]:
    """Loading, the guide's result, and the catalogue's search, with many procedures."""
    here = bench.here
    environment = suigo_environment(here) | {"SUIGO_CITY": str(make_city(here))}
    loads = []
    for _ in range(bench.rounds):
        count, *seconds = here.run(["many_loading"], environment).split()
        if int(count) != PROCEDURES:
            raise WrongAnswer(count)
        loads.append([float(one) for one in seconds])
    server = here.serve("suigo-many", ["suigo.project.cli", "web", "--bind"], environment)
    try:
        return [*_loading(loads), *_pages(bench, server.port, server.name)]
    finally:
        server.end()
        here.running.remove(server)


def _loading(loads: list[list[float]]) -> list[Finding]:
    """Content of one process, from nothing to ready."""
    read, compiled, indexed, guided = zip(*loads, strict=True)
    ready = [sum(one) for one in zip(read, indexed, guided, strict=True)]
    what = f"content of {PROCEDURES} procedures, guides and search index loaded, one process"
    note = (
        f"{statistics.median(read):.2f} s procedures, {statistics.median(indexed):.2f} s index,"
        f" {statistics.median(guided):.2f} s guides"
    )
    return [
        Finding("GUIDE", what, "s", ready, target=2.99, note=note),
        Finding("GUIDE", f"every form of {PROCEDURES} procedures compiled", "s", list(compiled)),
    ]


def _pages(bench: Bench, port: int, name: str) -> list[Finding]:
    """One request each, the whole page, one visitor and several."""
    findings = []
    for clients in (1, FEW):
        findings += [
            _page(bench, port, name, clients, "guide, result of one request", _guide),
            _page(bench, port, name, clients, "catalogue search, one request", _search),
        ]
    return findings


def _page(
    bench: Bench, port: int, name: str, clients: int, title: str, make: Callable[[int], Operation]
) -> Finding:
    visitors = warm([make(port) for _ in range(clients)], 10)
    server = next(one for one in bench.here.running if one.name == name)
    samples = [bench.sample(server, visitors) for _ in range(bench.rounds)]
    note = (
        f"{statistics.median(s.p50 for s in samples):.1f} ms at the median,"
        f" {statistics.median(s.cpu_ms for s in samples):.1f} ms CPU"
    )
    bench.say(f"{title}, {clients} clients: {statistics.median(s.p99 for s in samples):.1f} ms")
    return Finding(
        "GUIDE",
        f"{title}, {PROCEDURES} procedures, {clients} client{'s' if clients > 1 else ''}",
        "ms at the 99th percentile",
        [s.p99 for s in samples],
        target=99.9 if clients == 1 else None,
        disturbed=disturbed(samples),
        rounds=len(samples),
        note=note,
    )


def _guide(port: int) -> Operation:
    browser = Browser(port)

    def ask() -> None:
        text = browser.get(GUIDE).text()
        if not text.rstrip().endswith("</html>") or "令和8年11月24日" not in text:
            raise WrongAnswer(text)

    return ask


def _search(port: int) -> Operation:
    browser = Browser(port)
    queries = itertools.cycle(QUERIES)

    def ask() -> None:
        text = browser.get(f"/procedures/?q={quote(next(queries))}").text()
        if not text.rstrip().endswith("</html>") or "card--link" not in text:
            raise WrongAnswer(text)

    return ask
