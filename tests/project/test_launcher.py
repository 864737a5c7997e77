"""The launcher: what a stranger sees before anything is installed."""

import importlib.util
import os
import re
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

from suigo.project.cli.__main__ import parser
from suigo.project.cli.locking import addresses_in

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt", "requirements-bootstrap.txt")


@pytest.fixture
def launcher() -> ModuleType:
    """The launcher script as a module."""
    loader = SourceFileLoader("suigo_launcher", str(ROOT / "suigo"))
    spec = importlib.util.spec_from_loader("suigo_launcher", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def run_launcher(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "suigo"), *words],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )


def test_without_a_command_it_lists_the_commands_and_installs_nothing(tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    done = run_launcher(SUIGO_VENV=str(venv))
    assert done.returncode == 0
    assert "./suigo run" in done.stdout
    assert not venv.exists()


def test_an_unknown_command_is_refused_before_anything_is_installed(tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    done = run_launcher("runn", SUIGO_VENV=str(venv))
    assert done.returncode == 1
    assert "「runn」" in done.stderr
    assert not venv.exists()


def test_a_broken_environment_of_somebody_else_is_named_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / "precious").touch()
    done = run_launcher("doctor", SUIGO_VENV=str(tmp_path / "venv"))
    assert done.returncode == 1
    assert f"SUIGO_VENV={tmp_path / 'venv'}" in done.stderr
    assert (tmp_path / "venv" / "precious").exists()


def test_the_launcher_and_the_product_know_the_same_commands(launcher: ModuleType) -> None:
    commands = next(a for a in parser()._actions if a.dest == "command").choices
    assert commands is not None
    assert set(launcher.COMMANDS) - {"install"} == set(commands)


def test_an_old_python_gets_a_sentence(
    launcher: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(launcher.sys, "version_info", (3, 9, 2))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit) as ended:
        launcher.need_new_python()
    assert ended.value.code == 1
    assert "this is 3.9" in capsys.readouterr().err


def test_the_launcher_can_be_read_by_old_pythons() -> None:
    """Newer syntax would give people with an old Python a traceback instead of the sentence."""
    source = (ROOT / "suigo").read_text()
    compile(source, "suigo", "exec", dont_inherit=True, _feature_version=6)
    assert not re.search(r"\bmatch \w+:$|:=| \| None", source)


def test_pip_settings_of_every_kind_are_found(launcher: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_text(
        "[global]\nindex-url = https://index.invalid/simple\nfind-links = /wheels\n"
        "[install]\ncert = /certificates.pem\n"
    )
    os.environ["PIP_CONFIG_FILE"] = str(tmp_path / "pip.conf")
    try:
        found = launcher.pip_settings(Path(sys.executable))
    finally:
        del os.environ["PIP_CONFIG_FILE"]
    assert found["index-url"] == "https://index.invalid/simple"
    assert found["cert"] in {"/certificates.pem", os.environ.get("PIP_CERT")}


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_requirements_are_exact_hashed_and_name_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert addresses_in(text) == []
    entries = re.split(r"\n(?=\S)", re.sub(r"(?m)^#.*\n", "", text).strip())
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9._\[\],-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_development_requirements_hold_the_runtime_ones_at_the_same_versions() -> None:
    runtime, development = (
        set(re.findall(r"(?m)^[a-z0-9._\[\],-]+==[^\s;]+", (ROOT / name).read_text()))
        for name in REQUIREMENTS[:2]
    )
    assert runtime <= development


def test_an_address_in_a_requirements_file_would_be_found() -> None:
    assert addresses_in("a==1\nb @ https://example.invalid/b.whl\n") == [
        "b @ https://example.invalid/b.whl"
    ]
