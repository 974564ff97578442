"""Grids that came in the place of others, and finding the cases that follow (REG-04)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "succession",
        sa.Column("predecessor", sa.Text(), nullable=False),
        sa.Column("successors", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("change_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("effective", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("predecessor"),
    )
    op.add_column("grid", sa.Column("ended", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index("case_grid", "case", ["grid", "id"])
