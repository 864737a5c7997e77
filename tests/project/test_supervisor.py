"""The supervisor, with real processes."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from suigo.project.supervisor import Supervisor, listen, recorded_port

ROOT = Path(__file__).resolve().parents[2]


def eventually(holds: Callable[[], bool], *, within: float = 20.0) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return False


def runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture
def sleeper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module that notes its process id, starts a child of its own, and sleeps."""
    (tmp_path / "sleeper.py").write_text(
        textwrap.dedent("""
        import os, subprocess, sys, time
        child = subprocess.Popen(["sleep", "600"])
        with open(sys.argv[1], "a") as notes:
            print(os.getpid(), child.pid, file=notes)
        time.sleep(600)
        """)
    )
    path = os.pathsep.join([str(tmp_path), str(ROOT / "src")])
    monkeypatch.setenv("PYTHONPATH", path)
    return "sleeper"


def test_a_part_that_dies_is_started_again_and_the_end_takes_everything(
    sleeper: str, tmp_path: Path
) -> None:
    said: list[str] = []
    keeper = Supervisor(say=said.append, cluster=None)
    notes = tmp_path / "notes"
    keeper.add("sleeper", sleeper, str(notes))
    keeper.start()
    watching = threading.Thread(target=keeper.run)
    watching.start()

    def processes() -> list[int]:
        return [int(n) for n in notes.read_text().split()] if notes.exists() else []

    assert eventually(lambda: len(processes()) == 2)
    first, child_of_first = processes()
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: len(processes()) == 4)
    assert eventually(lambda: not runs(child_of_first)), "the dead part's own child is left over"
    assert len(said) == 1
    assert "sleeper" in said[0]
    keeper.end()
    watching.join(timeout=20)
    assert not watching.is_alive()
    assert eventually(lambda: not any(runs(pid) for pid in processes()))


def test_a_part_that_keeps_dying_is_started_more_and_more_slowly() -> None:
    keeper = Supervisor(say=lambda _: None, cluster=None)
    keeper.add("broken", "no_such_module")
    keeper.start()
    part = keeper.parts[0]
    watching = threading.Thread(target=keeper.run)
    watching.start()
    assert eventually(lambda: part.pause >= 0.8)
    keeper.end()
    watching.join(timeout=20)
    assert not part.is_running()


def test_parts_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    (tmp_path / "follower.py").write_text(
        "import os, sys, time\nfrom suigo.project import lifeline\nlifeline.follow()\n"
        "open(sys.argv[1], 'w').write(str(os.getpid()))\ntime.sleep(600)\n"
    )
    program = textwrap.dedent(f"""
        from suigo.project.supervisor import Supervisor
        keeper = Supervisor(say=print, cluster=None)
        keeper.add("follower", "follower", {str(tmp_path / "pid")!r})
        keeper.start()
        keeper.run()
        """)
    path = os.pathsep.join([str(tmp_path), str(ROOT / "src")])
    supervisor = subprocess.Popen(
        [sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": path}
    )
    note = tmp_path / "pid"
    assert eventually(lambda: note.exists() and note.read_text() != "")
    follower = int(note.read_text())
    supervisor.kill()
    supervisor.wait()
    assert eventually(lambda: not runs(follower))


def test_a_taken_port_is_an_error_at_once() -> None:
    first = listen("127.0.0.1", 0)
    with pytest.raises(OSError, match="in use"):
        listen("127.0.0.1", first.getsockname()[1])
    first.close()


def test_a_recorded_port_stays_unless_it_was_taken(tmp_path: Path) -> None:
    port = recorded_port(tmp_path / "port")
    assert recorded_port(tmp_path / "port") == port
    assert 20_000 <= port < 32_768  # nobody is given it by chance before its part listens
    occupant = listen("127.0.0.1", port)
    moved = recorded_port(tmp_path / "port")
    assert moved != port
    occupant.close()
    assert recorded_port(tmp_path / "port") == moved
