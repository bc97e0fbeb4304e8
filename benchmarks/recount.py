"""How long does somebody wait who records a step while every total is recounted?

    .venv/bin/python benchmarks/recount.py [--quick] [--json]

20,000 members whose totals are all wrong: in 100 units of 200, and in one unit of 20,000. While `steps.rebuild` mends
them, one person after another records a step; printed are the longest of these waits in milliseconds (the largest of
the two databases), how long the recount took altogether, and how long one that finds nothing wrong. Aim: no wait over
500 ms. --quick makes a tenth of the members.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app import clock, create_app
from app.accounts.models import Membership
from app.db import db, writing
from app.migrating import upgrade
from app.steps.actions import rebuild, record, withdraw
from app.steps.models import StepTally
from app.steps.queries import programme_of_year
from benchmarks.completion import DATE, STEPS, World, databases, fill
from tests.conftest import settings_for

MANY, ONE = "units_of_200", "one_unit"


def spoil() -> None:
    with writing() as session:
        session.execute(sa.update(StepTally).values(asked=StepTally.asked + 1))


def waits(app: Flask, people: list[UUID], programme: int, ended: threading.Event) -> list[float]:
    """How long each of these records took, one after another until the recount has ended."""
    found = []
    with app.app_context():
        for n in range(1_000_000):
            if ended.is_set():
                return found
            who, key = people[n % len(people)], STEPS[-1].key
            started = time.perf_counter()
            with writing():
                withdraw(who, programme, key, None)
                record(who, programme, key, clock.now(), "online", None)
            found.append(time.perf_counter() - started)
            time.sleep(0.002)
    return found


def measure(app: Flask) -> dict[str, float]:
    with app.app_context():
        programme = programme_of_year(2020).id
        people = list(db.session.scalars(sa.select(Membership.person_id).order_by(Membership.id.desc()).limit(50)))
        spoil()
        ended, found = threading.Event(), list[float]()
        beside = threading.Thread(target=lambda: found.extend(waits(app, people, programme, ended)))
        beside.start()
        started = time.perf_counter()
        mended = rebuild()
        whole = time.perf_counter() - started
        ended.set()
        beside.join()
        assert mended
        started = time.perf_counter()
        assert rebuild() == []
        return {
            "longest_wait_ms": 1000 * max(found),
            "whole_s": whole,
            "nothing_wrong_s": time.perf_counter() - started,
        }


def on(kind: str, members: int) -> dict[str, dict[str, float]]:
    worlds = {MANY: World("many", members // 200, 200), ONE: World("one", 2, 10, members)}
    found = {}
    with databases(kind, list(worlds.values())) as urls, tempfile.TemporaryDirectory() as state:
        for (name, world), url in zip(worlds.items(), urls, strict=True):
            folder = Path(state) / name
            folder.mkdir()
            app = create_app(settings_for(url, folder))
            with app.app_context():
                upgrade()
            fill(app, world)
            found[name] = measure(app)
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
    members = 2_000 if chosen.quick else 20_000
    by_database: dict[str, Any] = {kind: on(kind, members) for kind in ("sqlite", "postgresql")}
    longest = max(world["longest_wait_ms"] for found in by_database.values() for world in found.values())
    if chosen.json:
        print(json.dumps({"members": members, "longest_wait_ms": longest, "by_database": by_database}, indent=2))
        return
    print(f"members          {members:,}")
    print(f"longest_wait_ms  {longest:.0f}")
    for kind, found in by_database.items():
        for name, figures in found.items():
            print(kind, name, {figure: round(value, 2) for figure, value in figures.items()})


if __name__ == "__main__":
    main()
