"""`flask accounts …`"""

import sys

import click
from flask.cli import AppGroup

from app.accounts import actions
from app.db import writing
from app.jobs.actions import every

group = AppGroup("accounts", help="Getting in.")


@every(60, "accounts.tidy")
def tidy() -> None:
    """Ended sessions, codes that nobody used, and names that rest no more are not kept."""
    with writing():
        actions.tidy()


@group.command("reset")
@click.argument("name")
def reset(name: str) -> None:
    """The last door: a new activation code for the account of this member code, phone or e-mail address."""
    person = actions.find_person(name)
    if person is None:
        sys.exit(f"{name}: no account, or two persons share it. Use the member code.")
    with writing():
        code = actions.make_slip(None, person)
    click.echo(f"/kich-hoat/{code}   (30 days, once; sets a new password and ends every session)")
