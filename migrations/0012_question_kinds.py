"""Questions with several right options, filled in, matched, put in order

Revises: 0011
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("question_revision", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_question_revision_kind"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_question_revision_kind"), "kind in ('single', 'several', 'fill', 'matching', 'ordering')"
        )


def downgrade() -> None:
    with op.batch_alter_table("question_revision", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_question_revision_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_question_revision_kind"), "kind in ('single')")
