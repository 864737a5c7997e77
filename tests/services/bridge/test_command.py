"""``./suigo bridge``, as an operator types it."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from suigo.services.bridge.command import main
from suigo.services.bridge.rules.keys import own_keys, peer_keys


def lines(printed: str) -> list[str]:
    return [line for line in printed.splitlines() if not line.startswith("#")]


def test_keys_are_a_secret_line_and_a_public_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "outer-2026"]) == 0
    secret, public = lines(capsys.readouterr().out)
    assert own_keys(secret)[0].public.line == public
    assert peer_keys(public)[0].id == "outer-2026"
    assert main(["keys", "no spaces"]) == 1


@pytest.mark.django_db
def test_one_node_sends_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show"]) == 0
    assert "one node" in capsys.readouterr().out
    assert main(["receive", str(tmp_path)]) == 1
    assert "SUIGO_ZONE is not set" in capsys.readouterr().err


@pytest.mark.django_db
@pytest.mark.usefixtures("inner")
def test_both_ways_and_how_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, come = tmp_path / "out", tmp_path / "in"
    assert main(["send", str(out)]) == 0
    assert [path.suffix for path in out.iterdir()] == [".note"]
    assert main(["receive", str(come)]) == 0  # nothing was carried yet
    come.mkdir()
    (come / "x.packet").write_bytes(b"not a packet")
    assert main(["receive", str(come)]) == 1
    assert main(["receive", str(come)]) == 0  # it is out of the way
    capsys.readouterr()
    assert main(["show"]) == 1
    assert "packets set aside" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_node_without_keys_says_so(
    tmp_path: Path, settings: LazySettings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.SUIGO_ZONE = "outer"
    assert main(["receive", str(tmp_path)]) == 1
    assert "SUIGO_BRIDGE_PEER_KEYS is not set" in capsys.readouterr().err
