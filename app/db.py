"""The database: declarative base, column types, and `writing()`, the only way to change anything."""

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware moment, stored in UTC on every database."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


# Compared byte by byte on both databases: codes, keys, sort keys.
Bytewise = sa.String().with_variant(sa.String(collation="C"), "postgresql")

Id = Annotated[int, mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)]
Code = Annotated[str, mapped_column(Bytewise)]


class Model(DeclarativeBase):
    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: UtcDateTime(),
        date: sa.Date(),
        str: sa.Text(),
        UUID: sa.Uuid(),
        int: sa.BigInteger().with_variant(sa.Integer, "sqlite"),
        bytes: sa.LargeBinary(),
        dict[str, Any]: sa.JSON(),
        list[Any]: sa.JSON(),
        list[str]: sa.JSON(),
    }


db = SQLAlchemy(session_options={"autoflush": True})


class WriteOutside(RuntimeError):
    """Something tried to change the database outside `writing()`."""


class NotDurable(RuntimeError):
    """The database would acknowledge a commit that a power cut can take back."""


@contextmanager
def writing() -> Iterator[Session]:
    """The transaction that writes: everything in the block is committed at its end, or nothing is.

    What was read before is given up first, so that decisions inside rest on what is true now. On SQLite the block
    holds the file lock and begins with BEGIN IMMEDIATE; on PostgreSQL it is an ordinary transaction. Keep it short:
    no hashing, parsing, rendering, files or network inside. Functions given to `after_commit` run once it is durable.
    """
    session = db.session
    if session.info.get("writing"):
        raise WriteOutside("writing() inside writing(): actions change, edges commit")
    if session.new or session.dirty or session.deleted:
        raise WriteOutside("something was changed before writing() began")
    session.rollback()
    with _file_lock(db.engine):
        session.info["writing"] = True
        session.info["after_commit"] = []
        try:
            session.connection(execution_options={"writing": True})
            yield session
            session.info["committing"] = True
            session.commit()
        except BaseException:
            session.info["after_commit"] = []
            session.rollback()
            raise
        finally:
            session.info["writing"] = session.info["committing"] = False
    for work in session.info.pop("after_commit"):
        work()


def after_commit(work: Callable[[], None]) -> None:
    """Have `work` done once the current `writing()` block is durable; never if it is rolled back."""
    if not db.session.info.get("writing"):
        raise WriteOutside("after_commit outside writing()")
    db.session.info["after_commit"].append(work)


_descriptors = threading.local()


@contextmanager
def _file_lock(engine: sa.Engine) -> Iterator[None]:
    """One writer at a time on SQLite, across threads and processes: `flock` with a descriptor per thread (`lockf`
    would not exclude threads), released after the commit has returned."""
    path = engine.url.database
    if engine.dialect.name != "sqlite" or not path or path == ":memory:":
        yield
        return
    mine: dict[tuple[int, str], int] = _descriptors.__dict__.setdefault("held", {})
    key = (os.getpid(), path)
    if key not in mine:
        mine[key] = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(mine[key], fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(mine[key], fcntl.LOCK_UN)


@event.listens_for(Session, "before_flush")
def _refuse_flush(session: Session, context: Any, instances: Any) -> None:
    if not session.info.get("writing"):
        raise WriteOutside("flush outside writing()")


@event.listens_for(Session, "do_orm_execute")
def _refuse_statement(state: ORMExecuteState) -> None:
    changes = state.is_insert or state.is_update or state.is_delete or _is_bare_change(state.statement)
    if changes and not state.session.info.get("writing"):
        raise WriteOutside("a changing statement outside writing()")


def _is_bare_change(statement: sa.Executable) -> bool:
    """Whether this is SQL as text that is no plain question: what it does cannot be read off it."""
    return isinstance(statement, sa.TextClause) and not statement.text.lstrip().lower().startswith("select")


@event.listens_for(Session, "before_commit")
def _refuse_commit(session: Session) -> None:
    """Whatever else was done to the database outside `writing()` is taken back, then. The end of a savepoint within
    one commits nothing."""
    savepoint = session.in_nested_transaction() and session.info.get("writing")
    if not savepoint and not session.info.get("committing"):
        raise WriteOutside("only the end of writing() commits")


def tune(engine: sa.Engine, durable: bool = True) -> None:
    """Set what SQLite leaves open: WAL, full synchronisation, foreign keys, wiped deletions, explicit BEGIN."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def connect(connection: Any, entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        for pragma in (
            "busy_timeout=10000",
            f"synchronous={'FULL' if durable else 'OFF'}",
            "foreign_keys=ON",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")
        _keep_a_log(connection)

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        immediate = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _keep_a_log(connection: sqlite3.Connection) -> None:
    """Set WAL. Whoever opens a new file beside others is refused at once, whatever the busy timeout: try again."""
    for wait in (0.01, 0.05, 0.1, 0.2, 0.5, 1, 2, 0):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if not wait:
                raise
            time.sleep(wait)


def durability(engine: sa.Engine) -> dict[str, str]:
    """The settings that decide whether an acknowledged commit survives a power cut, read back from the database."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            names = ("journal_mode", "synchronous", "foreign_keys")
            return {name: str(connection.exec_driver_sql(f"PRAGMA {name}").scalar()) for name in names}
        return {
            name: str(connection.exec_driver_sql(f"SHOW {name}").scalar()) for name in ("fsync", "synchronous_commit")
        }


DURABLE = {
    "journal_mode": {"wal"},
    "synchronous": {"2", "3"},
    "foreign_keys": {"1"},
    "fsync": {"on"},
    "synchronous_commit": {"on", "remote_apply", "remote_write", "local"},
}


def require_durability(engine: sa.Engine) -> dict[str, str]:
    """Raises `NotDurable` where a setting would let an acknowledged commit be lost; else returns what was read."""
    found = durability(engine)
    wrong = {name: value for name, value in found.items() if value not in DURABLE[name]}
    if wrong:
        engine.dispose()
        raise NotDurable(f"{engine.dialect.name}: {wrong}")
    return found


def insert(table: Any) -> Any:
    """An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`, in the dialect of our database."""
    if db.engine.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def affected(result: sa.Result[Any]) -> int:
    """How many rows a changing statement touched."""
    return int(result.rowcount)  # type: ignore[attr-defined]


class Rows:
    """Rows of one table made ready for the driver outside `writing()`, so that inside nothing is left but to send them.
    Every row names the same columns, all that have no default in the database itself."""

    def __init__(self, model: Any, rows: Sequence[Mapping[str, Any]]) -> None:
        self._sql, self._rows = _for_driver(model.__table__, rows) if rows else ("", [])

    def insert(self) -> None:
        """Send them, in the current `writing()` block."""
        if not db.session.info.get("writing"):
            raise WriteOutside("rows sent outside writing()")
        if self._rows:
            db.session.connection().exec_driver_sql(self._sql, self._rows)


def _for_driver(table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> tuple[str, list[Any]]:
    """The INSERT and its values as the driver takes them: SQLite's by place, PostgreSQL's by name."""
    dialect, names = db.engine.dialect, list(rows[0])
    compiled = sa.insert(table).compile(dialect=dialect, column_keys=names)
    binds = {name: table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names}
    values = [{name: bind(row[name]) if (bind := binds[name]) else row[name] for name in names} for row in rows]
    order = compiled.positiontup
    return str(compiled), [tuple(row[name] for name in order) for row in values] if order else list(values)
