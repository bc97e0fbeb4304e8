"""app.db: one way to write, all of it or nothing, and nothing lost between writers."""

import contextlib
import fcntl
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app import clock, create_app
from app.audit import AuditLine, line
from app.db import (
    NotDurable,
    UtcDateTime,
    WriteOutside,
    affected,
    after_commit,
    db,
    insert,
    require_durability,
    tune,
    writing,
)
from app.migrating import upgrade
from app.units.models import Unit, UnitKind
from tests.conftest import settings_for

DAY = date(2020, 1, 1)


def kind(slug: str) -> UnitKind:
    return UnitKind(slug=slug, name=slug, reviews=False, reports=False, counts_members=False, federation=False)


def kinds(app: Flask) -> set[str]:
    """What another request sees."""
    with app.app_context():
        return set(db.session.scalars(sa.select(UnitKind.slug)))


def counter(app: Flask) -> int:
    with app.app_context(), writing() as session:
        unit = Unit(code="Q1", opened=DAY)
        session.add(unit)
        session.flush()
        return unit.id


def value(app: Flask, unit: int) -> int:
    with app.app_context():
        return db.session.get_one(Unit, unit).next_member


def beside_each_other(app: Flask, works: list[Callable[[], Any]]) -> list[Any]:
    """Each work in a thread and an app context of its own; what it returned, or the exception it raised."""
    found: list[Any] = [None] * len(works)

    def run(place: int) -> None:
        try:
            with app.app_context():
                found[place] = works[place]()
        except Exception as error:
            found[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


# --- all or nothing ----------------------------------------------------------------------------------------------


def test_what_is_written_is_there_for_others(app: Flask) -> None:
    with app.app_context(), writing() as session:
        session.add(kind("a"))
    assert kinds(app) == {"a"}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_exception_takes_everything_back(app: Flask, error: type[BaseException]) -> None:
    def work() -> None:
        with writing() as session:
            session.add(kind("a"))
            session.flush()
            session.execute(sa.insert(Unit).values(code="Q1", opened=DAY, next_member=1))
            raise error

    with app.app_context(), pytest.raises(error):
        work()
    assert kinds(app) == set()


def test_a_broken_constraint_takes_everything_back_and_the_next_block_works(app: Flask) -> None:
    def twice() -> None:
        with writing() as session:
            session.add_all([kind("a"), Unit(code="Q1", opened=DAY)])
            session.flush()
            session.add(Unit(code="Q1", opened=DAY))

    with app.app_context():
        with pytest.raises(sa.exc.IntegrityError):
            twice()
        with writing() as session:
            session.add(kind("b"))
    assert kinds(app) == {"b"}


def test_a_foreign_key_that_points_nowhere_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(sa.exc.IntegrityError), writing() as session:
        session.add(Unit(code="Q1", opened=DAY, successor_id=12345))


def test_what_was_read_before_is_read_again_inside(app: Flask) -> None:
    unit_id = counter(app)

    def elsewhere() -> None:
        with writing() as session:
            session.execute(sa.update(Unit).values(next_member=41))

    with app.app_context():
        unit = db.session.get_one(Unit, unit_id)
        assert unit.next_member == 1
        beside_each_other(app, [elsewhere])
        with writing():
            unit.next_member += 1
    assert value(app, unit_id) == 42


# --- the only way to write ---------------------------------------------------------------------------------------


def test_writing_inside_writing_is_refused(app: Flask) -> None:
    def nested() -> None:
        with writing() as session:
            session.add(kind("a"))
            with writing():
                pass

    with app.app_context(), pytest.raises(WriteOutside, match="inside"):
        nested()
    assert kinds(app) == set()


def test_a_flush_outside_is_refused(app: Flask) -> None:
    with app.app_context():
        db.session.add(kind("a"))
        with pytest.raises(WriteOutside):
            db.session.flush()
    assert kinds(app) == set()


def test_a_commit_outside_is_refused(app: Flask) -> None:
    with app.app_context():
        db.session.add(kind("a"))
        with pytest.raises(WriteOutside):
            db.session.commit()
    assert kinds(app) == set()


def test_a_commit_inside_is_refused_and_takes_the_block_back(app: Flask) -> None:
    """What came before it would be kept, and the rest written without the lock."""

    def half() -> None:
        with writing() as session:
            session.add(kind("a"))
            session.commit()

    with app.app_context():
        with pytest.raises(WriteOutside, match="commits"):
            half()
        with writing() as session:
            session.add(kind("b"))
    assert kinds(app) == {"b"}


def test_a_savepoint_inside_takes_its_own_part_back_and_commits_nothing(app: Flask) -> None:
    def parts() -> None:
        with writing() as session:
            with session.begin_nested():
                session.add(kind("a"))
            with contextlib.suppress(KeyError), session.begin_nested():
                session.add(kind("b"))
                session.flush()
                raise KeyError
            assert kinds_now() == {"a"}
            raise ValueError("back")

    with app.app_context(), pytest.raises(ValueError, match="back"):
        parts()
    assert kinds(app) == set()


def kinds_now() -> set[str]:
    return set(db.session.scalars(sa.select(UnitKind.slug)))


def test_a_commit_inside_a_savepoint_is_refused_and_so_is_a_savepoint_outside(app: Flask) -> None:
    def commit() -> None:
        with writing() as session, session.begin_nested():
            session.add(kind("a"))
            session.commit()

    def outside() -> None:
        with db.session.begin_nested():
            db.session.add(kind("b"))

    with app.app_context():
        for deed in (commit, outside):
            with pytest.raises(WriteOutside):
                deed()
            db.session.rollback()
    assert kinds(app) == set()


def test_a_refused_commit_that_is_swallowed_still_leaves_one_block(app: Flask) -> None:
    def swallow() -> None:
        with writing() as session:
            session.add(kind("a"))
            session.flush()
            with contextlib.suppress(WriteOutside):
                session.commit()
            session.add(kind("b"))
            session.flush()
            raise ValueError("back")

    with app.app_context(), pytest.raises((ValueError, WriteOutside, sa.exc.InvalidRequestError)):
        swallow()
    assert kinds(app) == set()


BARE = "INSERT INTO unit (code, opened, next_member) VALUES ('Q2', '2020-01-01', 1)"


@pytest.mark.parametrize("sql", [BARE, f"  {BARE.lower()}", "WITH x AS (SELECT 1) DELETE FROM unit", "DROP TABLE unit"])
def test_bare_sql_that_is_no_question_is_refused_outside(app: Flask, sql: str) -> None:
    unit_id = counter(app)
    with app.app_context():
        with pytest.raises(WriteOutside):
            db.session.execute(sa.text(sql))
        assert db.session.scalar(sa.text(" SELECT count(*) FROM unit")) == 1
    assert value(app, unit_id) == 1


def test_what_went_past_every_check_is_not_committed(app: Flask) -> None:
    with app.app_context():
        db.session.connection().exec_driver_sql(BARE)
        with pytest.raises(WriteOutside, match="commits"):
            db.session.commit()
        db.session.rollback()
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Unit)) == 0


def test_inside_the_block_bare_sql_is_the_callers_affair(app: Flask) -> None:
    with app.app_context():
        with writing() as session:
            session.execute(sa.text(BARE))
        assert db.session.scalar(sa.select(Unit.code)) == "Q2"


def test_a_forgotten_writing_is_seen_at_the_next_question(app: Flask) -> None:
    unit_id = counter(app)
    with app.app_context():
        db.session.get_one(Unit, unit_id).next_member = 7
        with pytest.raises(WriteOutside):
            db.session.scalars(sa.select(UnitKind)).all()
    assert value(app, unit_id) == 1


def test_a_change_made_before_writing_began_is_seen(app: Flask) -> None:
    with app.app_context():
        db.session.add(kind("a"))
        with pytest.raises(WriteOutside, match="before"), writing():
            pass
    assert kinds(app) == set()


@pytest.mark.parametrize(
    "statement",
    [
        sa.insert(Unit).values(code="Q2", opened=DAY, next_member=1),
        sa.update(Unit).values(next_member=9),
        sa.delete(Unit),
        sa.insert(Unit.__table__).values(code="Q2", opened=DAY, next_member=1),
        sa.update(Unit.__table__).values(next_member=9),
        sa.delete(Unit.__table__),
    ],
)
def test_a_changing_statement_outside_is_refused(app: Flask, statement: sa.Executable) -> None:
    unit_id = counter(app)
    with app.app_context():
        with pytest.raises(WriteOutside):
            db.session.execute(statement)
        with pytest.raises(WriteOutside):
            db.session.scalar(statement)
    assert value(app, unit_id) == 1


def test_the_upsert_of_the_house_is_refused_outside_too(app: Flask) -> None:
    with app.app_context(), pytest.raises(WriteOutside):
        db.session.execute(insert(Unit).values(code="Q2", opened=DAY, next_member=1).on_conflict_do_nothing())


# --- afterwards --------------------------------------------------------------------------------------------------


def test_what_comes_after_the_commit_finds_it_done(app: Flask) -> None:
    seen: list[set[str]] = []
    with app.app_context():
        with writing() as session:
            session.add(kind("a"))
            after_commit(lambda: seen.append(kinds(app)))
            session.flush()
            assert seen == []
        assert seen == [{"a"}]
        with writing() as session:
            session.add(kind("b"))
    assert seen == [{"a"}]


def test_nothing_comes_after_a_rollback(app: Flask) -> None:
    seen: list[int] = []

    def taken_back() -> None:
        with writing() as session:
            session.add(kind("a"))
            after_commit(lambda: seen.append(1))
            raise ValueError("back")

    with app.app_context():
        with pytest.raises(ValueError, match="back"):
            taken_back()
        with writing() as session:
            session.add(kind("b"))
    assert seen == []


def test_nothing_comes_after_a_commit_that_failed(app: Flask) -> None:
    seen: list[int] = []

    def refused() -> None:
        with writing() as session:
            after_commit(lambda: seen.append(1))
            session.add(Unit(code="Q1", opened=DAY, successor_id=12345))

    with app.app_context(), pytest.raises(sa.exc.IntegrityError):
        refused()
    assert seen == []


def test_asking_for_an_afterwards_outside_is_refused(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(WriteOutside):
            after_commit(lambda: None)
        with writing() as session:
            session.add(kind("a"))
        with pytest.raises(WriteOutside):
            after_commit(lambda: None)


# --- many writers ------------------------------------------------------------------------------------------------


def add_one(unit_id: int, times: int) -> None:
    """Read, modify, write: loses counts wherever two writers may be inside at once."""
    for _ in range(times):
        with writing():
            unit = db.session.get_one(Unit, unit_id)
            seen = unit.next_member
            unit.next_member = seen + 1


def test_eight_threads_lose_nothing_on_sqlite(one_app: Flask) -> None:
    unit_id = counter(one_app)
    found = beside_each_other(one_app, [lambda: add_one(unit_id, 25)] * 8)
    assert found == [None] * 8
    assert value(one_app, unit_id) == 1 + 8 * 25


OTHER_PROCESS = """
import sys
from pathlib import Path
from app import create_app
from tests.conftest import settings_for
from tests.test_db import add_one
url, state, unit = sys.argv[1:]
with create_app(settings_for(url, Path(state))).app_context():
    print("ready", flush=True)
    sys.stdin.readline()
    add_one(int(unit), 60)
"""


def test_two_processes_lose_nothing_on_sqlite(one_app: Flask, tmp_path: Path) -> None:
    """Takes 5 s: two more processes import the whole application."""
    unit_id = counter(one_app)
    with one_app.app_context():
        url = db.engine.url.render_as_string()
    others = [
        subprocess.Popen(
            [sys.executable, "-c", OTHER_PROCESS, url, str(tmp_path), str(unit_id)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parent.parent,
        )
        for _ in range(2)
    ]
    said = [other.stdout.readline() for other in others if other.stdout]
    for other in others:
        other.communicate(b"\n", timeout=60)
    assert said == [b"ready\n"] * 2
    assert [other.returncode for other in others] == [0, 0]
    assert value(one_app, unit_id) == 1 + 2 * 60


def test_of_two_conditional_updates_one_takes_effect(app: Flask) -> None:
    unit_id = counter(app)
    both = threading.Barrier(2)

    def take() -> int:
        seen = db.session.get_one(Unit, unit_id).next_member
        both.wait(10)
        with writing() as session:
            changed = session.execute(
                sa.update(Unit).where(Unit.id == unit_id, Unit.next_member == seen).values(next_member=seen + 1)
            )
        return affected(changed)

    assert sorted(beside_each_other(app, [take, take])) == [0, 1]
    assert value(app, unit_id) == 2


def test_counting_in_one_statement_loses_nothing(app: Flask) -> None:
    unit_id = counter(app)

    def many() -> None:
        for _ in range(25):
            with writing() as session:
                session.execute(sa.update(Unit).where(Unit.id == unit_id).values(next_member=Unit.next_member + 1))

    assert beside_each_other(app, [many] * 4) == [None] * 4
    assert value(app, unit_id) == 1 + 4 * 25


def test_a_reader_does_not_wait_for_a_writer(app: Flask) -> None:
    unit_id = counter(app)
    with app.app_context(), writing() as session:
        session.execute(sa.update(Unit).values(next_member=9))
        assert beside_each_other(app, [lambda: db.session.get_one(Unit, unit_id).next_member]) == [1]
    assert value(app, unit_id) == 9


def test_a_block_that_failed_holds_no_lock(app: Flask) -> None:
    unit_id = counter(app)

    def fail() -> None:
        with writing() as session:
            session.execute(sa.update(Unit).values(next_member=9))
            raise ValueError("x")

    with app.app_context():
        with pytest.raises(ValueError, match="x"):
            fail()
        assert beside_each_other(app, [lambda: add_one(unit_id, 1)]) == [None]
    assert value(app, unit_id) == 2


def test_a_block_holds_the_lock_and_the_database_from_its_beginning(one_app: Flask) -> None:
    with one_app.app_context():
        path = db.engine.url.database or ""
        with closing(sqlite3.connect(path, timeout=0)) as foreign, open(f"{path}.lock", "w", encoding="ascii") as lock:
            with writing():
                with pytest.raises(sqlite3.OperationalError, match="locked"):
                    foreign.execute("BEGIN IMMEDIATE")
                with pytest.raises(BlockingIOError):
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            foreign.execute("BEGIN IMMEDIATE")


# --- durability --------------------------------------------------------------------------------------------------


@pytest.fixture
def file_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'a.db'}"


def tuned(url: str, durable: bool) -> sa.Engine:
    engine = sa.create_engine(url)
    tune(engine, durable)
    return engine


def test_sqlite_as_we_set_it_keeps_what_it_acknowledged(file_url: str) -> None:
    engine = tuned(file_url, durable=True)
    assert require_durability(engine) == {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"}
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 10_000
    engine.dispose()


def test_sqlite_that_could_lose_a_commit_is_refused(file_url: str) -> None:
    engine = tuned(file_url, durable=False)
    with pytest.raises(NotDurable, match="synchronous"):
        require_durability(engine)
    engine.dispose()


@pytest.mark.parametrize("pragma", ["synchronous=NORMAL", "foreign_keys=OFF"])
def test_each_setting_of_sqlite_is_read_back(file_url: str, pragma: str) -> None:
    engine = tuned(file_url, durable=True)
    sa.event.listen(engine, "connect", lambda connection, entry: connection.execute(f"PRAGMA {pragma}"))
    with pytest.raises(NotDurable, match=pragma.split("=")[0]):
        require_durability(engine)
    engine.dispose()


def postgres_with(url: str, setting: str) -> sa.Engine:
    return sa.create_engine(url, connect_args={"options": f"-c synchronous_commit={setting}"})


@pytest.mark.parametrize("setting", ["on", "local", "remote_write", "remote_apply"])
def test_postgresql_that_waits_for_its_disk_is_accepted(postgres: str, setting: str) -> None:
    engine = postgres_with(postgres, setting)
    assert require_durability(engine) == {"fsync": "on", "synchronous_commit": setting}
    engine.dispose()


def test_postgresql_that_does_not_wait_for_its_disk_is_refused(postgres: str) -> None:
    engine = postgres_with(postgres, "off")
    with pytest.raises(NotDurable, match="synchronous_commit"):
        require_durability(engine)
    engine.dispose()


def test_an_application_does_not_start_on_a_database_that_forgets(postgres: str, tmp_path: Path) -> None:
    forgetful = sa.make_url(postgres).update_query_dict({"options": "-c synchronous_commit=off"})
    settings = settings_for(forgetful.render_as_string(hide_password=False), tmp_path)
    with pytest.raises(NotDurable):
        create_app(replace(settings, durable=True))


@pytest.fixture
def durable_app(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(replace(settings_for(f"sqlite:///{tmp_path / 'lamtheo.db'}", tmp_path), durable=True))
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.mark.parametrize("store", ["default", "keys"])
def test_a_house_whose_database_or_key_store_forgets_is_not_ready(durable_app: Flask, store: str) -> None:
    client = durable_app.test_client()
    assert client.get("/readyz").status_code == 200
    with durable_app.app_context():
        engine = db.get_engine(store)
        sa.event.listen(engine, "connect", lambda connection, entry: connection.execute("PRAGMA synchronous=NORMAL"))
        engine.dispose()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json[{"default": "durability", "keys": "key_store"}[store]]["synchronous"] == "1"


def test_a_server_that_cut_its_connections_costs_nobody_a_page(postgresql_app: Flask) -> None:
    with postgresql_app.app_context():
        assert db.session.scalar(sa.select(sa.literal(1))) == 1
        db.session.rollback()  # the connection waits in the pool
        other = sa.create_engine(db.engine.url, isolation_level="AUTOCOMMIT")
        with other.connect() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        other.dispose()
        assert db.session.scalar(sa.select(sa.literal(1))) == 1


def test_an_error_of_the_database_names_no_value(app: Flask) -> None:
    secret = "điều riêng tư"
    with app.app_context(), pytest.raises(sa.exc.IntegrityError) as raised, writing() as session:
        session.execute(sa.insert(Unit).values(code=secret, opened=DAY, successor_id=12345))
    assert secret not in str(raised.value)


# --- moments -----------------------------------------------------------------------------------------------------


def test_a_moment_without_a_zone_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(sa.exc.StatementError, match="time zone"):
        db.session.execute(sa.select(sa.literal(datetime(2020, 5, 12), UtcDateTime())))


def test_a_moment_comes_back_as_it_went_in(app: Flask) -> None:
    with app.app_context():
        vietnam = clock.local(clock.now())
        with writing():
            line(None, "trial", "unit", "Q1")
            db.session.flush()
            db.session.execute(sa.update(AuditLine).values(at=vietnam))
        found = db.session.scalar(sa.select(AuditLine.at))
    assert found == vietnam
    assert found is not None
    assert found.utcoffset() == timedelta()
