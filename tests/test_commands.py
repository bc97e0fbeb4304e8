"""The commands on a real demo state, each in a process of its own, as an operator types them."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.config import ROOT

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def runner(state: Path) -> Run:
    def run(*words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
        return subprocess.run(
            command,
            cwd=ROOT,
            env=environ | {"STATE_DIR": str(state)} | more,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A demo made by its command; takes some 20 s, because 160 people live through their spring one by one."""
    run = runner(tmp_path_factory.mktemp("demo"))
    made = run("demo", "make", "--sealed")
    assert made.returncode == 0, made.stderr
    return run


pytestmark = pytest.mark.xdist_group("demo")


def test_the_demo_ends_sealed_and_verifies(demo: Run) -> None:
    found = demo("audit", "verify")
    assert found.returncode == 0
    assert "not yet sealed: 0" in found.stdout
    assert "FAULT" not in found.stdout


def test_no_trace_of_a_sealed_text_lies_on_disk(demo: Run) -> None:
    found = demo("privacy", "sealed-check")
    assert found.returncode == 0, found.stdout
    assert "hits: 0" in found.stdout
    assert int(found.stdout.split("texts: ")[1].split()[0]) > 100


def test_a_recount_of_the_demo_finds_no_difference(demo: Run) -> None:
    found = demo("steps", "rebuild")
    assert found.returncode == 0
    assert found.stdout.strip() == "differences: 0"


def test_the_demo_has_eight_units_and_160_people_at_different_points(demo: Run) -> None:
    found = demo("demo", "accounts")
    assert "MSH-0004-1" in found.stdout
    assert "hoc-va-lam-theo" in found.stdout


def test_content_loaded_again_changes_nothing(demo: Run) -> None:
    found = demo("content", "load")
    assert found.returncode == 0
    assert "questions: 55  new: 0  changed: 0  retired: 0" in found.stdout


def test_the_last_door_opens_for_the_administrator(demo: Run) -> None:
    found = demo("accounts", "reset", "q1 0003 2")
    assert found.returncode == 0
    assert found.stdout.startswith("/kich-hoat/")
    assert demo("accounts", "reset", "Q1-0003-9").returncode == 1


def test_without_a_state_a_command_says_what_makes_it(tmp_path: Path) -> None:
    for words in (("audit", "verify"), ("steps", "rebuild"), ("privacy", "sealed-check"), ("accounts", "reset", "X")):
        found = runner(tmp_path)(*words)
        assert found.returncode == 1
        assert "make run" in found.stderr
        assert "Traceback" not in found.stderr


def test_a_broken_database_gives_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "lamtheo.db").write_bytes(b"not a database " * 1000)
    found = runner(tmp_path)("up", "--port", "18473")
    assert found.returncode != 0
    assert "Traceback" not in found.stderr
    assert "broken" in found.stderr


def test_an_unsafe_production_start_is_refused_with_every_reason(tmp_path: Path) -> None:
    found = runner(tmp_path)("up", LAM_THEO_MODE="production")
    assert found.returncode != 0
    for name in ("DATABASE_URL", "PUBLIC_URL", "SECRET_KEY", "MASTER_KEY_FILE"):
        assert name in found.stderr
    assert "Traceback" not in found.stderr
