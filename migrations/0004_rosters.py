"""Lists that are loaded, a name without its marks, a union's own number of its member

Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CODE = sa.String().with_variant(sa.String(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("state in ('reading', 'ready', 'applying')")


def upgrade() -> None:
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("name_unmarked", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.add_column(sa.Column("own_code", CODE, nullable=True))
    op.create_table(
        "upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", NUMBER, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("state", CODE, nullable=False),
        sa.Column("turn", NUMBER, nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("progress", NUMBER, nullable=False),
        sa.Column("total", NUMBER, nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("open_groups", sa.Boolean(), nullable=True),
        sa.Column("leave_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind in ('members', 'units')", name=op.f("ck_upload_kind")),
        sa.CheckConstraint(
            "state in ('reading', 'ready', 'applying', 'done', 'undone', 'refused', 'dropped')",
            name=op.f("ck_upload_state"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_upload_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.create_index("ix_upload_unit", ["unit_id", "made"], unique=False)
        batch_op.create_index(
            "uq_upload_open", ["unit_id", "kind"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
        )
    op.create_table(
        "upload_row",
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("n", NUMBER, autoincrement=False, nullable=False),
        sa.Column("unit_id", NUMBER, nullable=True),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("outcome", CODE, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("question", sa.JSON(), nullable=False),
        sa.Column("answer", CODE, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_upload_row_upload_id")),
        sa.PrimaryKeyConstraint("upload_id", "n", name=op.f("pk_upload_row")),
    )
    with op.batch_alter_table("upload_row", schema=None) as batch_op:
        batch_op.create_index("ix_upload_row_outcome", ["upload_id", "outcome", "n"], unique=False)
    op.create_table(
        "upload_leaving",
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_upload_leaving_upload_id")),
        sa.PrimaryKeyConstraint("upload_id", "person_id", name=op.f("pk_upload_leaving")),
    )


def downgrade() -> None:
    op.drop_table("upload_leaving")
    op.drop_table("upload_row")
    op.drop_table("upload")
    with op.batch_alter_table("membership", schema=None, recreate="never") as batch_op:
        batch_op.drop_column("own_code")
    with op.batch_alter_table("person", schema=None, recreate="never") as batch_op:
        batch_op.drop_column("name_unmarked")
