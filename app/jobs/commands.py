"""`flask jobs …`"""

import click
from flask import current_app
from flask.cli import AppGroup

from app.jobs import actions

group = AppGroup("jobs", help="Background work.")


@group.command("run")
def run() -> None:
    """The runner: does jobs and keeps periodic work going until it is told to stop."""
    current_app.extensions["job_transport"].serve()


@group.command("sweep")
def sweep() -> None:
    """Deliver again what was never delivered."""
    click.echo(f"delivered again: {actions.sweep()}")
