"""A step has a short name that stands over its column

Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("programme_step") as batch_op:
        batch_op.add_column(sa.Column("heading", sa.Text(), nullable=False, server_default=""))
    op.execute("update programme_step set heading = title")
    with op.batch_alter_table("programme_step") as batch_op:
        batch_op.alter_column("heading", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("programme_step") as batch_op:
        batch_op.drop_column("heading")
