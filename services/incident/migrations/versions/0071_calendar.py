"""The county's own working days, and the limits that a change of them moved (INC-07)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0071"
down_revision = "0040"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("days", postgresql.JSONB(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
    )
    op.create_table(
        "calendar_change",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("changed", postgresql.JSONB(), nullable=False),
        sa.Column("reached", sa.UUID(as_uuid=False)),
        sa.Column("examined", sa.Integer(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("done_at", MOMENT),
    )
    op.create_index("calendar_change_at", "calendar_change", ["at", "id"])
    op.create_table(
        "moved_limit",
        sa.Column("change_id", sa.Text(), sa.ForeignKey("calendar_change.id"), primary_key=True),
        sa.Column("case_id", sa.UUID(as_uuid=False), sa.ForeignKey("case.id"), primary_key=True),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("due_before", MOMENT, nullable=False),
        sa.Column("due_after", MOMENT, nullable=False),
    )
    op.create_index("limit_running", "limit", ["case_id"], postgresql_where=sa.text("done_at IS NULL"))
