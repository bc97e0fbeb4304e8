"""`flask demo …`"""

import sys

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from app import audit, loading, migrating
from app.config import Settings
from app.db import db, writing
from app.demo import accounts as shown
from app.demo import federation
from app.running import only_one

group = AppGroup("demo", help="The demo federation.")


@group.command("make")
@click.option("--sealed", "seal", is_flag=True, help="Seal every audit line at the end.")
@with_appcontext
def make(seal: bool) -> None:
    """Make the demo federation anew in its own state folder."""
    settings: Settings = current_app.extensions["settings"]
    if settings.mode != "demo" or db.engine.dialect.name != "sqlite":
        sys.exit("The demo is made in its own SQLite state only: unset LAM_THEO_MODE and DATABASE_URL.")
    with only_one(settings):
        federation.start_over(settings)
        migrating.upgrade()
        loading.load(settings.content)
        federation.make_once()
        if seal:
            _seal()
    for line in shown.lines():
        click.echo(line)


def _seal() -> None:
    while True:
        with writing():
            done = audit.seal_batch()
        if done < audit.BATCH:
            return


@group.command("accounts")
@with_appcontext
def accounts() -> None:
    """Who can sign in to the demo."""
    for line in shown.lines():
        click.echo(line)
