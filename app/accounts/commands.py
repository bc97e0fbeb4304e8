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


@group.command("second-step-off")
@click.argument("name")
def second_step_off(name: str) -> None:
    """The last door for who has lost the telephone and the recovery codes: signing in takes the password alone. The
    person is told."""
    person = actions.find_person(name)
    if person is None:
        sys.exit(f"{name}: no account, or two persons share it. Use the member code.")
    with writing():
        actions.take_off(None, person)
    click.echo("The second step is off; it can be turned on again at /toi/xac-thuc-hai-lop.")


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
