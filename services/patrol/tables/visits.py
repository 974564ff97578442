"""The list of households to be visited as the registry told it, and the visits that are owed to them."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from services.patrol.model.visits import OPEN
from services.patrol.tables.metadata import METADATA

VISIT_OPEN = f"state IN ({', '.join(repr(state) for state in OPEN)})"

care = sa.Table(
    "care",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("household_id", sa.Text, nullable=False),
    sa.Column("grid", sa.Text, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("expires", sa.Date),
    sa.Column("sealed", sa.Text),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Index("care_active", "id", postgresql_where=sa.text("active")),
)

visits = sa.Table(
    "visit",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("entry_id", UUID(as_uuid=False), nullable=False),
    sa.Column("household_id", sa.Text, nullable=False),
    sa.Column("grid", sa.Text, nullable=False),
    sa.Column("person_id", sa.Text),
    sa.Column("post", sa.Text, nullable=False),
    sa.Column("held_in", sa.Text, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("until", sa.Date, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("hours", sa.Text, nullable=False),
    sa.Column("plan", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("late", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("outcome", sa.Text, nullable=False, server_default=""),
    sa.Column("sealed", sa.Text),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("decided_by", sa.Text),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
    sa.Column("sequence", sa.Integer, nullable=False, server_default="0"),
    sa.Index("visit_once", "entry_id", "day", "number", unique=True, postgresql_where=sa.text("state <> 'withdrawn'")),
    sa.Index("visit_day", "day", "id"),
    sa.Index("visit_person", "person_id", "day", "id"),
    sa.Index("visit_office", "held_in", "post", "day", "id"),
    sa.Index("visit_grid", "grid", "day", "id", postgresql_ops={"grid": "text_pattern_ops"}),
    sa.Index("visit_open", "until", postgresql_where=sa.text(VISIT_OPEN)),
)
"""`sealed` is the Record: who was met, the help given, the words. Why somebody is visited is in no column."""
