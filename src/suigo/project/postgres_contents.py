"""What a fresh embedded PostgreSQL server must contain: role, database and extensions, checked."""

from __future__ import annotations

import psycopg
from psycopg import sql

# Needed by the tables and searches; made in template1 so that test databases have them too.
EXTENSIONS = ("pg_trgm", "btree_gist", "unaccent")

CONTENTS_VERSION = 1


class WrongContentsError(Exception):
    """The server can't do what Suigo needs; the message says what."""


def prepare_contents(superuser_url: str, *, password: str, may_create_databases: bool) -> None:
    """Make the application's role and database and the extensions; safe to repeat.

    The role is no superuser: row-level security and append-only triggers hold against it.
    Raises WrongContentsError when the server can't search Japanese text.
    """
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'suigo'").fetchone()
        connection.execute(
            sql.SQL("{} ROLE suigo LOGIN NOSUPERUSER {} PASSWORD {}").format(
                sql.SQL("ALTER" if known else "CREATE"),
                sql.SQL("CREATEDB" if may_create_databases else "NOCREATEDB"),
                sql.Literal(password),
            )
        )
    with psycopg.connect(superuser_url, dbname="template1", autocommit=True) as template:
        for name in EXTENSIONS:
            template.execute(
                sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name))
            )
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'suigo'").fetchone():
            connection.execute("CREATE DATABASE suigo OWNER suigo")
    with psycopg.connect(superuser_url, dbname="suigo") as connection:
        check_japanese_search(connection)


def check_japanese_search(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Refuse a database whose locale makes every Japanese search come back empty."""
    row = connection.execute("SELECT show_trgm('市役所')").fetchone()
    if row is None or not row[0]:
        raise WrongContentsError(
            "データベースのロケールでは日本語を検索できません。"
            "LC_CTYPE を C.UTF-8 にして作り直してください。"
            " / This database's locale can't search Japanese text: create it again with"
            " LC_CTYPE C.UTF-8 (17 and newer: --locale-provider=builtin --builtin-locale=C.UTF-8)."
        )
