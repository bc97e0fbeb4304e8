"""How much slower do completion pages get when everything around them grows?

    .venv/bin/python benchmarks/completion.py [--quick] [--json]

Ratios of median times, measured in one run, requests alternating between the two sides, whole requests through the
application (session, guard, queries, template):

- unit_page_ratio: the larger of (page 1 of a 200-member unit among 500 such units : among 5) and (page 1 of a
  5,000-member unit : of a 200-member one).
- federation_page_ratio: 50 rows of 500 units of 200 members : 50 rows of 50 units of 20.

The flat figures are the worse of the two databases. Aim: at most 2. --quick makes 10 requests a side instead of 30.
"""

import argparse
import gc
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app import clock, create_app
from app.accounts import actions as accounts
from app.accounts.models import Membership, Person, SignInSession
from app.accounts.queries import token_hash
from app.db import db, writing
from app.migrating import upgrade
from app.steps.actions import define_programme, define_steps, rebuild
from app.steps.models import StepDone
from app.steps.queries import Step
from app.text import fold, name_key
from app.units import actions as units
from tests.conftest import _own_database, settings_for
from tests.make import postgres_server, unit

START = date(2020, 1, 1)
DATE = datetime(2020, 5, 12, 1, tzinfo=clock.UTC)
NAMES = ("Nguyễn Thị Hòa", "Lê Văn Tuấn", "Trần Thị Mỹ Hạnh", "Đỗ Quang Minh", "Phạm Thị Thu")
STEPS = tuple(Step(f"study:m{n}", f"Chuyên đề {n}", frozenset({"all"})) for n in range(1, 6))
SPACE = UUID("6f0c8a52-6a43-4b43-9a1c-8d6c2f7f3a10")


@dataclass(frozen=True)
class World:
    """A federation of so many units of so many members; perhaps one large unit under a federation of its own."""

    name: str
    units: int
    members: int
    large: int = 0


BIG = World("big", 500, 200, 5_000)
SMALL = World("small", 5, 200)
FEW = World("few", 50, 20)


def fill(app: Flask, world: World) -> int:
    """Make the world, rows in bulk; returns how many members it has."""
    with app.app_context():
        with writing():
            units.install_kinds()
            top = units.open_unit(None, "F", "Liên đoàn", "district", None, START)
            for n in range(world.units):
                units.open_unit(None, f"U{n:04d}", f"CĐCS số {n:04d}", "grassroots", top.id, START)
            if world.large:
                other = units.open_unit(None, "G", "Liên đoàn khác", "district", None, START)
                units.open_unit(None, "LARGE", "CĐCS lớn", "grassroots", other.id, START)
            programme = define_programme("2020", 2020, "Chương trình", "Chủ đề", "")
            define_steps(programme, list(STEPS))
            programme_id = programme.id
        sizes = [(f"U{n:04d}", world.members) for n in range(world.units)] + [("LARGE", world.large)] * bool(
            world.large
        )
        for code, size in sizes:
            add_members(unit_id(code), code, size, programme_id)
        rebuild()
        with writing():
            for code in ("F", "U0001", "LARGE") if world.large else ("F", "U0001"):
                officer(code)
        return sum(size for _, size in sizes)


def unit_id(code: str) -> int:
    found = unit(code).id
    db.session.rollback()
    return found


def add_members(unit: int, code: str, size: int, programme: int) -> None:
    people, memberships, done = [], [], []
    for n in range(size):
        person, name = uuid5(SPACE, f"{code}-{n}"), f"{NAMES[n % 5]} {n}"
        key = name_key(name)
        people.append({"id": person, "name": name, "sort_key": key, "search_key": fold(name), "state": "active"})
        memberships.append(
            {"person_id": person, "unit_id": unit, "holds_office": False, "sort_key": key, "since": START}
        )
        done += [
            {
                "person_id": person,
                "programme_id": programme,
                "key": step.key,
                "outcome": "done",
                "done_at": clock.now(),
                "source": "online",
            }
            for step in STEPS[: n % 6]
        ]
    with writing() as session:
        for table, rows in ((Person, people), (Membership, memberships), (StepDone, done)):
            session.execute(sa.insert(table), rows)


def officer(code: str) -> None:
    person = accounts.add_person(None, f"Cán bộ {code}")
    accounts.grant(None, person.id, unit(code), "officer", START, "chair")
    accounts.open_session(person.id, accounts.Attempt("", ""), code)
    db.session.flush()
    token = sa.update(SignInSession).where(SignInSession.person_id == person.id).values(id=token_hash(f"token-{code}"))
    db.session.execute(token)


def browser(app: Flask, code: str) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["phien"] = f"token-{code}"
    return client


def once(client: FlaskClient, path: str) -> float:
    started = time.perf_counter()
    answer = client.get(path)
    taken = time.perf_counter() - started
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return taken


def ratio(left: tuple[FlaskClient, str], right: tuple[FlaskClient, str], times: int) -> float:
    """Median of left : median of right, requests alternating, after three warm ones on each side."""
    for _ in range(3):
        once(*left), once(*right)
    gc.collect()
    gc.disable()
    pairs = [(once(*left), once(*right)) for _ in range(times)]
    gc.enable()
    return statistics.median(a for a, _ in pairs) / statistics.median(b for _, b in pairs)


@contextmanager
def databases(kind: str, worlds: Sequence[World]) -> Iterator[list[str]]:
    """URLs of empty databases of this kind, one a world."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield [f"sqlite:///{folder}/{world.name}.db" for world in worlds]
        return
    with postgres_server() as server:
        made = [_own_database(sa.make_url(server), f"bench_{world.name}") for world in worlds]
        yield [next(one) for one in made]


def measure(kind: str, times: int) -> dict[str, Any]:
    with databases(kind, (BIG, SMALL, FEW)) as urls, tempfile.TemporaryDirectory() as state:
        apps, members = [], 0
        for world, url in zip((BIG, SMALL, FEW), urls, strict=True):
            folder = Path(state) / world.name
            folder.mkdir()
            app = create_app(settings_for(url, folder))
            apps.append(app)
            with app.app_context():
                upgrade()
            members = max(members, fill(app, world))
            with app.app_context(), db.engine.connect() as connection:
                connection.exec_driver_sql("ANALYZE")
                connection.commit()
        big, small, few = apps
        path = "/don-vi/{}/hoan-thanh"
        own = browser(big, "U0001"), path.format("U0001")
        found = {
            "members": members,
            "among_500_to_among_5": ratio(own, (browser(small, "U0001"), path.format("U0001")), times),
            "large_to_small_unit": ratio((browser(big, "LARGE"), path.format("LARGE")), own, times),
            "federation_page_ratio": ratio(
                (browser(big, "F"), path.format("F")), (browser(few, "F"), path.format("F")), times
            ),
        }
        found["unit_page_ratio"] = max(found["among_500_to_among_5"], found["large_to_small_unit"])
        for app in apps:
            with app.app_context():
                for engine in db.engines.values():
                    engine.dispose()
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    clock.set_offset(DATE - clock.now())
    by_database = {kind: measure(kind, 10 if chosen.quick else 30) for kind in ("sqlite", "postgresql")}
    flat = {
        name: max(found[name] for found in by_database.values())
        for name in ("unit_page_ratio", "federation_page_ratio")
    }
    flat["members"] = min(found["members"] for found in by_database.values())
    if chosen.json:
        print(json.dumps(flat | {"by_database": by_database}, indent=2))
        return
    for name, value in flat.items():
        print(f"{name:24} {value:.2f}" if isinstance(value, float) else f"{name:24} {value:,}")
    for kind, found in by_database.items():
        print(kind, {name: round(value, 2) for name, value in found.items()})


if __name__ == "__main__":
    main()
