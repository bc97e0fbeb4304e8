"""Gathers the slices' `flask …` commands and adds those of the whole."""

import sys
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from app import audit, clock, migrating, sealed
from app.accounts.commands import group as accounts_group
from app.administration import actions as administration
from app.administration.forms import KINDS
from app.config import Settings
from app.db import db, writing
from app.demo.commands import group as demo_group
from app.demo.commands import make as make_demo
from app.files.commands import group as files_group
from app.jobs import actions as jobs
from app.jobs.commands import group as jobs_group
from app.lessons.content import ContentFaults
from app.loading import load as load_content
from app.notices.commands import group as notices_group
from app.progress.commands import group as figures_group
from app.refusal import RuleBroken
from app.steps.commands import group as steps_group
from app.up import up

audit_group = AppGroup("audit", help="Who did what to which.")
content_group = AppGroup("content", help="Lessons, questions and forms.")
privacy_group = AppGroup("privacy", help="What is held about people.")
checks_group = AppGroup("checks", help="What `make check` asks.")


def init_app(app: Flask) -> None:
    for group in (
        accounts_group,
        audit_group,
        checks_group,
        content_group,
        demo_group,
        files_group,
        jobs_group,
        notices_group,
        privacy_group,
        steps_group,
        figures_group,
    ):
        for command in group.commands.values():
            if command not in (make_demo, migrations):  # these make their own
                _needs_database(command)
        app.cli.add_command(group)
    app.cli.add_command(up)
    app.cli.add_command(init)


def _needs_database(command: click.Command) -> None:
    """A command that finds no database says which command makes it, instead of a traceback."""
    inner = command.callback
    if inner is None or getattr(inner, "needs_database", False):
        return

    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_app.testing and not sa.inspect(db.engine).has_table("person"):
            url = db.engine.url.render_as_string()
            sys.exit(f"There is no database at {url} yet: `make run` makes the demo federation, or `flask db upgrade`.")
        return inner(*args, **kwargs)

    guarded.needs_database = True  # type: ignore[attr-defined]
    command.callback = with_appcontext(guarded)


# --- beginning ----------------------------------------------------------------------------------------------------


@click.command("init")
@click.argument("name")
@click.option("--code", required=True, help="Unit code: capital letters and digits, such as Q1.")
@click.option("--short", default="", help="A short name, such as “LĐLĐ Quận 1”.")
@click.option("--kind", type=click.Choice([slug for slug, _ in KINDS]), default="district", show_default=True)
@click.option("--year", type=click.IntRange(2000, 2100), help="Of the first programme; this year if not given.")
@click.option("--administrator", required=True, help="The full name of whoever administers it first.")
@with_appcontext
def init(name: str, code: str, short: str, kind: str, year: int | None, administrator: str) -> None:
    """Begin a real federation in an empty database, and print the first administrator's activation code."""
    settings: Settings = current_app.extensions["settings"]
    if settings.mode == "demo":
        sys.exit("This is the demo's state. Set LAM_THEO_MODE=production and what it asks for, then begin there.")
    migrating.upgrade()
    beginning = administration.Beginning(code.upper(), name, short, kind, year or clock.today().year, administrator)
    try:
        with writing():
            begun = administration.begin(beginning)
    except RuleBroken as refusal:
        sys.exit(str(refusal))
    click.echo(f"{administrator}, {begun.member_code}")
    click.echo(f"{settings.public_url}/kich-hoat/{begun.slip}   (30 days, once; sets the password)")


# --- audit --------------------------------------------------------------------------------------------------------


@jobs.every(1, "audit.seal")
def seal_all() -> int:
    """Seal every line there is, batch by batch; returns how many."""
    total = 0
    while True:
        with writing():
            sealed_now = audit.seal_batch()
        total += sealed_now
        if sealed_now < audit.BATCH:
            return total


@audit_group.command("seal")
def seal() -> None:
    """Seal the lines that are not sealed yet."""
    click.echo(f"sealed: {seal_all()}")


@audit_group.command("verify")
def verify() -> None:
    """Recompute every seal; exits 1 on a changed or missing line or a broken chain."""
    found = audit.verify()
    click.echo(f"seals: {found.seals}  sealed lines: {found.sealed}  not yet sealed: {found.unsealed}")
    click.echo(f"head: {found.head}")
    for fault in found.faults:
        click.echo(f"FAULT {fault}")
    sys.exit(1 if found.faults else 0)


# --- content ------------------------------------------------------------------------------------------------------

LOADED = ("programmes", "modules", "lessons", "questions")


@content_group.command("load")
@click.option("--root", type=click.Path(path_type=Path), help="Where lessons/ and quizzes/ lie, if not at home.")
def load(root: Path | None) -> None:
    """Load lessons/ and quizzes/, all or nothing; on a mistake print every one with file and line, and exit 1."""
    try:
        loaded = load_content(root or current_app.extensions["settings"].content)
    except ContentFaults as faults:
        click.echo(str(faults), err=True)
        sys.exit(1)
    for kind in LOADED:
        tally = getattr(loaded, kind)
        click.echo(f"{kind}: {tally.total}  new: {tally.new}  changed: {tally.changed}  retired: {tally.retired}")


# --- privacy ------------------------------------------------------------------------------------------------------


@privacy_group.command("sealed-check")
def sealed_check() -> None:
    """Decrypt every sealed text and look for traces of it in what the databases hold on disk. Exits 1 on a hit, or
    if nothing could be decrypted."""
    found = sealed.check(raw_databases())
    click.echo(f"texts: {found.texts}  bytes searched: {found.bytes}  unreadable: {found.unreadable}")
    click.echo(f"hits: {len(found.hits)}")
    for hit in found.hits[:20]:
        click.echo(f"HIT {hit}")
    sys.exit(1 if found.hits or not found.texts else 0)


def raw_databases() -> dict[str, bytes]:
    """The bytes in which a sealed text must not be found: database files with their WAL, or a COPY of every table."""
    settings: Settings = current_app.extensions["settings"]
    files = [settings.jobs_file]
    found: dict[str, bytes] = {}
    if db.engine.dialect.name == "sqlite":
        files.insert(0, Path(db.engine.url.database or ""))
    else:
        found = _copies()
    for file in files:
        for path in (file, file.with_name(file.name + "-wal")):
            if path.is_file():
                found[path.name] = path.read_bytes()
    return found


def _copies() -> dict[str, bytes]:
    copies: dict[str, bytes] = {}
    with db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        for table in sa.inspect(db.engine).get_table_names():
            with driver.cursor().copy(f'COPY "{table}" TO STDOUT (FORMAT binary)') as copy:
                copies[table] = b"".join(bytes(part) for part in copy)
    return copies


# --- checks -------------------------------------------------------------------------------------------------------


@checks_group.command("migrations")
def migrations() -> None:
    """Whether a database made by the migrations has exactly the tables that the models describe."""
    from app.migrating import differences

    found = differences()
    for difference in found:
        click.echo(f"NOT MIGRATED {difference}")
    sys.exit(1 if found else 0)
