"""What is done of a plan's phases (REG-15)."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from services.registry.tables.columns import METADATA, day, moment, number, text, texts

rollout_mark = sa.Table(
    "rollout_mark",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    text("plan_id"),
    text("phase"),
    text("deliverable"),
    number("count"),
    day("day"),
    text("words"),
    texts("proofs"),
    text("marked_by"),
    moment("marked_at"),
    text("withdrawn_by", nullable=True),
    moment("withdrawn_at", nullable=True),
    text("reason"),
    number("version"),
    sa.Index("rollout_mark_plan", "plan_id", "phase"),
)
