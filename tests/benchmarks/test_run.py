"""The benchmark command runs from beginning to end; its figures are nobody's business here."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def test_a_short_run_measures_both_sides(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "run.py"), "--only", "G1,G2,G4"]
    command += ["--rounds", "1", "--seconds", "0.3", "--output", str(tmp_path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)

    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "results.json").read_text())
    assert {row["goal"] for row in found["findings"]} == {"G1", "G2", "G4"}
    for row in found["findings"]:
        assert all(value > 0 for value in [*row["suigo"], *row["limit"]])
        assert (row["ratio"] is None) == (row["limit"] == [])
    assert found["settings"]["fsync"] == "on"
    assert (tmp_path / "results.md").read_text() in done.stdout


def test_an_unknown_goal_is_refused() -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "run.py"), "--only", "G99"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "unknown goals: G99" in done.stderr
