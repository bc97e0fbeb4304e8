"""`flask up`: the whole product under one parent: a web process group and a job runner, state made at first start."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import with_appcontext

from app import loading, migrating
from app.config import ROOT, Settings
from app.db import db
from app.demo import accounts as demo_accounts
from app.demo import federation
from app.running import only_one

HOST = "127.0.0.1"


@click.command("up")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@with_appcontext
def up(port: int) -> None:
    """Migrate, load lessons and quizzes, make the demo federation at first start, then serve until Ctrl-C."""
    settings: Settings = current_app.extensions["settings"]
    _require_free(port)
    with only_one(settings):
        _prepare(settings)
        _serve(port, demo_accounts.lines() if settings.mode == "demo" else [])


def _prepare(settings: Settings) -> None:
    try:
        _step("database", migrating.upgrade)
        _step("lessons and quizzes", lambda: loading.load(settings.content))
        if settings.mode == "demo":
            made = _step("demo federation", federation.make_once)
            if "DEMO_DATE" in os.environ and not made:
                click.echo("DEMO_DATE counts for a new demo only: `make demo` makes one.")
    except sa.exc.DatabaseError as error:
        sys.exit(f"The database {db.engine.url.render_as_string()} is broken or not ours: {error.orig}")
    db.session.close()
    for engine in db.engines.values():
        engine.dispose()


def _step(name: str, work: Callable[[], object]) -> object:
    started = time.monotonic()
    click.echo(f"{name} …", nl=False)
    found = work()
    click.echo(f" {time.monotonic() - started:.1f} s")
    return found


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            sys.exit(f"Port {port} cannot be used ({error.strerror}). Choose another: make run PORT={port + 1}")


def _serve(port: int, accounts: list[str]) -> None:
    """Start both children, say where to look, and end all together: on Ctrl-C, on TERM, or when one dies."""
    bin_ = Path(sys.executable).parent
    env = os.environ | {"FLASK_APP": "wsgi"}
    web = [
        str(bin_ / "gunicorn"),
        "wsgi:app",
        "--bind",
        f"{HOST}:{port}",
        "--workers",
        "2",
        "--threads",
        "8",
        "--log-level",
        "warning",
    ]
    runner = [str(bin_ / "flask"), "--app", "wsgi", "jobs", "run"]
    children = [subprocess.Popen(args, cwd=ROOT, env=env, start_new_session=True) for args in (web, runner)]
    stopping: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.append(number)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
    _say(port, accounts)
    while not stopping and all(child.poll() is None for child in children):
        time.sleep(0.2)
    died = [child.args for child in children if child.poll() is not None] if not stopping else []
    _end(children)
    if died:
        sys.exit(f"A process ended by itself: {died}")
    click.echo("\nstopped")


def _say(port: int, accounts: list[str]) -> None:
    click.echo(f"\nLàm Theo: http://{HOST}:{port}   (Ctrl-C stops everything)")
    for line in accounts:
        click.echo(line)
    sys.stdout.flush()


def _end(children: list["subprocess.Popen[bytes]"]) -> None:
    """Ask the process groups to end, and make them after ten seconds."""
    for child in children:
        _signal(child, signal.SIGTERM)
    deadline = time.monotonic() + 10
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            _signal(child, signal.SIGKILL)


def _signal(child: "subprocess.Popen[bytes]", number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, number)
