"""Reports by Open311, and the index by which the public finds cases of one service and state (INC-21)."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0082"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of submissions and the index."""
    op.create_table(
        "submission",
        sa.Column("case_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"]),
        sa.PrimaryKeyConstraint("case_id"),
        sa.UniqueConstraint("token"),
    )
    op.create_index("case_matter_state", "case", ["matter_code", "state", "reported_at", "id"], unique=False)
