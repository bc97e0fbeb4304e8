"""`flask up`: the whole product under one parent: a web process group and a job runner, state made at first start."""

import contextlib
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

import click
import sqlalchemy as sa
from alembic.util import CommandError
from flask import Flask, current_app
from flask.cli import with_appcontext
from gunicorn.app.base import BaseApplication

from app import loading, migrating
from app.administration import queries as administration
from app.config import Settings, start_code
from app.db import db
from app.demo import accounts as demo_accounts
from app.demo import federation
from app.lessons.content import ContentFaults
from app.running import only_one

HOST = "127.0.0.1"
SERVER = {
    "workers": 2,
    "threads": 8,
    "loglevel": "warning",
    "limit_request_line": 8190,  # what is longer gunicorn refuses by itself, without a page of ours
}


@click.command("up")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@with_appcontext
def up(port: int) -> None:
    """Migrate, load lessons and quizzes, make the demo federation at first start, then serve until Ctrl-C."""
    settings: Settings = current_app.extensions["settings"]
    _require_free(port)
    with only_one(settings):
        _serve(port, _prepare(settings))


def _prepare(settings: Settings) -> list[str]:
    """Bring the state up to date; returns the lines that say who can sign in to the demo.

    All of it happens in a context of its own, and every connection is closed behind it: SQLite's locks belong to a
    process, so a forked child that inherits a connection believes in locks it does not hold.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        with app.app_context():
            return _bring_up_to_date(settings)
    except ContentFaults as faults:
        sys.exit(f"lessons/ and quizzes/ cannot be loaded:\n{faults}")
    except CommandError as error:
        sys.exit(f"The database {_shown_url()} does not fit this version of Làm Theo: {error}")
    except sa.exc.DatabaseError as error:
        sys.exit(f"The database {_shown_url()} is broken or not ours: {error.orig}")
    finally:
        for engine in db.engines.values():
            engine.dispose()


def _bring_up_to_date(settings: Settings) -> list[str]:
    if settings.mode == "demo" and federation.was_interrupted(settings):
        federation.start_over(settings)
    _step("database", migrating.upgrade)
    _step("lessons and quizzes", lambda: loading.load(settings.content))
    if settings.mode != "demo":
        return [] if administration.has_begun() else beginning(settings)
    made = _step("demo federation", federation.make_once)
    if "DEMO_DATE" in os.environ and not made:
        click.echo("DEMO_DATE counts for a new demo only: `make demo` makes one.")
    return demo_accounts.lines()


def beginning(settings: Settings) -> list[str]:
    """What to do with an empty house."""
    code = start_code(settings.state)
    grouped = "-".join(code[at : at + 4] for at in range(0, len(code), 4))
    return [
        "There is no federation here yet. Begin one with `flask init`, or in the browser:",
        f"  {settings.public_url}/quan-tri/bat-dau   start code: {grouped}",
    ]


def _shown_url() -> str:
    return db.engine.url.render_as_string()


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
    alive, held = os.pipe()  # nobody writes to it: it ends when this process does, however that happens
    children = {
        "web": _child(lambda: Site(app, port).run(), alive, held),
        "runner": _child(app.extensions["job_transport"].serve, alive, held),
    }
    os.close(alive)
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
        for name, value in {"bind": f"{HOST}:{self._port}", **SERVER}.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app


def _child(work: Callable[[], object], alive: int, held: int) -> int:
    """The id of a process of its own group that does this and nothing after it, and ends when its parent does."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setsid()
        os.close(held)
        threading.Thread(target=_end_with_parent, args=(alive,), daemon=True).start()
        work()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        os._exit(code)


def _end_with_parent(alive: int) -> None:
    """Wait until the parent is gone, which may have had no time to say so; then end this process group."""
    os.read(alive, 1)
    os.killpg(0, signal.SIGTERM)


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
