"""Page one of a unit of thousands is read off an index in the order of names

Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_membership_list", table_name="membership")
    op.create_index("ix_membership_list", "membership", ["unit_id", "sort_key", "person_id", "since", "until"])


def downgrade() -> None:
    op.drop_index("ix_membership_list", table_name="membership")
    op.create_index("ix_membership_list", "membership", ["unit_id", "until", "sort_key", "person_id"])
