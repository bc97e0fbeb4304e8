"""`flask steps …`"""

import sys

import click
from flask.cli import AppGroup

from app.db import writing
from app.jobs.actions import every
from app.steps import actions

group = AppGroup("steps", help="Who has done what.")


@group.command("rebuild")
def rebuild() -> None:
    """Recount every unit's totals, print what differed, mend it; exits 1 if anything did."""
    with writing():
        found = actions.rebuild()
    for wrong in found:
        click.echo(f"unit {wrong.unit_id} programme {wrong.programme_id} {wrong.key}: {wrong.kept} -> {wrong.counted}")
    click.echo(f"differences: {len(found)}")
    sys.exit(1 if found else 0)


@every(30, "steps.midnight")
def midnight() -> None:
    """Exemptions and memberships begin and end by date, without anybody doing anything: count again."""
    with writing():
        actions.rebuild()
