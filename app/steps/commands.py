"""`flask steps …`"""

import sys

import click
from flask.cli import AppGroup

from app import clock
from app.db import writing
from app.jobs import actions as jobs
from app.jobs.models import Job
from app.steps import actions, queries

group = AppGroup("steps", help="Who has done what.")


@group.command("rebuild")
def rebuild() -> None:
    """Recount every unit's totals, print what differed, mend it; exits 1 if anything did."""
    found = actions.rebuild()
    for wrong in found:
        click.echo(f"unit {wrong.unit_id} programme {wrong.programme_id} {wrong.key}: {wrong.kept} -> {wrong.counted}")
    click.echo(f"differences: {len(found)}")
    sys.exit(1 if found else 0)


@jobs.every(30, "steps.midnight")
def midnight() -> None:
    """Memberships, roles and exemptions begin and end by their dates, without anybody doing anything: recount the units
    where one does today. Once a day, at night where the runner lives, all units are looked at."""
    today = clock.today()
    actions.rebuild(units=queries.units_dated(today))
    with writing():
        jobs.add("steps.sweep", today.isoformat(), uq_key=f"steps.sweep:{today}")


@jobs.work("steps.sweep")
def sweep(job: Job) -> None:
    """Recount every unit."""
    actions.rebuild()
