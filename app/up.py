"""`flask up`: the whole product under one parent: a web process group and a job runner, state made at first start."""

import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from types import FrameType

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask.cli import with_appcontext
from gunicorn.app.base import BaseApplication

from app import loading, migrating
from app.config import Settings
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
    """Start both children, say where to look, and end all together: on Ctrl-C, on TERM, or when one dies.

    They are forked from this process, which has loaded everything: that halves the time of a start.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    children = {
        "web": _child(lambda: Site(app, port).run()),
        "runner": _child(app.extensions["job_transport"].serve),
    }
    stopping: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.append(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    _say(port, accounts)
    died = None
    while not stopping and died is None:
        time.sleep(0.2)
        died = next((name for name, pid in children.items() if os.waitpid(pid, os.WNOHANG)[0]), None)
    _end([pid for name, pid in children.items() if name != died])
    if died:
        sys.exit(f"The {died} process ended by itself.")
    click.echo("\nstopped")


class Site(BaseApplication):  # type: ignore[misc]
    """gunicorn, two workers with eight threads each, on an application that is loaded already."""

    def __init__(self, app: Flask, port: int) -> None:
        self._app, self._port = app, port
        super().__init__()

    def load_config(self) -> None:
        for name, value in (("bind", f"{HOST}:{self._port}"), ("workers", 2), ("threads", 8), ("loglevel", "warning")):
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app


def _child(work: Callable[[], object]) -> int:
    """The id of a process of its own group that does this and nothing after it."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setsid()
        work()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        os._exit(code)


def _say(port: int, accounts: list[str]) -> None:
    click.echo(f"\nLàm Theo: http://{HOST}:{port}   (Ctrl-C stops everything)")
    for line in accounts:
        click.echo(line)
    sys.stdout.flush()


def _end(children: list[int]) -> None:
    """Ask the process groups to end, and make them after ten seconds."""
    for pid in children:
        _signal(pid, signal.SIGTERM)
    deadline = time.monotonic() + 10
    while children and time.monotonic() < deadline:
        time.sleep(0.05)
        children = [pid for pid in children if not os.waitpid(pid, os.WNOHANG)[0]]
    for pid in children:
        _signal(pid, signal.SIGKILL)


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, number)
