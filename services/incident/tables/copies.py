"""Copies of what the registry says, each newer by its sequence."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.incident.tables.metadata import METADATA, moment

grids = sa.Table(
    "grid",
    METADATA,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("ancestors", ARRAY(sa.Text), nullable=False),
    sa.Column("boundary", JSONB),
    sa.Column("west", sa.Float),
    sa.Column("south", sa.Float),
    sa.Column("east", sa.Float),
    sa.Column("north", sa.Float),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("ended", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Index("grid_box", "west", "east", "south", "north", postgresql_where=sa.text("active")),
)

successions = sa.Table(
    "succession",
    METADATA,
    sa.Column("predecessor", sa.Text, primary_key=True),
    sa.Column("successors", ARRAY(sa.Text), nullable=False),
    sa.Column("change_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("effective", sa.Date, nullable=False),
)

departments = sa.Table(
    "department",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
)

duties = sa.Table(
    "duty",
    METADATA,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("lead", sa.Text, nullable=False),
    sa.Column("co_departments", ARRAY(sa.Text), nullable=False),
    sa.Column("grid_part", sa.Text, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
)

walks = sa.Table(
    "patrol_walk",
    METADATA,
    sa.Column("grid", sa.Text, primary_key=True),
    sa.Column("patrol", sa.Text, primary_key=True),
    sa.Column("task_id", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    moment("finished_at", nullable=False),
    sa.Column("fine", ARRAY(sa.Text), nullable=False),
)
"""The last walk of each patrol in each grid, and the matters that it called fine."""

duty_shifts = sa.Table(
    "duty_shift",
    METADATA,
    sa.Column("shift_id", sa.Text, primary_key=True),
    sa.Column("area", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("person_id", sa.Text, nullable=False),
    moment("starts", nullable=False),
    moment("ends", nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Index("duty_shift_ends", "role", "ends", postgresql_where=sa.text("active")),
)

plans = sa.Table(
    "plan",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("section", JSONB, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    moment("activated_at", nullable=False),
    sa.Index("plan_active", "active", unique=True, postgresql_where=sa.text("active")),
)

calendar_years = sa.Table(
    "calendar_year",
    METADATA,
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("days", JSONB, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
)
