"""Tasks, what was found on them, and how far tasks are made."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from services.patrol.model.task import OPEN
from services.patrol.tables.metadata import METADATA, moment

IS_OPEN = f"state IN ({', '.join(repr(state) for state in OPEN)})"
"""The literal condition of what is open, as partial indexes need it."""
LIVE = "state <> 'withdrawn'"

tasks = sa.Table(
    "task",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("patrol", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("grid", sa.Text, nullable=False),
    sa.Column("place_id", sa.Text),
    sa.Column("person_id", sa.Text),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("until", sa.Date, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("moved_from", sa.Date),
    sa.Column("plan", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("rest", sa.Text, nullable=False, server_default=""),
    sa.Column("late", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("problems", sa.Integer, nullable=False, server_default="0"),
    moment("finished_at"),
    moment("received_at"),
    sa.Column("signed_by", sa.Text),
    moment("signed_at"),
    sa.Column("submitted_by", sa.Text),
    moment("submitted_at"),
    sa.Column("decided_by", sa.Text),
    sa.Column("from_grid", sa.Text),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("present", ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("gaps", sa.Text, nullable=False, server_default=""),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
    sa.Column("sequence", sa.Integer, nullable=False, server_default="0"),
    sa.Index(
        "task_once", "patrol", "grid", "day", "number", sa.text("coalesce(person_id, '')"),
        sa.text("coalesce(place_id, '')"), unique=True, postgresql_where=sa.text(LIVE),
    ),
    sa.Index("task_day", "day", "id"),
    sa.Index("task_person", "person_id", "day", "id"),
    sa.Index("task_grid", "grid", "day", "id", postgresql_ops={"grid": "text_pattern_ops"}),
    sa.Index("task_place", "place_id", "day", "id", postgresql_where=sa.text("place_id IS NOT NULL")),
    sa.Index("task_open", "until", postgresql_where=sa.text(IS_OPEN)),
    sa.Index("task_long", "until", postgresql_where=sa.text("until > day")),
)  # fmt: skip
"""A round of a patrol is asked of a person once for each place; what was withdrawn may be asked for again."""

findings = sa.Table(
    "finding",
    METADATA,
    sa.Column("task_id", UUID(as_uuid=False), sa.ForeignKey("task.id"), primary_key=True),
    sa.Column("item", sa.Text, primary_key=True),
    sa.Column("spot", sa.Text, primary_key=True, server_default=""),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("client_id", sa.Text, nullable=False),
    sa.Column("person_id", sa.Text, nullable=False),
    moment("at", nullable=False),
    sa.Column("number", sa.Float),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("matter_code", sa.Text),
    sa.Column("lon", sa.Float),
    sa.Column("lat", sa.Float),
    sa.Column("attachments", ARRAY(sa.Text), nullable=False),
    sa.Column("case_id", sa.Text),
    sa.Column("replies", JSONB, nullable=False, server_default="[]"),
)

generations = sa.Table(
    "generation",
    METADATA,
    sa.Column("day", sa.Date, primary_key=True),
    moment("at", nullable=False),
    sa.Column("inputs", sa.Text),
)
"""The days whose tasks have been made."""
