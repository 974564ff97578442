"""Places and what was entered about them (REG-10)."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.registry.tables.columns import METADATA, day, moment, number, prefix_index, text

place = sa.Table(
    "place",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    text("kind"),
    text("name"),
    sa.Column("grid_code", sa.Text, sa.ForeignKey("grid.code"), nullable=False),
    sa.Column("lon", sa.Double, nullable=False),
    sa.Column("lat", sa.Double, nullable=False),
    text("address"),
    sa.Column("pollution_source", sa.Boolean, nullable=False),
    text("responsible", nullable=True),
    text("grade"),
    sa.Column("key", sa.Boolean, nullable=False),
    day("assessed_on", nullable=True),
    sa.Column("facts", JSONB(none_as_null=True)),
    day("stated_on", nullable=True),
    sa.Column("active", sa.Boolean, nullable=False),
    number("version"),
    number("sequence"),
    prefix_index("place_grid", "grid_code", "name"),
)
"""`responsible` is sealed (PRV-02); `grade` is that of the latest assessment, "" while there is none."""

place_record = sa.Table(
    "place_record",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("place_id", UUID(as_uuid=False), sa.ForeignKey("place.id"), nullable=False),
    text("what"),
    day("on"),
    moment("at"),
    text("by_id"),
    text("grid_code"),
    text("grade"),
    sa.Column("key", sa.Boolean, nullable=False),
    text("words"),
    sa.Column("facts", JSONB(none_as_null=True)),
    sa.Index("place_record_place", "place_id", "id"),
)
"""What happened to a place, never changed: its assessments, its facts, its grids."""
