"""Lists of changes of units; closed figures

Revises: 0008
"""

from alembic import op

revision = "0012"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_upload_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_upload_kind"), "kind in ('members', 'units', 'changes')")


def downgrade() -> None:
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_upload_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_upload_kind"), "kind in ('members', 'units')")
