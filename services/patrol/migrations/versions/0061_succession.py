"""Grids that came in the place of others, boundaries to find them by, and replies to a matter's questions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0061"
down_revision = "0032"


def upgrade() -> None:
    op.add_column("grid", sa.Column("boundary", postgresql.JSONB()))
    op.add_column("task", sa.Column("from_grid", sa.Text()))
    op.add_column("finding", sa.Column("replies", postgresql.JSONB(), nullable=False, server_default="[]"))
    op.create_table(
        "succession",
        sa.Column("predecessor", sa.Text(), primary_key=True),
        sa.Column("successors", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("effective", sa.Date(), nullable=False),
    )
