"""`flask content …`, and closing attempts whose time is over."""

import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.db import writing
from app.jobs.actions import every
from app.lessons.content import ContentFaults
from app.quizzes import actions
from app.quizzes.content import load_all

group = AppGroup("content", help="Lessons and questions.")
commands = group
KINDS = ("programmes", "modules", "lessons", "questions")


@group.command("load")
@click.option("--root", type=click.Path(path_type=Path), help="Where lessons/ and quizzes/ lie, if not at home.")
def load(root: Path | None) -> None:
    """Load lessons/ and quizzes/, all or nothing; on a mistake print every one with file and line, and exit 1."""
    try:
        loaded = load_all(root or current_app.extensions["settings"].content)
    except ContentFaults as faults:
        click.echo(str(faults), err=True)
        sys.exit(1)
    for kind in KINDS:
        tally = getattr(loaded, kind)
        click.echo(
            f"{kind}: {tally.total}  new: {tally.new}  changed: {tally.changed}  retired: {tally.retired}"
        )


@every(1, "quizzes.close_expired")
def close_expired() -> None:
    """Attempts end at their deadline, whether or not a browser comes back."""
    while True:
        with writing():
            closed = actions.close_expired()
        if not closed:
            return
