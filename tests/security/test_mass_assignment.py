"""Keys that a form doesn't have, with values that would do harm, beside what it has.

``test_forged_requests.py`` sends every form of every page values that one would know again. Here a
form is filled in rightly, so that it does what it is for, and what it changes in the database is
compared, row by row, with what the same form changes without the other keys.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.http import HttpResponse
from psycopg import sql

from engines.cases import world
from engines.cases.conftest import browser
from security.test_who_may_open_what import Place, address_of, place
from suigo.engines.cases.models import Case
from suigo.engines.identity.models import Account

__all__ = ["browser", "place"]

pytestmark = pytest.mark.django_db

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# what is different each time: digests, salts, sealed texts, secrets; a session that is shorter
# when compressed begins with a dot
RANDOM = re.compile(
    r"(?<=prefix)[\\\": ]+[0-9a-f]+|argon2\$[^\"]+|[0-9a-f]{32,}|\.?[A-Za-z0-9_+/=-]{40,}"
)
LIKELY = {"department": "welfare", "post": "general-affairs-head", "language": "en", "days": "366"}


def forged(own: set[str], other: int) -> dict[str, str]:
    """Every column of every table, with a value that would do harm if somebody took it over."""
    keys: dict[str, str] = {}
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            match column:
                case models.ForeignKey():
                    value = str(other)
                case models.BooleanField():
                    value = "on"
                case models.DateTimeField() | models.DateField():
                    value = "2099-09-09"
                case models.IntegerField():
                    value = "1"
                case models.JSONField():
                    value = json.dumps({"x": "x"})
                case _:
                    value = str(column.choices[-1][0]) if column.choices else "x-forged-x"
            value = LIKELY.get(column.name, value)
            keys |= {column.name: value, column.attname: value}
    keys |= {
        "state": "approved",
        "phase": "done",
        "outcome": "approved",
        "channel": "import",
        "capabilities": "identity.manage",
        "is_superuser": "on",
        "is_staff": "on",
    }
    return {key: value for key, value in keys.items() if key not in own}


def tables() -> dict[str, Counter[str]]:
    """Every row of every table, as text."""
    found: dict[str, Counter[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(
                sql.SQL("SELECT to_jsonb(t)::text FROM {} AS t").format(sql.Identifier(name))
            )
            found[name] = Counter(row for (row,) in cursor.fetchall())
    return found


def sequences() -> list[tuple[str, int, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I', sequencename) FROM pg_sequences WHERE schemaname = 'public'"
        )
        found = []
        for (name,) in cursor.fetchall():
            cursor.execute(f"SELECT last_value, is_called FROM {name}")
            found.append((name, *cursor.fetchone()))
    return found


def changed_by(send: Callable[[], HttpResponse]) -> dict[str, list[str]]:
    """What a request writes and removes in the database, which is then as it was before."""
    before, numbers = tables(), sequences()
    known = set(UUID.findall(str(before)))

    def plain(row: str, sign: str) -> str:
        named = UUID.sub(lambda m: m[0] if m[0] in known else "new", row)
        return sign + RANDOM.sub("random", named)

    point = transaction.savepoint()
    answer = send()
    assert answer.status_code in {200, 302}, answer.status_code
    after = tables()
    transaction.savepoint_rollback(point)
    with connection.cursor() as cursor:
        for name, last, called in numbers:
            cursor.execute("SELECT setval(%s, %s, %s)", [name, last, called])
    changes = {
        name: sorted(
            [plain(row, "+") for row in (after[name] - before[name]).elements()]
            + [plain(row, "-") for row in (before[name] - after[name]).elements()]
        )
        for name in after
    }
    return {name: rows for name, rows in changes.items() if rows}


# Each form, by whom, what they enter, and a table that it writes.
FORMS: dict[str, tuple[str, dict[str, Any], str]] = {
    "apply-check": ("resident A", {}, "cases_case"),
    "apply-page": ("resident A", {"rules": "yes", "proof": ""}, "cases_draft"),
    "account": (
        "resident A",
        {"name": "水野 洋子", "name_kana": "みずの ようこ", "language": "ja"},
        "identity_account",
    ),
    "passkey": ("resident A", {"name": "新しい名前"}, "identity_passkey"),
    "case-note": ("clerk", {"text": "メモ"}, "cases_note"),
    "case-checklist": ("clerk", {"item": "identity"}, "cases_checklist_mark"),
    "case-assign": ("decider", {"to": "", "version": "VERSION"}, "cases_case"),
    "case-action": ("clerk", {"version": "VERSION"}, "cases_case"),
    "case-reason": ("decider", {"reason": "inquiry", "note": "電話", "next": "/"}, "audit_entry"),
    "case-sharing": (
        "decider",
        {"department": "general-affairs", "article": "見本法1条", "reason": "見本", "days": "2"},
        "cases_disclosure",
    ),
    "inbox-save-view": ("clerk", {"name": "私の", "query": "view=all"}, "cases_saved_view"),
    "signature-decide": (
        "decider",
        {"verdict": "accepted", "reason": "確かめた", "expected": "waiting"},
        "signing_signature",
    ),
    "new-person": (
        "administrator",
        {"name": "新人 一郎", "name_kana": "シンジン イチロウ", "email": "new-person@example.jp"},
        "identity_account",
    ),
    "give-post": (
        "administrator",
        {"post": "library-chief", "kind": "own", "valid_from": "2027-04-01", "valid_to": ""},
        "identity_post_holding",
    ),
    "tokens": (
        "administrator",
        {"title": "見本の鍵", "scopes": "cases.view", "expires_at": "2026-12-24"},
        "identity_api_token",
    ),
}


@pytest.mark.parametrize("name", sorted(FORMS))
def test_a_form_does_what_it_does_and_nothing_else(name: str, place: Place) -> None:
    who, entered, table = FORMS[name]
    version = Case.objects.get(public_id=place.arguments["case_id"][0]).version
    body = {k: str(version) if v == "VERSION" else v for k, v in entered.items()}
    own = {part for key in body for part in (key, key.partition(".")[0])}
    other = Account.objects.get(email="other@example.jp").pk
    visitor, address = place.visitors[who], address_of(name, place)

    def sent(content: dict[str, Any]) -> dict[str, list[str]]:
        return changed_by(lambda: visitor.post(address, content))

    plainly = sent(body)
    assert table in plainly, sorted(plainly)
    assert sent(forged(own, other) | body) == plainly


def test_a_change_would_be_seen(place: Place) -> None:
    """The measure itself: it sees one column of one row, and is the same twice."""
    account = Account.objects.get(email="other@example.jp")

    def rename(name: str) -> HttpResponse:
        Account.objects.filter(pk=account.pk).update(name=name)
        return HttpResponse()

    assert changed_by(lambda: rename("あ")) == changed_by(lambda: rename("あ"))
    assert changed_by(lambda: rename("あ")) != changed_by(lambda: rename("い"))
    assert changed_by(HttpResponse) == {}
    assert world.NOW.year == 2026
