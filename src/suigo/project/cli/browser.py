"""A Chromium for the browser journeys: found, or installed, and proven to work."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from suigo.project.cli.installation import say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
PROOF = """
import sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(
        executable_path=sys.argv[1] or None, args=sys.argv[2:], timeout=60_000)
    page = browser.new_page()
    page.set_content("<title>ok</title>")
    assert page.title() == "ok"
    browser.close()
"""


def arguments() -> list[str]:
    """Chromium's options for tests: quiet on the network, and without a sandbox only for root."""
    quiet = [
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    return [*quiet, "--no-sandbox", "--disable-dev-shm-usage"] if os.geteuid() == 0 else quiet


def find_or_install() -> str | None:
    """The path of a Chromium that Playwright can drive, or None with the reason said."""
    for candidate in _candidates():
        if _works(candidate):
            return candidate
    say("画面の試験に使う Chromium を入れます / Installing Chromium for the browser journeys")
    for command in _installers():
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            say(f"{' '.join(command[:3])}: {(done.stderr or done.stdout).strip()[-300:]}")
        for candidate in _candidates():
            if _works(candidate):
                return candidate
    return None


def _candidates() -> Iterator[str]:
    if chosen := os.environ.get("SUIGO_CHROMIUM"):
        yield chosen
        return
    for name in NAMES:
        if found := shutil.which(name):
            yield found
    for application in MAC_APPLICATIONS:
        if Path(application).exists():
            yield application
    own = subprocess.run(
        [
            sys.executable,
            "-c",
            "from playwright.sync_api import sync_playwright as p\n"
            "with p() as it: print(it.chromium.executable_path)",
        ],
        check=False,
        capture_output=True,
        text=True,
    ).stdout.strip()
    if own and Path(own).exists():
        yield own


def _installers() -> Iterator[list[str]]:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        yield ["apt-get", "update", "-q"]
        # libatomic1: Playwright's own node needs it, and a minimal Debian lacks it
        yield ["apt-get", "install", "-yq", "--no-install-recommends", "chromium", "libatomic1"]
    with_dependencies = ["--with-deps"] if os.geteuid() == 0 else []
    yield [sys.executable, "-m", "playwright", "install", *with_dependencies, "chromium"]


def _works(executable: str) -> bool:
    proof = [sys.executable, "-c", PROOF, executable, *arguments()]
    try:
        done = subprocess.run(proof, check=False, capture_output=True, timeout=120)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
