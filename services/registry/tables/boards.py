"""Badges, cards handed out, and sizes of grids (REG-05, REG-11)."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from services.registry.tables.columns import METADATA, day, moment, number, text

badge = sa.Table(
    "badge",
    METADATA,
    sa.Column("person_id", UUID(as_uuid=False), sa.ForeignKey("person.id"), primary_key=True),
    text("photo", nullable=True),
    sa.Column("consent", sa.Boolean, nullable=False),
    moment("decided_at", nullable=True),
    number("version"),
)

card_delivery = sa.Table(
    "card_delivery",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("grid_code", sa.Text, sa.ForeignKey("grid.code"), nullable=False),
    day("day"),
    number("households"),
    text("words"),
    text("recorded_by"),
    moment("recorded_at"),
    text("withdrawn_by", nullable=True),
    moment("withdrawn_at", nullable=True),
    text("reason"),
    number("version"),
    sa.Index("card_delivery_grid", "grid_code"),
)

grid_size = sa.Table(
    "grid_size",
    METADATA,
    sa.Column("grid_code", sa.Text, sa.ForeignKey("grid.code"), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    number("households"),
    number("persons"),
    sa.Column("enterprises", sa.Integer),
    text("source"),
    text("entered_by"),
    moment("entered_at"),
)
