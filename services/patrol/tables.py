"""Tables of the patrol service: tasks, what was found on them, how far tasks are made, and copies of the registry's."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from services.chassis import tables as chassis
from services.patrol.model.task import OPEN

METADATA = sa.MetaData()
chassis.attach(METADATA)

IS_OPEN = f"state IN ({', '.join(repr(state) for state in OPEN)})"
"""The literal condition of what is open, as partial indexes need it."""
LIVE = "state <> 'withdrawn'"


def _moment(name: str, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


tasks = sa.Table(
    "task",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("patrol", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("grid", sa.Text, nullable=False),
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
    _moment("finished_at"),
    _moment("received_at"),
    sa.Column("signed_by", sa.Text),
    _moment("signed_at"),
    sa.Column("submitted_by", sa.Text),
    _moment("submitted_at"),
    sa.Column("decided_by", sa.Text),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
    sa.Column("sequence", sa.Integer, nullable=False, server_default="0"),
    sa.Index(
        "task_once", "patrol", "grid", "day", "number", sa.text("coalesce(person_id, '')"),
        unique=True, postgresql_where=sa.text(LIVE),
    ),
    sa.Index("task_day", "day", "id"),
    sa.Index("task_person", "person_id", "day", "id"),
    sa.Index("task_grid", "grid", "day", "id", postgresql_ops={"grid": "text_pattern_ops"}),
    sa.Index("task_open", "until", postgresql_where=sa.text(IS_OPEN)),
)  # fmt: skip
"""A round of a patrol is asked of a person once; what was withdrawn may be asked for again."""

findings = sa.Table(
    "finding",
    METADATA,
    sa.Column("task_id", UUID(as_uuid=False), sa.ForeignKey("task.id"), primary_key=True),
    sa.Column("item", sa.Text, primary_key=True),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("client_id", sa.Text, nullable=False),
    sa.Column("person_id", sa.Text, nullable=False),
    _moment("at", nullable=False),
    sa.Column("number", sa.Float),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("matter_code", sa.Text),
    sa.Column("lon", sa.Float),
    sa.Column("lat", sa.Float),
    sa.Column("attachments", ARRAY(sa.Text), nullable=False),
    sa.Column("case_id", sa.Text),
)

generations = sa.Table(
    "generation",
    METADATA,
    sa.Column("day", sa.Date, primary_key=True),
    _moment("at", nullable=False),
)
"""The days whose tasks have been made."""

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
)

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
    _moment("activated_at", nullable=False),
)

calendar_years = sa.Table(
    "calendar_year",
    METADATA,
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("days", JSONB, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
)
