"""The diary: what each person did, day by day, and the words that they added."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from services.patrol.tables.metadata import METADATA, moment

diaries = sa.Table(
    "diary",
    METADATA,
    sa.Column("person_id", sa.Text, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("grid", sa.Text, nullable=False),
    sa.Column("words", sa.Text, nullable=False, server_default=""),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
    moment("written_at"),
    sa.Index("diary_day", "day", "person_id"),
    sa.Index("diary_grid", "grid", "day", "person_id", postgresql_ops={"grid": "text_pattern_ops"}),
)
"""A row for each day on which a person did or wrote something; `grid` is the person's own, `words` are sealed."""

deeds = sa.Table(
    "deed",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("person_id", sa.Text, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    moment("at", nullable=False),
    moment("received_at", nullable=False),
    sa.Column("late", sa.Boolean, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("grid", sa.Text, nullable=False),
    sa.Index("deed_person", "person_id", "day", "at"),
    sa.Index("deed_once", "person_id", "day", "kind", "subject", unique=True),
)
"""What is done twice to the same in a day is there once; `late`: it arrived after the week of its day had closed."""

notes = sa.Table(
    "diary_note",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("person_id", sa.Text, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    moment("at", nullable=False),
    sa.Index("diary_note_day", "person_id", "day"),
)
