"""What every answer tells the browser, for every address of the product."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from engines.cases.conftest import browser
from security.test_who_may_open_what import TABLE, Place, address_of, place

__all__ = ["browser", "place"]

pytestmark = pytest.mark.django_db

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Permitted-Cross-Domain-Policies": "none",
}
POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
    "frame-src": "'self'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "default suigo",
}
# The reader of the API's document turns text into markup by itself. Production doesn't serve it.
WITHOUT_TRUSTED_TYPES = {"api:openapi-view", "api:openapi-json"}
# What strangers sent: nothing in it may run or load at all.
STRANGERS_FILES = {
    "own-file",
    "my-file",
    "my-data-archive",
    "documents-staff-file",
    "documents-staff-page",
}


def directives(policy: str) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in policy.split(";"))
    return {name: value for name, _space, value in parts if name}


@pytest.mark.parametrize("who", ["anonymous", "may"])
def test_every_answer_is_protected(place: Place, who: str) -> None:
    for name, (method, row) in TABLE.items():
        chosen = "anonymous"
        if who == "may":
            rows = zip(place.visitors, row, strict=True)
            chosen = next((w for w, word in rows if word == "open"), "anonymous")
        visitor = place.visitors[chosen]
        address = address_of(name, place)
        answer = visitor.get(address) if method == "GET" else visitor.post(address)
        assert {h: answer.headers.get(h) for h in ALWAYS} == ALWAYS, name
        assert "camera=()" in answer.headers["Permissions-Policy"], name
        for telling in ("Server", "X-Powered-By", "X-AspNet-Version", "Via"):
            assert telling not in answer.headers, name
        found = directives(answer.headers["Content-Security-Policy"])
        if name in STRANGERS_FILES and answer.status_code == 200:
            assert found["default-src"] == "'none'", name
            assert answer.headers["Cache-Control"] == "private, no-store", name
        else:
            left_out = {"require-trusted-types-for", "trusted-types"}
            expected = {
                k: v
                for k, v in POLICY.items()
                if name not in WITHOUT_TRUSTED_TYPES or k not in left_out
            }
            assert found == expected, name
        for cookie in filter(lambda c: c.value, answer.cookies.values()):
            assert cookie["httponly"], (name, cookie.key)
            assert cookie["samesite"] in {"Lax", "Strict"}, (name, cookie.key)


def test_a_page_of_somebody_s_is_kept_by_nobody(place: Place) -> None:
    for name, (method, row) in TABLE.items():
        open_to = {w for w, word in zip(place.visitors, row, strict=True) if word == "open"}
        if method == "GET" and open_to and "anonymous" not in open_to:
            answer = place.visitors[min(open_to)].get(address_of(name, place))
            assert "no-store" in answer.headers["Cache-Control"], name


def test_static_files_and_failures_are_protected_too() -> None:
    for path in ("/static/ui/trusted.js", "/nothing/", "/api/v1/nothing", "/procedures/%00/"):
        answer = Client().get(path)
        shared = {h: v for h, v in ALWAYS.items() if h not in {"X-Frame-Options"}}
        assert {h: answer.headers.get(h) for h in shared} == shared, path
        answer.close()


IN_PRODUCTION = """
import django
django.setup()
from django.conf import settings
for name in ("SESSION", "CSRF", "LANGUAGE"):
    print(getattr(settings, f"{name}_COOKIE_NAME"), getattr(settings, f"{name}_COOKIE_SECURE"),
          getattr(settings, f"{name}_COOKIE_DOMAIN"), getattr(settings, f"{name}_COOKIE_PATH"))
from suigo.kernel.ui.context import cookie_name
print(cookie_name("text-size"))
print(settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS, settings.DEBUG)
"""


def test_in_production_cookies_belong_to_this_host_alone(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SUIGO_")}
    told = subprocess.run(
        [sys.executable, "-c", IN_PRODUCTION],
        env={
            **kept,
            "SUIGO_ENV": "production",
            "SUIGO_BASE_URL": "https://city.example.jp",
            "SUIGO_ALLOWED_HOSTS": "city.example.jp",
            "SUIGO_DATA": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "suigo.project.settings",
            "PYTHONPATH": str(root / "src"),
        },
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert told.splitlines() == [
        "__Host-session True None /",
        "__Host-csrf True None /",
        "__Host-language True None /",
        "__Host-text-size",
        "31536000 True False",
    ]
