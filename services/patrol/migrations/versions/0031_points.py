"""Points of joint inspections, results at them, and who took part (PAT-06)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0050"


def upgrade() -> None:
    op.create_table(
        "inspected_point",
        sa.Column("task_id", sa.UUID(as_uuid=False), sa.ForeignKey("task.id"), primary_key=True),
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("grid", sa.Text(), nullable=False),
        sa.Column("lon", sa.Float()),
        sa.Column("lat", sa.Float()),
    )
    op.add_column("task", sa.Column("present", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}"))
    op.add_column("task", sa.Column("gaps", sa.Text(), nullable=False, server_default=""))
    op.add_column("finding", sa.Column("spot", sa.Text(), nullable=False, server_default=""))
    op.drop_constraint("finding_pkey", "finding")
    op.create_primary_key("finding_pkey", "finding", ["task_id", "item", "spot"])
