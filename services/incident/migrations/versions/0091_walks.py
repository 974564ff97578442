"""What the last patrols said of each grid, so that a report by others can be held against it (INC-20)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0091"
down_revision = "0090"


def upgrade() -> None:
    op.create_table(
        "patrol_walk",
        sa.Column("grid", sa.Text(), primary_key=True),
        sa.Column("patrol", sa.Text(), primary_key=True),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fine", postgresql.ARRAY(sa.Text()), nullable=False),
    )
