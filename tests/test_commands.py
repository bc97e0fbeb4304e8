"""The commands on a real demo state, each in a process of its own, as an operator types them."""

import shutil
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask.cli import AppGroup

from app import create_app
from tests import commands
from tests.conftest import dispose, settings_for

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def runner(state: Path) -> Run:
    return partial(commands.run, state)


@pytest.fixture(scope="module")
def demo(made_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Commands on a demo of this module's own."""
    state = tmp_path_factory.mktemp("commands") / "demo"
    shutil.copytree(made_demo, state)
    return runner(state)


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


def test_the_demo_says_who_can_sign_in(demo: Run) -> None:
    found = demo("demo", "accounts")
    assert "MSH-0004-1" in found.stdout
    assert "hoc-va-lam-theo" in found.stdout


def asked_of(state: Path, question: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(state / "lamtheo.db")) as database:
        return database.execute(question).fetchall()


def test_the_demo_has_eight_units_and_160_people(made_demo: Path) -> None:
    of_units = asked_of(
        made_demo,
        "select unit.code, count(membership.id) from unit join unit_place on unit_place.unit_id = unit.id "
        "left join membership on membership.unit_id = unit.id where unit_place.kind = 'grassroots' group by unit.code",
    )
    assert len(of_units) == 8
    assert sum(members for _, members in of_units) == 160
    assert min(members for _, members in of_units) > 0


def test_the_people_of_the_demo_stand_at_different_points_of_the_year(made_demo: Path) -> None:
    """Some have not been in, some have done nothing yet, some all; and every answer to a record is there."""
    done = dict(asked_of(made_demo, "select person_id, count(*) from step_done group by person_id"))
    members = {person for (person,) in asked_of(made_demo, "select person_id from membership")}
    points = Counter(done.get(person, 0) for person in members)
    assert len(points) >= 6
    assert points[0] > 0
    assert max(points.values()) < len(members) / 2
    assert asked_of(made_demo, "select 1 from account where password_hash is null limit 1")
    stages = {stage for (stage,) in asked_of(made_demo, "select distinct stage from record")}
    assert {"kept", "declined", "submitted", "returned", "confirmed"} <= stages
    sources = {source for (source,) in asked_of(made_demo, "select distinct source from step_done")}
    assert {"online", "meeting", "paper"} <= sources


def test_content_loaded_again_changes_nothing(demo: Run) -> None:
    found = demo("content", "load")
    assert found.returncode == 0
    assert "questions: 390  new: 0  changed: 0  retired: 0" in found.stdout


def test_the_last_door_opens_for_the_administrator(demo: Run) -> None:
    found = demo("accounts", "reset", "q1 0003 2")
    assert found.returncode == 0
    assert found.stdout.startswith("/kich-hoat/")
    assert demo("accounts", "reset", "Q1-0003-9").returncode == 1


def test_without_a_state_every_command_says_what_makes_it(tmp_path: Path) -> None:
    app = create_app(replace(settings_for(f"sqlite:///{tmp_path / 'lamtheo.db'}", tmp_path), mode="demo"))
    groups = {name: found for name, found in app.cli.commands.items() if isinstance(found, AppGroup)}
    named = {(group, name) for group, found in groups.items() for name in found.commands if group != "db"}
    assert {("audit", "verify"), ("jobs", "run"), ("content", "load")} < named
    without = {
        ("demo", "make"),
        ("checks", "migrations"),
        ("notices", "try-mail"),
    }  # these make their own, or need none
    for words in sorted(named - without):
        given = ("X",) if words[0] == "accounts" else ()
        found = app.test_cli_runner().invoke(args=[*words, *given])
        assert found.exit_code == 1, words
        assert "make run" in found.output, words
    with app.app_context():
        dispose()


def test_an_unsafe_production_start_is_refused_with_every_reason(tmp_path: Path) -> None:
    found = runner(tmp_path)("up", LAM_THEO_MODE="production")
    assert found.returncode != 0
    for name in ("DATABASE_URL", "PUBLIC_URL", "SECRET_KEY", "MASTER_KEY_FILE"):
        assert name in found.stderr
    assert "Traceback" not in found.stderr


def test_a_broken_file_of_the_state_gives_one_line_that_names_it(tmp_path: Path) -> None:
    for name in ("lamtheo.db", "keys.db", "jobs.db"):
        state = tmp_path / name.partition(".")[0]
        state.mkdir()
        (state / "master-key").write_text("ab" * 32 + "\n", encoding="ascii")
        (state / name).write_bytes(b"not a database " * 1000)
        found = runner(state)("audit", "verify")
        assert found.returncode == 1
        assert name in found.stderr
        assert "Traceback" not in found.stderr


def test_a_master_key_that_is_not_the_keys_own_is_refused_at_start(made_demo: Path, tmp_path: Path) -> None:
    state = tmp_path / "demo"
    shutil.copytree(made_demo, state)
    (state / "master-key").write_text("ab" * 32 + "\n", encoding="ascii")
    found = runner(state)("audit", "verify")
    assert found.returncode == 1
    assert "master key" in found.stderr
    assert "Traceback" not in found.stderr


def test_a_database_of_another_version_gives_one_line(made_demo: Path, tmp_path: Path) -> None:
    state = tmp_path / "demo"
    shutil.copytree(made_demo, state)
    with closing(sqlite3.connect(state / "lamtheo.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    found = runner(state)("up", "--port", str(commands.free_port()))
    assert found.returncode == 1
    assert "does not fit this version" in found.stderr
    assert "Traceback" not in found.stderr
