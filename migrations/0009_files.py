"""Files that people bring, and what each is kept for

Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

CODE = sa.String().with_variant(sa.String(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", CODE, nullable=False),
        sa.Column("size", NUMBER, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=True),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('image/jpeg', 'image/png', 'application/pdf')", name=op.f("ck_file_kind")),
        sa.CheckConstraint("size > 0", name=op.f("ck_file_size")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file")),
        sa.UniqueConstraint("digest", name=op.f("uq_file_digest")),
    )
    with op.batch_alter_table("file", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_file_owner"), ["owner"], unique=False)
        batch_op.create_index(op.f("ix_file_left_at"), ["left_at"], unique=False)
    op.create_table(
        "file_reference",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", CODE, nullable=False),
        sa.Column("subject", CODE, nullable=False),
        sa.Column("key", CODE, nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name=op.f("fk_file_reference_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_reference")),
        sa.UniqueConstraint("purpose", "subject", "key", name=op.f("uq_file_reference_purpose_subject_key")),
    )
    with op.batch_alter_table("file_reference", schema=None) as batch_op:
        batch_op.create_index(op.f("ix_file_reference_file_id"), ["file_id"], unique=False)


def downgrade() -> None:
    op.drop_table("file_reference")
    op.drop_table("file")
