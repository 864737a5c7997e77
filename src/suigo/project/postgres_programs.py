"""Runs PostgreSQL's client programs (pg_dump, psql, pg_restore) against the product's database.

The address goes into environment variables, never into a command line that other users can read.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from suigo.project.postgres_binaries import Binaries, PostgresMissingError, binaries_from

TLS_MODES = {"require", "verify-ca", "verify-full"}
ENVIRONMENT = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


def client_programs(server_version: int, *, database_url: str) -> Binaries:
    """Client programs that can talk to a server, of which `server_version` is the major version.

    They must not be older than it, and speak TLS if the address asks for it (the bundled ones
    don't). Raises PostgresMissingError.
    """
    needs_tls = conninfo_to_dict(database_url).get("sslmode") in TLS_MODES
    for binaries in binaries_from(programs=("pg_dump", "pg_restore", "psql")):
        if binaries.major >= server_version and not (needs_tls and binaries.is_bundled):
            return binaries
    raise PostgresMissingError(
        f"サーバーは PostgreSQL {server_version} です。同じか新しい pg_dump を入れてください"
        f" / The server is PostgreSQL {server_version}: install its client programs (or newer ones"
        " that speak TLS), or name their directory in SUIGO_PG_BIN."
    )


def run_program(
    command: list[str], *, database_url: str, stdout: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a client program against the database; its errors are in `stderr` of the result."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    for name, value in conninfo_to_dict(database_url).items():
        if name in ENVIRONMENT and value is not None:
            environment[ENVIRONMENT[name]] = str(value)
    if stdout is None:
        return subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    with stdout.open("xb") as output:
        return subprocess.run(
            command, check=False, stdout=output, stderr=subprocess.PIPE, text=True, env=environment
        )
