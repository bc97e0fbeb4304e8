"""A person has one member code, and one session in a browser; first passwords need no notice

Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CODES = sa.text("kind = 'code'")


def upgrade() -> None:
    op.execute(
        "DELETE FROM sign_in_name WHERE kind = 'code' AND id NOT IN "
        "(SELECT min(id) FROM sign_in_name WHERE kind = 'code' GROUP BY person_id)"
    )
    op.execute("UPDATE activation SET acknowledged_at = used_at WHERE kind = 'slip' AND used_at IS NOT NULL")
    with op.batch_alter_table("sign_in_name", schema=None) as batch_op:
        batch_op.create_index(
            "uq_sign_in_name_person_code", ["person_id"], unique=True, sqlite_where=CODES, postgresql_where=CODES
        )
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("browser", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=True)
        )
        batch_op.create_index("uq_session_browser", ["person_id", "browser"], unique=True)


def downgrade() -> None:
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_index("uq_session_browser")
        batch_op.drop_column("browser")
    with op.batch_alter_table("sign_in_name", schema=None) as batch_op:
        batch_op.drop_index("uq_sign_in_name_person_code", sqlite_where=CODES, postgresql_where=CODES)
