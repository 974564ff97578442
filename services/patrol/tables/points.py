"""Which points a joint inspection had when it was over (PAT-06)."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from services.patrol.tables.metadata import METADATA

inspected_points = sa.Table(
    "inspected_point",
    METADATA,
    sa.Column("task_id", UUID(as_uuid=False), sa.ForeignKey("task.id"), primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("grid", sa.Text, nullable=False),
    sa.Column("lon", sa.Float),
    sa.Column("lat", sa.Float),
)
