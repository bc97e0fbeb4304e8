"""Lists of changes of units; closed figures

Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

CODE = sa.String().with_variant(sa.String(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_upload_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_upload_kind"), "kind in ('members', 'units', 'changes')")
    op.create_table(
        "snapshot",
        sa.Column("unit_id", NUMBER, nullable=False),
        sa.Column("programme_id", NUMBER, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", CODE, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_snapshot_programme_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_snapshot_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "programme_id", "day", name=op.f("pk_snapshot")),
    )


def downgrade() -> None:
    op.drop_table("snapshot")
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_upload_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_upload_kind"), "kind in ('members', 'units')")
