"""Which modules may open a connection to anything outside, and no other."""

import ast
from pathlib import Path

SRC = Path(__file__).parents[2] / "src"
DOORS = {
    "aiohttp",
    "ftplib",
    "http.client",
    "httpcore",
    "httpx",
    "imaplib",
    "niquests",
    "poplib",
    "requests",
    "smtplib",
    "socket",
    "telnetlib",
    "urllib.request",
    "urllib3",
    "websockets",
    "xmlrpc.client",
}
# What each of them opens. A package of ours that fetches does it through suigo.kernel.fetching.
ALLOWED = {
    "suigo/kernel/fetching.py": "https to SUIGO_OUTGOING_HOSTS, or a service's own hosts",
    "suigo/engines/documents/adapters/clamd.py": "the scanner of SUIGO_SCANNER",
    "suigo/engines/notices/adapters/smtp.py": "names of failures; Django sends to SUIGO_SMTP_URL",
    "suigo/project/doctor_inside.py": "whether the mail server of SUIGO_SMTP_URL answers",
    "suigo/project/rehearsal/server.py": "the invented providers' own listening socket",
    "suigo/project/supervisor.py": "its own listening socket, and whether its web server answers",
    "suigo/project/cli/running.py": "its own listening socket",
    "suigo/project/postgres.py": "a free port for the embedded database",
}


def doors_of(path: Path) -> set[str]:
    """What a file imports that could open a connection, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        match node:
            case ast.Import():
                names = {alias.name for alias in node.names}
            case ast.ImportFrom(module=str(module), level=0):
                names = {module} | {f"{module}.{alias.name}" for alias in node.names}
            case ast.Call(func=ast.Name(id="__import__") | ast.Attribute(attr="import_module")):
                names = {str(a.value) for a in node.args if isinstance(a, ast.Constant) and a.value}
            case _:
                continue
        found |= {d for d in DOORS for n in names if n == d or n.startswith(f"{d}.")}
    return found


def test_nothing_else_opens_connections() -> None:
    opening = {
        str(path.relative_to(SRC)): doors
        for path in sorted((SRC / "suigo").rglob("*.py"))
        if (doors := doors_of(path))
    }
    assert sorted(set(opening) - set(ALLOWED)) == []
    gone = [place for place in ALLOWED if place not in opening]
    assert gone == []


def test_the_look_finds_what_it_looks_for(tmp_path: Path) -> None:
    sample = tmp_path / "sample.py"
    for line in (
        "import requests",
        "from urllib import request",
        "def f():\n    from http.client import HTTPConnection",
        "import importlib\nimportlib.import_module('socket')",
    ):
        sample.write_text(line)
        assert doors_of(sample), line
    sample.write_text("from urllib.parse import urlsplit\nimport http")
    assert not doors_of(sample)
