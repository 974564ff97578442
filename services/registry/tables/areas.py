"""Divisions, grids over time, departments with their duties, the working calendar."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from services.registry.tables.columns import METADATA, day, moment, number, prefix_index, text, texts

DIVISION_GRAMS: sa.ColumnElement[Any] = sa.literal_column("text_grams(lower(name))", ARRAY[str](sa.Text))
"""Each character of a division's name and each pair of neighbours."""

division = sa.Table(
    "division",
    METADATA,
    sa.Column("code", sa.Text, primary_key=True),
    text("name"),
    text("parent_code"),
    text("kind"),
    text("path_name"),
    prefix_index("division_prefix", "code"),
    sa.Index("division_parent", "parent_code"),
    sa.Index("division_kind", "kind", "code"),
    sa.Index("division_grams", DIVISION_GRAMS, postgresql_using="gin"),
)

grid = sa.Table(
    "grid",
    METADATA,
    sa.Column("code", sa.Text, primary_key=True),
    text("name"),
    text("kind"),
    number("level"),
    sa.Column("parent_code", sa.Text, sa.ForeignKey("grid.code")),
    text("division_code"),
    texts("division_codes"),
    texts("path"),
    day("effective"),
    text("state"),
    day("since"),
    sa.Column("made_by", UUID(as_uuid=False)),
    texts("duties"),
    texts("tasks"),
    texts("rewards"),
    sa.Column("boundary", JSONB(none_as_null=True)),
    text("drawn_how"),
    *(sa.Column(name, sa.Double) for name in ("west", "south", "east", "north", "lon", "lat", "square_metres")),
    number("version"),
    number("sequence"),
    prefix_index("grid_prefix", "code"),
    sa.Index("grid_parent", "parent_code"),
    sa.Index("grid_path", "path", postgresql_using="gin"),
    sa.Index("grid_box", "west", "east", "south", "north", postgresql_where=sa.text("boundary IS NOT NULL")),
)

grid_span = sa.Table(
    "grid_span",
    METADATA,
    sa.Column("code", sa.Text, sa.ForeignKey("grid.code"), primary_key=True),
    sa.Column("since", sa.Date, primary_key=True),
    day("until", nullable=True),
    text("name"),
    text("kind"),
    number("level"),
    texts("path"),
    sa.Column("boundary", JSONB(none_as_null=True)),
    *(sa.Column(name, sa.Double) for name in ("west", "south", "east", "north")),
    sa.Index("grid_span_box", "west", "east", "south", "north", postgresql_where=sa.text("boundary IS NOT NULL")),
)

grid_change = sa.Table(
    "grid_change",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    text("kind"),
    day("effective"),
    sa.Column("document", JSONB, nullable=False),
    texts("codes"),
    texts("successors"),
    text("reason"),
    text("state"),
    text("decided_by"),
    moment("decided_at"),
    moment("settled_at", nullable=True),
    text("refusal_zh", nullable=True),
    text("refusal_en", nullable=True),
    number("version"),
    sa.Index("grid_change_codes", "codes", postgresql_using="gin"),
    sa.Index("grid_change_successors", "successors", postgresql_using="gin"),
    sa.Index("grid_change_pending", "effective", postgresql_where=sa.text("state = 'pending'")),
)

department = sa.Table(
    "department",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    text("name"),
    text("level"),
    text("kind"),
    text("division_code"),
    sa.Column("active", sa.Boolean, nullable=False),
    number("version"),
    number("sequence"),
)

duty = sa.Table(
    "duty",
    METADATA,
    sa.Column("key", sa.Text, primary_key=True),
    text("name"),
    sa.Column("lead", sa.Text, sa.ForeignKey("department.id"), nullable=False),
    texts("co"),
    text("grid_part"),
    text("words"),
    number("version"),
    number("sequence"),
    sa.Column("approval", JSONB(none_as_null=True)),
    sa.Index("duty_lead", "lead"),
)

calendar_year = sa.Table(
    "calendar_year",
    METADATA,
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("days", JSONB, nullable=False),
    number("version"),
    number("sequence"),
)
