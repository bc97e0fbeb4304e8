"""Members moved one by one, and two persons who are one

Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

CODE = sa.String().with_variant(sa.String(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ON_THE_WAY = sa.text("received_at is null and withdrawn_at is null")
STANDS = sa.text("undone_at is null")


def upgrade() -> None:
    op.create_table(
        "introduction",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("code", CODE, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("from_unit", NUMBER, nullable=False),
        sa.Column("to_unit", NUMBER, nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_in", NUMBER, nullable=True),
        sa.Column("received_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_introduction_person_id")),
        sa.ForeignKeyConstraint(["from_unit"], ["unit.id"], name=op.f("fk_introduction_from_unit")),
        sa.ForeignKeyConstraint(["to_unit"], ["unit.id"], name=op.f("fk_introduction_to_unit")),
        sa.ForeignKeyConstraint(["received_in"], ["unit.id"], name=op.f("fk_introduction_received_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introduction")),
        sa.UniqueConstraint("code", name=op.f("uq_introduction_code")),
    )
    with op.batch_alter_table("introduction", schema=None) as batch_op:
        batch_op.create_index(
            "uq_introduction_open", ["person_id"], unique=True, sqlite_where=ON_THE_WAY, postgresql_where=ON_THE_WAY
        )
        for column in ("person_id", "from_unit", "to_unit"):
            batch_op.create_index(op.f(f"ix_introduction_{column}"), [column], unique=False)
    op.create_table(
        "person_alias",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("gone", sa.Uuid(), nullable=False),
        sa.Column("stays", sa.Uuid(), nullable=False),
        sa.Column("unit_id", NUMBER, nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("gone <> stays", name=op.f("ck_person_alias_two")),
        sa.ForeignKeyConstraint(["gone"], ["person.id"], name=op.f("fk_person_alias_gone")),
        sa.ForeignKeyConstraint(["stays"], ["person.id"], name=op.f("fk_person_alias_stays")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_person_alias_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_alias")),
    )
    with op.batch_alter_table("person_alias", schema=None) as batch_op:
        batch_op.create_index(
            "uq_person_alias_gone", ["gone"], unique=True, sqlite_where=STANDS, postgresql_where=STANDS
        )
        batch_op.create_index(op.f("ix_person_alias_stays"), ["stays"], unique=False)
    with op.batch_alter_table("step_done", schema=None) as batch_op:
        batch_op.add_column(sa.Column("recorded_for", sa.Uuid(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("step_done", schema=None, recreate="never") as batch_op:
        batch_op.drop_column("recorded_for")
    op.drop_table("person_alias")
    op.drop_table("introduction")
