"""`flask jobs …`"""

import click
from flask import current_app
from flask.cli import AppGroup

from app.db import db
from app.jobs import actions

group = AppGroup("jobs", help="Background work.")


@group.command("run")
def run() -> None:
    """The runner: does jobs and keeps periodic work going until it is told to stop."""
    actions.sweep()
    db.session.close()  # or this command's transaction would stay open as long as the runner lives
    current_app.extensions["job_transport"].consumer().run()


@group.command("sweep")
def sweep() -> None:
    """Deliver again what was never delivered."""
    click.echo(f"delivered again: {actions.sweep()}")
