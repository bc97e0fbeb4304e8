"""How fast is a list of 5,000 people read and loaded, and how long does anybody else wait meanwhile?

    .venv/bin/python benchmarks/rosters.py [--quick] [--json]

The committed file of tests/rosters/files, through the slice's own actions: read in a child, compared, put down, loaded
into an empty unit of a year with six steps, compared again with what is there by now, taken back. On both databases;
SQLite with full synchronisation.

- read_rows_per_second, load_rows_per_second: lines a second, from the file to the preview, from the button to the end.
- longest_lock_ms: the longest that one `writing()` held the lock (on SQLite nobody else can write meanwhile); `locks`
  names the longest of each step.

The flat figures are the worse of the two databases. Aim: 5,000 lines read and loaded in under 30 s. --quick measures
SQLite only.
"""

import argparse
import importlib
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app import chance, clock, create_app
from app.accounts import actions as accounts
from app.accounts.models import Membership
from app.config import ROOT
from app.db import db, writing
from app.migrating import upgrade
from app.rosters import actions, files, queries
from app.rosters.models import Upload
from app.steps.actions import define_programme, define_steps
from app.steps.queries import Step
from app.units import actions as units
from tests.conftest import _own_database, settings_for
from tests.make import postgres_server

START = date(2020, 1, 1)
FILE = ROOT / "tests" / "rosters" / "files" / "may-sen-hong-5000.xlsx"
STEPS = [Step(f"study:m{n}", f"Chuyên đề {n}", frozenset({"all"})) for n in range(1, 7)]
database = importlib.import_module("app.db")  # `app.db` is also what it holds
held: list[float] = []
real_lock = database._file_lock


@contextmanager
def timed_lock(engine: sa.Engine) -> Iterator[None]:
    with real_lock(engine):
        begun = time.perf_counter()
        yield
        held.append(time.perf_counter() - begun)


@contextmanager
def database_of(kind: str) -> Iterator[str]:
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/lists.db"
        return
    with postgres_server() as server:
        yield next(_own_database(sa.make_url(server), "bench_rosters"))


def world() -> tuple[UUID, int]:
    """A unit with one officer; returns both."""
    with writing():
        units.install_kinds()
        top = units.open_unit(None, "F", "Liên đoàn", "district", None, START)
        union = units.open_unit(None, "MSH", "CĐCS May Sen Hồng", "grassroots", top.id, START)
        programme = define_programme("2020", 2020, "Chương trình", "Chủ đề", "")
        define_steps(programme, STEPS)
        officer = accounts.add_person(None, "Cán bộ")
        accounts.grant(None, officer.id, union, "officer", START, "chair")
        return officer.id, union.id


def read(by: UUID, unit_id: int) -> UUID:
    """The file read anew; in a test application the background work is done at once."""
    upload = chance.row_id()
    files.keep(upload, FILE.read_bytes())
    with writing():
        actions.start(by, upload, unit_id, "members", FILE.name)
    return upload


def load(by: UUID, upload: UUID) -> None:
    found = db.session.get_one(Upload, upload)
    with writing():
        actions.decide_groups(found, True)
    with writing():
        actions.answer_all(found)
    with writing():
        actions.ask_to_apply(by, found, queries.plan_of(found).mark, skip_faulty=True)


def undo(by: UUID, upload: UUID) -> None:
    undone = actions.look_before_undo(db.session.get_one(Upload, upload))
    with writing():
        actions.undo(by, upload, undone)


def measure(kind: str) -> dict[str, Any]:
    with database_of(kind) as url, tempfile.TemporaryDirectory() as state:
        app = create_app(replace(settings_for(url, Path(state)), durable=kind == "sqlite"))
        with app.app_context():
            upgrade()
        with app.app_context():
            found = _measure()
            for engine in db.engines.values():
                engine.dispose()
        return found


def _measure() -> dict[str, Any]:
    by, unit_id = world()
    timed = Timed()
    with timed.step("read"):
        upload = read(by, unit_id)
    with timed.step("load"):
        load(by, upload)
    loaded = db.session.get_one(Upload, upload)
    assert loaded.state == "done", loaded.state
    lines, there = loaded.counts["lines"], members()
    with timed.step("compare again"):
        again = read(by, unit_id)
    with writing():
        actions.drop(by, db.session.get_one(Upload, again))
    with timed.step("undo"):
        undo(by, upload)
    assert members() == 0
    return {
        "lines": lines,
        "members": there,
        "seconds": {step: round(seconds, 2) for step, seconds in timed.took.items()},
        "locks": {step: round(seconds * 1_000) for step, seconds in timed.locks.items()},
        "read_rows_per_second": round(lines / timed.took["read"]),
        "load_rows_per_second": round(lines / timed.took["load"]),
        "longest_lock_ms": round(max(timed.locks.values()) * 1_000),
    }


def members() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Membership)) or 0


class Timed:
    """How long each step took, and the longest lock in it."""

    def __init__(self) -> None:
        self.took: dict[str, float] = {}
        self.locks: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        held.clear()
        begun = time.perf_counter()
        yield
        self.took[name] = time.perf_counter() - begun
        self.locks[name] = max(held)
        db.session.expire_all()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    clock.set_offset(datetime(2020, 5, 12, 1, tzinfo=clock.UTC) - clock.now() + timedelta())
    database._file_lock = timed_lock
    by_database = {kind: measure(kind) for kind in (("sqlite",) if chosen.quick else ("sqlite", "postgresql"))}
    worst = {"read_rows_per_second": min, "load_rows_per_second": min, "longest_lock_ms": max}
    flat = {name: pick(found[name] for found in by_database.values()) for name, pick in worst.items()}
    if chosen.json:
        print(json.dumps(flat | {"by_database": by_database}, indent=2))
        return
    for name, value in flat.items():
        print(f"{name:24} {value:,}")
    for kind, found in by_database.items():
        print(kind, found)


if __name__ == "__main__":
    main()
