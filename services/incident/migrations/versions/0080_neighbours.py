"""Indexes that find the open and recently closed cases of a neighbourhood (INC-16)."""

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0001"

BAND = sa.text("(floor(lat * 1000)::integer)")
OVER = sa.text("(coalesce(closed_at, 'infinity'::timestamp with time zone))")


def upgrade() -> None:
    columns = ["matter_group", BAND, OVER, "lon", "matter_code"]
    op.create_index("case_near", "case", columns, postgresql_where=sa.text("lon IS NOT NULL"))
    op.create_index("case_near_grid", "case", ["matter_group", "grid", OVER, "matter_code"])
