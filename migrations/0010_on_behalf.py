"""Who typed a record for its author, and the author's answer

Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_typing",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept", sa.Boolean(), nullable=True),
        sa.CheckConstraint("(answered_at is null) = (kept is null)", name=op.f("ck_record_typing_answered")),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_record_typing_by")),
        sa.ForeignKeyConstraint(["version_id"], ["record_version.id"], name=op.f("fk_record_typing_version_id")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_record_typing")),
    )


def downgrade() -> None:
    op.drop_table("record_typing")
