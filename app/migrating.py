"""The database at the newest migration, and whether models and migrations say the same."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask import current_app

from app.db import Model, UtcDateTime


def upgrade() -> bool:
    """Bring the database to the newest migration; returns whether anything was done."""
    alembic = _alembic()
    if {r.revision for r in alembic.current()} == {r.revision for r in alembic.heads()}:
        return False
    with keys_at_rest(alembic.migration_context.connection):
        alembic.upgrade()
    return True


@contextmanager
def keys_at_rest(connection: sa.Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew and dropping the old one, which foreign keys would refuse, or answer by
    deleting what points to it. They rest within the block and are looked through at its end."""
    if connection.dialect.name != "sqlite":
        yield
        return
    connection.rollback()  # they cannot be put to rest within a transaction
    raw: Any = connection.connection.driver_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")
    broken = raw.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"rows that point nowhere after migrating: {broken[:5]}")


def _alembic() -> Any:
    return current_app.extensions["alembic"]


def stands_at(engine: sa.Engine) -> set[str]:
    """The migrations that the database stands at, read on a connection of our own: Flask-Alembic's is one for the whole
    application, and threads that ask at once would close it under each other."""
    with engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads())


def render_item(kind: str, item: object, context: object) -> str | bool:
    """How our own column types stand in a migration: as what the database keeps, so that no migration needs the app."""
    if kind == "type" and isinstance(item, sa.types.TypeDecorator):
        return "sa.DateTime(timezone=True)" if isinstance(item, UtcDateTime) else "sa.LargeBinary()"
    return False


def differences() -> list[str]:
    """What autogenerate would still add to a fresh database made by the migrations; empty when they are in step."""
    with tempfile.TemporaryDirectory() as folder:
        engine = sa.create_engine(f"sqlite:///{Path(folder) / 'fresh.db'}")
        with engine.connect() as connection:
            run_all(connection)
            connection.commit()
            context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
            return [str(difference) for difference in compare_metadata(context, Model.metadata)]


def run_all(connection: sa.Connection) -> None:
    """Run every migration on this connection, oldest first."""
    scripts = list(_alembic().script_directory.walk_revisions())
    context = MigrationContext.configure(connection, opts={"render_as_batch": True})
    with Operations.context(context):
        for script in reversed(scripts):
            script.module.upgrade()
