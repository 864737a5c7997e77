"""A production start is refused, with a sentence, until everything that makes it safe is set."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from suigo.engines.identity.oidc.keys import new_keys
from suigo.project.cli.keys import write_keys

ROOT = Path(__file__).resolve().parents[2]
SAFE = {
    "SUIGO_ENV": "production",
    "SUIGO_SECRET_KEY": "q7P-0b8mVtLxW3zKc9RfY2nHs6JdGa4EuT1iOe5BrXyCwNlMkZ",
    "SUIGO_ENCRYPTION_KEYS": "2026a:" + "A" * 43 + "=",
    "SUIGO_DATABASE_URL": "postgresql://suigo:x@db.example.jp/suigo?sslmode=verify-full",
    "SUIGO_BASE_URL": "https://tetsuzuki.example.jp",
    "SUIGO_ALLOWED_HOSTS": "tetsuzuki.example.jp",
    "SUIGO_SMTP_URL": "smtp+tls://u:p@mail.example.jp:587",
    "SUIGO_PROXY_HOPS": "1",
}


def problems(**changes: str | None) -> list[str]:
    """What the gate says in a fresh process with this environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SUIGO_")}
    environment = {
        **kept,
        **{name: value for name, value in {**SAFE, **changes}.items() if value is not None},
        "PYTHONPATH": str(ROOT / "src"),
        "DJANGO_SETTINGS_MODULE": "suigo.project.settings",
    }
    program = "from suigo.project.production import problems\nfor p in problems(): print(p)"
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, env=environment
    )
    return done.stdout.splitlines()


def test_a_safe_installation_may_start() -> None:
    assert problems() == []


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        ({"SUIGO_DEBUG": "1"}, ["Unset SUIGO_DEBUG"]),
        ({"SUIGO_SECRET_KEY": None}, ["Set SUIGO_SECRET_KEY"]),
        (
            {"SUIGO_ZONE": "inner"},
            [
                "SUIGO_BRIDGE_KEYS is not set",
                "SUIGO_BRIDGE_PEER_KEYS is not set",
                "Set SUIGO_RESIDENTS_URL",
            ],
        ),
        (
            {
                "SUIGO_ZONE": "outer",
                "SUIGO_BRIDGE_KEYS": "outer-1:" + "A" * 86 + "==",
                "SUIGO_BRIDGE_PEER_KEYS": "inner-1:short",
            },
            ["SUIGO_BRIDGE_PEER_KEYS: the key 'inner-1' is unusable"],
        ),
        ({"SUIGO_SECRET_KEY": "short"}, ["SUIGO_SECRET_KEY is too short"]),
        ({"SUIGO_SECRET_KEY": "ab" * 40}, ["SUIGO_SECRET_KEY is too short or too simple"]),
        ({"SUIGO_ENCRYPTION_KEYS": None}, ["Set SUIGO_ENCRYPTION_KEYS"]),
        ({"SUIGO_ENCRYPTION_KEYS": "a:c2hvcnQ="}, ["Key a in SUIGO_ENCRYPTION_KEYS is not 32"]),
        ({"SUIGO_DATABASE_URL": None}, ["Set SUIGO_DATABASE_URL"]),
        (
            {"SUIGO_DATABASE_URL": "postgresql://suigo:x@db.example.jp/suigo"},
            ["add ?sslmode=verify-full"],
        ),
        (
            {"SUIGO_BASE_URL": "http://tetsuzuki.example.jp"},
            ["Set SUIGO_BASE_URL", "Cookies would be sent in plain text"],
        ),
        ({"SUIGO_ALLOWED_HOSTS": None}, ["Set SUIGO_ALLOWED_HOSTS"]),
        ({"SUIGO_ALLOWED_HOSTS": "*"}, ["Set SUIGO_ALLOWED_HOSTS"]),
        ({"SUIGO_SMTP_URL": None}, ["Set SUIGO_SMTP_URL"]),
        ({"SUIGO_PROXY_HOPS": None}, ["Set SUIGO_PROXY_HOPS"]),
        ({"SUIGO_PROXY_HOPS": ""}, ["Set SUIGO_PROXY_HOPS"]),
        ({"SUIGO_SIGNER": "fake:"}, ["Unset SUIGO_SIGNER"]),
        ({"SUIGO_REVOCATION": "disabled-dev:"}, ["Set SUIGO_REVOCATION to crl-file"]),
    ],
)
def test_each_danger_has_its_sentence(changes: dict[str, str | None], sentences: list[str]) -> None:
    found = problems(**changes)
    assert len(found) == len(sentences)
    for sentence, problem in zip(sentences, found, strict=True):
        assert sentence in problem


def key_file(directory: Path) -> str:
    """A file with keys as `./suigo keys make` makes them."""
    path = directory / "keys.json"
    write_keys(path, new_keys(named="test"))
    assert path.stat().st_mode & 0o777 == 0o600
    return str(path)


def test_real_providers_with_all_they_need_may_be_used(tmp_path: Path) -> None:
    assert (
        problems(
            SUIGO_CARD_PROVIDER="https://auth-and-sign.go.jp/api",
            SUIGO_CARD_CLIENT_ID="RP00000001",
            SUIGO_SIGN_IN_KEYS_FILE=key_file(tmp_path),
            SUIGO_GBIZID_PROVIDER="https://gbiz-id.go.jp/oauth/",
            SUIGO_GBIZID_CLIENT_ID="suigo",
            SUIGO_GBIZID_SECRET="secret",
            SUIGO_STAFF_PROVIDER="https://login.example.jp/city",
            SUIGO_STAFF_CLIENT_ID="suigo",
            SUIGO_STAFF_SECRET="secret",
        )
        == []
    )


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8999/card",
        "https://127.0.0.1:8999/card",
        "http://auth-and-sign.go.jp/api",
        "https://sb-auth-and-sign.go.jp/api",
        "https://auth-and-sign.go.jp.example.jp/api",
        "https://x@auth-and-sign.go.jp/api",
    ],
)
def test_invented_and_trial_providers_are_refused(address: str, tmp_path: Path) -> None:
    found = problems(
        SUIGO_CARD_PROVIDER=address,
        SUIGO_CARD_CLIENT_ID="RP00000001",
        SUIGO_SIGN_IN_KEYS_FILE=key_file(tmp_path),
    )
    assert len(found) == 1
    assert "SUIGO_CARD_PROVIDER must be an https:// address of auth-and-sign.go.jp" in found[0]


def test_a_staff_service_on_this_computer_is_refused() -> None:
    found = problems(
        SUIGO_STAFF_PROVIDER="https://localhost/staff",
        SUIGO_STAFF_CLIENT_ID="suigo",
        SUIGO_STAFF_SECRET="secret",
    )
    assert ["SUIGO_STAFF_PROVIDER must be" in problem for problem in found] == [True]


def test_what_a_provider_still_needs_is_named() -> None:
    found = problems(
        SUIGO_CARD_PROVIDER="https://auth-and-sign.go.jp/api",
        SUIGO_GBIZID_PROVIDER="https://gbiz-id.go.jp/oauth/",
    )
    for name in (
        "SUIGO_CARD_CLIENT_ID",
        "SUIGO_SIGN_IN_KEYS",
        "SUIGO_GBIZID_CLIENT_ID",
        "SUIGO_GBIZID_SECRET",
    ):
        assert [f"Set {name}:" in problem for problem in found].count(True) == 1
    assert len(found) == 4


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SUIGO_SIGN_IN_KEYS": "nonsense"}, "SUIGO_SIGN_IN_KEYS: not a JWK Set"),
        ({"SUIGO_SIGN_IN_KEYS": '{"keys": []}'}, "needs a key to sign and one to decrypt"),
        ({"SUIGO_STAFF_ALGORITHM": "HS256"}, "SUIGO_STAFF_ALGORITHM is one of"),
        ({"SUIGO_STAFF_ALGORITHM": "none"}, "SUIGO_STAFF_ALGORITHM is one of"),
        ({"SUIGO_STAFF_SECOND_FACTOR": "no"}, "SUIGO_STAFF_SECOND_FACTOR is ours or provider"),
    ],
)
def test_settings_of_sign_in_that_can_not_be(changes: dict[str, str], sentence: str) -> None:
    found = problems(**changes)
    assert len(found) == 1
    assert sentence in found[0]


def test_the_invented_providers_refuse_to_start() -> None:
    environment = {**os.environ, "SUIGO_ENV": "production", "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "suigo.project.rehearsal", "--port", "0", "--city", "x"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode != 0
    assert "refused in production" in done.stderr


def test_no_proxy_at_all_may_be_said() -> None:
    assert problems(SUIGO_PROXY_HOPS="0") == []


def test_a_database_on_this_computer_needs_no_encryption() -> None:
    assert problems(SUIGO_DATABASE_URL="postgresql://suigo@/suigo?host=/run/postgresql") == []


def test_secrets_may_come_from_files(tmp_path: Path) -> None:
    changes: dict[str, str | None] = {}
    for name in (
        "SUIGO_SECRET_KEY",
        "SUIGO_ENCRYPTION_KEYS",
        "SUIGO_DATABASE_URL",
        "SUIGO_SMTP_URL",
    ):
        (tmp_path / name).write_text(SAFE[name] + "\n")
        changes |= {name: None, f"{name}_FILE": str(tmp_path / name)}
    assert problems(**changes) == []


@pytest.mark.parametrize("command", ["run", "web", "worker", "migrate"])
def test_every_start_passes_the_gate(command: str, tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SUIGO_")}
    done = subprocess.run(
        [sys.executable, "-m", "suigo.project.cli", command],
        check=False,
        capture_output=True,
        text=True,
        env={
            **kept,
            "SUIGO_ENV": "production",
            "SUIGO_DATA": str(tmp_path / "data"),
            "PYTHONPATH": str(ROOT / "src"),
            "DJANGO_SETTINGS_MODULE": "suigo.project.settings",
        },
    )
    assert done.returncode == 1
    assert "Refusing to start in production" in done.stderr
    assert done.stderr.count("✗") == 8
    assert not (tmp_path / "data").exists()
