"""`flask files …`, and sweeping."""

import sys

import click
from flask.cli import AppGroup

from app.files import actions
from app.jobs.actions import every

group = AppGroup("files", help="Pictures and PDFs that people brought.")


@group.command("check")
def check() -> None:
    """Read every file back; exits 1 where one is gone or changed. Works on a backup without the master key's help."""
    found = actions.check()
    click.echo(f"{found.files} files, {found.bytes} bytes, {found.strays} without a row, {len(found.lost)} lost")
    for digest in found.lost:
        click.echo(f"lost: {digest}", err=True)
    sys.exit(1 if found.lost else 0)


@every(60, "files.sweep")
def sweep() -> None:
    """What nothing refers to any more goes."""
    actions.sweep()
