"""Inspections by a superior, what they look at, and what is to be put right (PAT-13)."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from services.patrol.tables.metadata import METADATA, moment


def _text(name: str, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default=default)


inspections = sa.Table(
    "inspection",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    _text("plan"),
    _text("rule"),
    _text("name"),
    _text("kind"),
    _text("grid"),
    _text("by_id"),
    moment("begun_at", nullable=False),
    _text("of"),
    sa.Column("population", ARRAY(sa.Text), nullable=False),
    _text("seed"),
    sa.Column("ratio", sa.Float),
    _text("state"),
    moment("finished_at"),
    _text("gaps", ""),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Index("inspection_grid", "grid", "id", postgresql_ops={"grid": "text_pattern_ops"}),
)

targets = sa.Table(
    "inspection_target",
    METADATA,
    sa.Column("inspection_id", UUID(as_uuid=False), sa.ForeignKey("inspection.id"), primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    _text("kind"),
    _text("name"),
    _text("grid"),
    sa.Column("lon", sa.Float),
    sa.Column("lat", sa.Float),
    moment("inspected_at"),
    _text("rest", ""),
    sa.Column("answers", JSONB, nullable=False),
)

corrections = sa.Table(
    "correction",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("inspection_id", UUID(as_uuid=False), sa.ForeignKey("inspection.id"), nullable=False),
    _text("target_id"),
    _text("item"),
    _text("title"),
    _text("case_id"),
    _text("grid"),
    sa.Column("due_on", sa.Date),
    moment("done_at"),
    sa.Column("done_by", sa.Text),
    _text("words", ""),
    sa.Index("correction_inspection", "inspection_id"),
    sa.Index("correction_grid", "grid", "id", postgresql_ops={"grid": "text_pattern_ops"}),
)
