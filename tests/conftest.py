"""Two databases, one suite: every test that asks for `app` runs on SQLite and on a real PostgreSQL."""

import fcntl
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import is_hypothesis_test, settings

from app import clock, create_app
from app.config import ROOT, Settings
from app.db import Model, db
from app.migrating import upgrade
from tests import commands, make
from tests import world as worlds

NOW = datetime(2020, 5, 12, 1, 0, tzinfo=UTC)  # Tuesday, 08:00 in Vietnam
DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a database of this worker on a real PostgreSQL server: TEST_PG_URL, else one of our own."""
    given = os.environ.get("TEST_PG_URL")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    if given:
        url = sa.make_url(given)
        yield from _own_database(url, f"lamtheo_test_{worker}")
        return
    with make.postgres_server() as server:
        yield from _own_database(sa.make_url(server), f"lamtheo_test_{worker}")


def _own_database(server: sa.URL, name: str) -> Iterator[str]:
    server = server.set(drivername="postgresql+psycopg")
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        admin.connect().close()
    except sa.exc.OperationalError as error:
        mend = "start that server, or unset TEST_PG_URL" if "TEST_PG_URL" in os.environ else "set TEST_PG_URL"
        raise RuntimeError(f"no PostgreSQL answers the tests ({error.orig}): {mend}") from error
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name}")
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET synchronous_commit = off")
    yield server.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    admin.dispose()


def settings_for(url: str, state: Path) -> Settings:
    return Settings(
        mode="test",
        state=state,
        database_url=url,
        keys_url=f"sqlite:///{state / 'keys.db'}",
        jobs_file=state / "jobs.db",
        secret_key="test" * 16,
        master_key=b"k" * 32,
        public_url="",
        trusted_proxies=0,
        demo_date=NOW.date(),
        durable=False,
        content=ROOT,
    )


@pytest.fixture(scope="session")
def sqlite_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Path, Path]]:
    """An application on a migrated SQLite file, and a copy of that file to return to after each test."""
    state = tmp_path_factory.mktemp("sqlite")
    path = state / "lamtheo.db"
    app = create_app(settings_for(f"sqlite:///{path}", state))
    with app.app_context():
        upgrade()
    with app.app_context():  # the migrations' own connection goes back only with their context
        dispose()
    clean = state / "clean.db"
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(clean)) as target:
        source.backup(target)
    yield app, path, clean
    with app.app_context():
        dispose()


@pytest.fixture(scope="session")
def postgresql_app(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(settings_for(postgres, tmp_path_factory.mktemp("postgresql")))
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        dispose()


def dispose() -> None:
    for engine in db.engines.values():
        engine.dispose()


@pytest.fixture(params=DATABASES)
def app(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application on an empty, migrated database; time stands at NOW and runs on."""
    yield from fresh(request)


@pytest.fixture
def one_app(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The same on SQLite only: for what cannot depend on the database."""
    yield from fresh(request, "sqlite")


def fresh(request: pytest.FixtureRequest, name: str = "") -> Iterator[Flask]:
    clock.set_offset(NOW - datetime.now(UTC))
    if (name or request.param) == "sqlite":
        app, path, clean = request.getfixturevalue("sqlite_app")
        yield app
        with app.app_context():
            db.engine.dispose()
        for extra in ("-wal", "-shm"):
            path.with_name(path.name + extra).unlink(missing_ok=True)
        shutil.copyfile(clean, path)
    else:
        app = request.getfixturevalue("postgresql_app")
        yield app
        with app.app_context(), db.engine.begin() as connection:
            for table in reversed(Model.metadata.sorted_tables):
                connection.execute(sa.delete(table))
    clock.set_offset(timedelta())


@pytest.fixture(scope="session")
def made_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state of a demo that its command has just made, once for all workers: to be copied, never served."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    state, done = shared / "demo", shared / "demo-made"
    with (shared / "demo-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            made = commands.run(state, "demo", "make", "--sealed")
            assert made.returncode == 0, made.stderr
            done.touch()
    return state


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def world(app: Flask) -> "worlds.World":
    """A small named federation; see tests/world.py."""
    return worlds.build(app)


@pytest.fixture
def one_world(one_app: Flask) -> "worlds.World":
    return worlds.build(one_app)


settings.register_profile("deep", max_examples=2_000, deadline=None)


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(config: pytest.Config, items: list[Any]) -> None:
    """Browser tests last: they are the longest, and the rest tells sooner what is wrong. Whatever hypothesis draws
    examples for is a `property`, which `make prove` tries with many more of them."""
    for item in items:
        if is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker("property")
        if item.path.name == "test_access.py" and "[postgresql]" in item.name:
            item.add_marker("prove")  # each walks every page as everybody: once on every run is enough
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


# --- where the time goes -----------------------------------------------------------------------------------------

BUDGET = "12 minutes on 2 cores"
SLOW = 2.0


def pytest_runtest_setup(item: pytest.Item) -> None:
    item.user_properties.append(("says why", bool(getattr(getattr(item, "obj", None), "__doc__", None))))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The seconds of each part of the suite, and slow tests whose docstring gives no reason."""
    parts: Counter[str] = Counter()
    slow = set()
    for report in (each for reports in terminalreporter.stats.values() for each in reports):
        if not hasattr(report, "duration"):
            continue
        path = report.nodeid.partition("::")[0].split("/")
        parts[path[1] if len(path) > 2 else path[-1]] += report.duration
        if report.when == "call" and report.duration > SLOW and ("says why", False) in report.user_properties:
            slow.add(f"{report.duration:.1f} s  {report.nodeid}")
    if sum(parts.values()) < 60:
        return
    terminalreporter.section(f"seconds by part, setting up included (budget: {BUDGET})", sep="-")
    terminalreporter.line("  ".join(f"{part.removesuffix('.py')} {spent:.0f}" for part, spent in parts.most_common()))
    for line in sorted(slow, reverse=True)[:20]:
        terminalreporter.line(f"over {SLOW:.0f} s without a reason: {line}")
