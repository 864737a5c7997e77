"""What a clerk does at Suigo, and the many cases that lie there."""

from __future__ import annotations

import json
from urllib.parse import quote

import psycopg

from harness.browser import Browser, WrongAnswer
from harness.servers import Stage, suigo_environment

FIRST_SEQUENCE = 1_000_000  # above every number that the product itself gives during a benchmark
ROW = "<tr data-row>"

MANY_CASES = """
INSERT INTO cases_case (
    public_id, number, procedure_id, fiscal_year, sequence, definition_id, state, phase, outcome,
    department, owner_token, applicant_name, applicant_kana, search_text, contact_email, language,
    answers, decision, channel, received_at, due_date, paused_date, decided_at, closed_at,
    keep_until_date, version, submit_key, submit_digest
)
SELECT gen_random_uuid(), 'R8-S01-' || (%(first)s + n), 's01-library-card', 2026, %(first)s + n,
    %(definition)s,
    CASE kind WHEN 0 THEN 'received' WHEN 1 THEN 'checking' WHEN 2 THEN 'correcting'
        ELSE 'approved' END,
    CASE kind WHEN 0 THEN 'waiting' WHEN 1 THEN 'checking' WHEN 2 THEN 'with_applicant'
        ELSE 'done' END,
    CASE WHEN kind > 2 THEN 'approved' ELSE '' END,
    (ARRAY['library', 'welfare', 'general-affairs'])[n %% 3 + 1],
    md5(n::text), person ->> 0, person ->> 1, person ->> 2, 'a' || n || '@example.com', 'ja',
    %(answers)s::jsonb, '{}', 'web', received_at,
    date '2026-11-01' + (n::bigint * 7919 %% 120)::int,
    CASE WHEN kind = 2 THEN date '2026-11-10' END,
    CASE WHEN kind > 2 THEN received_at + interval '2 days' END,
    CASE WHEN kind > 2 THEN received_at + interval '2 days' END,
    CASE WHEN kind > 2 THEN date '2028-03-31' END,
    1, 'bench:' || n, ''
FROM (
    SELECT n, (n / 3) %% 8 AS kind, timestamptz '2026-11-01' - n * interval '1 min' AS received_at,
        %(people)s::jsonb -> (n * 31 %% jsonb_array_length(%(people)s::jsonb)) AS person
    FROM generate_series(%(from)s::int, %(to)s::int) AS n
) AS made
"""
# Indexes that no constraint needs are built again after a large insertion instead of row by row.
PLAIN_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = 'cases_case'::regclass AND NOT indisunique
"""


class Archive:
    """Fills Suigo's table of cases: three departments, the states as in the bare inbox."""

    def __init__(self, here: Stage) -> None:
        self._here = here
        made = json.loads(here.run(["sides.staff"], suigo_environment(here)))
        self.cookie: str = made["cookie"]
        self._definition: str = made["definition"]
        self._people: list[list[str]] = made["people"]
        self._rows = 0

    @property
    def someone(self) -> tuple[str, str]:
        """Name and kana of somebody with many cases."""
        name, kana, _ = self._people[0]
        return name, kana

    def grow(self, rows: int) -> None:
        """Have at least so many cases, indexed and analysed."""
        address = self._here.cluster.url(superuser=True, database="suigo")
        with psycopg.connect(address, autocommit=True) as connection:
            indexes = connection.execute(PLAIN_INDEXES).fetchall()
            # the definition is frozen and real answers exist: the benchmark applied before
            found = connection.execute(
                "SELECT answers::text FROM cases_case WHERE definition_id = %s LIMIT 1",
                [self._definition],
            ).fetchone()
            if found is None:
                raise RuntimeError("apply once before the archive is filled")
            with connection.transaction():
                connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
                for name, _ in indexes:
                    connection.execute(f"DROP INDEX {name}")
                connection.execute(
                    MANY_CASES,
                    {
                        "first": FIRST_SEQUENCE,
                        "from": self._rows + 1,
                        "to": rows,
                        "definition": self._definition,
                        "answers": found[0],
                        "people": json.dumps(self._people),
                    },
                )
                for _, definition in indexes:
                    connection.execute(definition)
            connection.execute("VACUUM ANALYZE cases_case")
        self._rows = rows


class Clerk:
    """A chief librarian who is signed in."""

    def __init__(self, port: int, cookie: str) -> None:
        self.browser = Browser(port)
        self.browser.cookies["__Host-session"] = cookie

    def see_inbox(self) -> None:
        """Fifty cases of the own department in one state, the most urgent first, and the total."""
        page = self.browser.get("/staff/inbox/?view=open&state=received&sort=due").text()
        if page.count(ROW) != 50 or "件を表示（全" not in page:
            raise WrongAnswer(page[:5000])

    def find(self, words: str, *, expect: str, most: int = 50) -> None:
        """Search all cases of the own department."""
        page = self.browser.get(f"/staff/inbox/?view=all&q={quote(words)}").text()
        if not 1 <= page.count(ROW) <= most or expect not in page:
            raise WrongAnswer(f"{words}: {page.count(ROW)} rows\n{page[:5000]}")
