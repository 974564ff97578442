"""Copies of what the registry says."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.patrol.tables.metadata import METADATA, moment

grids = sa.Table(
    "grid",
    METADATA,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("ancestors", ARRAY(sa.Text), nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("boundary", JSONB(none_as_null=True)),
)

successions = sa.Table(
    "succession",
    METADATA,
    sa.Column("predecessor", sa.Text, primary_key=True),
    sa.Column("successors", ARRAY(sa.Text), nullable=False),
    sa.Column("effective", sa.Date, nullable=False),
)
"""Which grids came in the place of which; a grid ends once."""

posts = sa.Table(
    "post",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("person_id", sa.Text, nullable=False),
    sa.Column("post", sa.Text, nullable=False),
    sa.Column("grid", sa.Text, nullable=False),
    sa.Column("starts", sa.Date, nullable=False),
    sa.Column("ends", sa.Date),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Index("post_grid", "grid", "post"),
    sa.Index("post_person", "person_id"),
)

plans = sa.Table(
    "plan",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("section", JSONB, nullable=False),
    sa.Column("effective", sa.Date, nullable=False),
    moment("activated_at", nullable=False),
)

places = sa.Table(
    "place",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("grid", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("grade", sa.Text, nullable=False),
    sa.Column("key", sa.Boolean, nullable=False),
    sa.Column("pollution_source", sa.Boolean, nullable=False),
    sa.Column("lon", sa.Float, nullable=False),
    sa.Column("lat", sa.Float, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Index("place_grid", "grid", "id", postgresql_ops={"grid": "text_pattern_ops"}),
)

calendar_years = sa.Table(
    "calendar_year",
    METADATA,
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("days", JSONB, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
)
