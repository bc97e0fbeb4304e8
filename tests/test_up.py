"""`flask up`: one parent, a web process group and a runner, that begin and end together."""

import os
import shutil
import signal
import sqlite3
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from tests import commands


@pytest.fixture
def state(made_demo: Path, tmp_path: Path) -> Path:
    """A demo's state of this test's own."""
    return Path(shutil.copytree(made_demo, tmp_path / "demo"))


def opened_by(pid: int) -> list[str]:
    """The files that a process holds open."""
    found = []
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.append(os.readlink(descriptor))
        except FileNotFoundError:
            continue
    return found


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def all_end(pids: list[int], within: float = 15) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if not any(is_alive(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


def test_the_parent_holds_no_database_while_its_children_serve(state: Path) -> None:
    """SQLite's locks belong to a process: children that inherit a connection believe in locks they do not hold."""
    with commands.serving(state) as served:
        urllib.request.urlopen(f"{served.address}/dang-nhap").close()
        assert [path for path in opened_by(served.process.pid) if ".db" in path and not path.endswith(".lock")] == []


def test_the_children_end_with_a_parent_that_is_killed(state: Path) -> None:
    """Two groups that go on alone would serve beside the next start's, on the same files."""
    with commands.serving(state) as served:
        children = served.children()
        assert len(children) == 2
        served.process.kill()
        served.process.wait(10)
        assert all_end(children)


def test_ctrl_c_ends_everything(state: Path) -> None:
    with commands.serving(state) as served:
        children = served.children()
        assert served.stop() == 0
        assert all_end(children, within=1)
        assert "stopped" in served.log.read_text(encoding="utf-8")
        with pytest.raises(OSError, match="refused"):
            urllib.request.urlopen(served.address, timeout=2)


def test_where_one_child_dies_the_other_and_the_parent_end(state: Path) -> None:
    with commands.serving(state) as served:
        children = served.children()
        os.kill(children[1], signal.SIGKILL)
        assert served.process.wait(20) == 1
        assert all_end(children, within=1)
        assert "ended by itself" in served.log.read_text(encoding="utf-8")


def test_the_printed_accounts_and_the_footer_tell_of_the_demo(state: Path) -> None:
    with commands.serving(state) as served:
        told = served.log.read_text(encoding="utf-8")
        assert served.address in told
        for who in ("đoàn viên", "ủy viên BCH", "Chủ tịch", "LĐLĐ quận", "quản trị"):
            assert who in told
        with urllib.request.urlopen(f"{served.address}/dang-nhap") as page:
            assert "Hôm nay ở sân tập là thứ Ba 12/5/2020" in page.read().decode().replace("\u00a0", " ")


def test_a_taken_port_gives_one_line(state: Path) -> None:
    with commands.serving(state) as served:
        found = commands.run(state.parent / "other", "up", "--port", served.address.rpartition(":")[2])
    assert found.returncode == 1
    assert "make run PORT=" in found.stderr
    assert len(found.stderr.strip().splitlines()) == 1


def test_a_second_site_on_the_same_state_is_refused(state: Path) -> None:
    with commands.serving(state):
        found = commands.run(state, "up", "--port", str(commands.free_port()))
    assert found.returncode == 1
    assert "A site is running" in found.stderr


def test_a_demo_that_was_interrupted_is_made_anew(tmp_path: Path, made_demo: Path) -> None:
    """A story of 160 people takes its time (10 to 20 s here, twice), and Ctrl-C comes at any moment."""
    state = tmp_path / "demo"
    process, _, _ = commands.start(state)
    deadline = time.monotonic() + 60
    while not (state / "demo-unfinished").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)
    with commands.serving(state):
        pass
    assert not (state / "demo-unfinished").exists()
    assert counts(state) == counts(made_demo)


def counts(state: Path) -> list[int]:
    with closing(sqlite3.connect(state / "lamtheo.db")) as connection:
        tables = ("person", "step_done", "record", "attempt")
        return [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]
