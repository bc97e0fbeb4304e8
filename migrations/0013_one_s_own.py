"""What a person agrees to; a second step at sign-in

Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

CODE = sa.String().with_variant(sa.String(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
HOLDS = sa.text("ended_at is null")


def upgrade() -> None:
    op.create_table(
        "consent",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", CODE, nullable=False),
        sa.Column("text_version", NUMBER, nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(
            "uq_consent_holds",
            ["person_id", "purpose"],
            unique=True,
            sqlite_where=HOLDS,
            postgresql_where=HOLDS,
        )
    op.create_table(
        "second_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=True),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_period", NUMBER, nullable=False),
        sa.Column("last_entry", CODE, nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(ended_at is null) = (sealed_secret is not null)", name=op.f("ck_second_step_secret")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_second_step_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_step")),
    )
    with op.batch_alter_table("second_step", schema=None) as batch_op:
        batch_op.create_index(
            "uq_second_step_on", ["person_id"], unique=True, sqlite_where=HOLDS, postgresql_where=HOLDS
        )
    op.create_table(
        "recovery_code",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("second_step_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", CODE, nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_entry", CODE, nullable=True),
        sa.ForeignKeyConstraint(["second_step_id"], ["second_step.id"], name=op.f("fk_recovery_code_second_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_code_code_hash")),
    )
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_recovery_code_second_step_id"), ["second_step_id"], unique=False)


def downgrade() -> None:
    op.drop_table("recovery_code")
    op.drop_table("second_step")
    op.drop_table("consent")
