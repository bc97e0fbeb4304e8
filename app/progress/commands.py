"""`flask figures …`; and figures are closed when their day has come."""

import sys

import click
from flask.cli import AppGroup

from app.jobs.actions import every
from app.progress import actions
from app.progress.queries import cut_offs

group = AppGroup("figures", help="Figures that are closed.")


@every(30, "progress.close")
def close() -> None:
    actions.close_due()


@group.command("verify")
def verify() -> None:
    """Hold every closed figure against its hash, there and on the trail; exits 1 if any is not what was closed."""
    found, number = cut_offs.altered()
    for code, day in found:
        click.echo(f"unit {code} day {day}: not what was closed")
    click.echo(f"closed: {number}, altered: {len(found)}")
    sys.exit(1 if found else 0)
