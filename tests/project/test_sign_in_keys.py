"""The command that makes keys for sign-in services."""

import json
from pathlib import Path

import pytest

from suigo.project.cli.__main__ import main


def kids(path: Path) -> list[str]:
    return [key["kid"] for key in json.loads(path.read_text())["keys"]]


def test_new_keys_stand_in_front_and_old_ones_stay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "keys.json"
    assert main(["keys", "make", str(path)]) == 0
    first = kids(path)
    assert path.stat().st_mode & 0o777 == 0o600
    shown = json.loads(capsys.readouterr().out)
    assert all("d" not in key for key in shown["keys"])
    assert main(["keys", "make", str(path)]) == 0
    both = kids(path)
    assert len(first) == 2
    assert both[2:] == first


def test_a_file_with_something_else_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text("something else")
    assert main(["keys", "make", str(path)]) == 1
    assert path.read_text() == "something else"
