"""Migrations and models say the same, on both databases, up and down."""

from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from app import alembic, migrating
from app.db import Model, db
from tests.world import World


def test_a_database_made_by_the_migrations_has_the_models_tables(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Model.metadata) == []


def test_an_unmigrated_column_is_noticed(one_app: Flask) -> None:
    column = sa.Column("forgotten", sa.Text)
    Model.metadata.tables["job"].append_column(column)
    try:
        with one_app.app_context():
            assert any("forgotten" in difference for difference in migrating.differences())
    finally:
        Model.metadata.tables["job"]._columns.remove(column)
    with one_app.app_context():
        assert migrating.differences() == []


def test_a_second_upgrade_does_nothing(app: Flask) -> None:
    with app.app_context():
        assert migrating.upgrade() is False


def test_a_database_that_holds_people_goes_down_and_up_with_all_of_them(world: World) -> None:
    """As on the day of an update: tables that others point to are changed while they are full. What younger tables
    held goes with them."""
    with world.app.app_context():
        before = rows()
        connection = alembic.migration_context.connection
        assert connection is not None
        with migrating.keys_at_rest(connection):
            alembic.downgrade("0001")
        stayed = set(sa.inspect(db.engine).get_table_names())
        assert migrating.upgrade()
        after = rows()
        assert {name: after[name] for name in stayed & after.keys()} == {
            name: before[name] for name in stayed & before.keys()
        }
        assert migrating.stands_at(db.engine) == {revision.revision for revision in alembic.heads()}


def rows() -> dict[str, int]:
    """How many rows each table holds."""
    with db.engine.connect() as connection:
        tables = Model.metadata.sorted_tables
        return {t.name: connection.scalar(sa.select(sa.func.count()).select_from(t)) or 0 for t in tables}


def test_migrations_need_no_application_code(one_app: Flask) -> None:
    with one_app.app_context():
        for script in alembic.script_directory.walk_revisions():
            source = Path(script.path).read_text(encoding="utf-8")
            assert "import app" not in source
            assert "from app" not in source
