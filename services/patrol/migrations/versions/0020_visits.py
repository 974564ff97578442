"""The list of households to be visited, and the visits that are owed to them (PAT-07)."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0061"

OPEN = "state IN ('due', 'overdue')"


def upgrade() -> None:
    op.create_table(
        "care",
        sa.Column("id", sa.UUID(as_uuid=False), primary_key=True),
        sa.Column("household_id", sa.Text(), nullable=False),
        sa.Column("grid", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("expires", sa.Date()),
        sa.Column("sealed", sa.Text()),
        sa.Column("sequence", sa.Integer(), nullable=False),
    )
    op.create_index("care_active", "care", ["id"], postgresql_where=sa.text("active"))
    op.create_table(
        "visit",
        sa.Column("id", sa.UUID(as_uuid=False), primary_key=True),
        sa.Column("entry_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("household_id", sa.Text(), nullable=False),
        sa.Column("grid", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text()),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("held_in", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("outcome", sa.Text(), nullable=False, server_default=""),
        sa.Column("sealed", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("decided_by", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"),
    )
    once = ["entry_id", "day", "number"]
    op.create_index("visit_once", "visit", once, unique=True, postgresql_where=sa.text("state <> 'withdrawn'"))
    op.create_index("visit_day", "visit", ["day", "id"])
    op.create_index("visit_person", "visit", ["person_id", "day", "id"])
    op.create_index("visit_office", "visit", ["held_in", "post", "day", "id"])
    op.create_index("visit_grid", "visit", ["grid", "day", "id"], postgresql_ops={"grid": "text_pattern_ops"})
    op.create_index("visit_open", "visit", ["until"], postgresql_where=sa.text(OPEN))
