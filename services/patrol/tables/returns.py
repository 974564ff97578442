"""Returns due from below."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from services.patrol.model.report import OWED, WITHDRAWN
from services.patrol.tables.metadata import METADATA, moment

IS_OWED = f"state IN ({', '.join(repr(state) for state in OWED)})"

returns = sa.Table(
    "return",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("form", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("plan", sa.Text, nullable=False),
    sa.Column("grid", sa.Text, nullable=False),
    sa.Column("person_id", sa.Text),
    sa.Column("department", sa.Text, nullable=False),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("until", sa.Date, nullable=False),
    sa.Column("number", sa.Integer, nullable=False, server_default="1"),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("late", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("nil", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("content", sa.Text),  # sealed: rosters name people
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("submitted_by", sa.Text),
    moment("submitted_at"),
    sa.Column("decided_by", sa.Text),
    moment("decided_at"),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
    sa.Column("sequence", sa.Integer, nullable=False, server_default="0"),
    sa.Index(
        "return_once", "form", "grid", "day", "number", sa.text("coalesce(person_id, '')"),
        unique=True, postgresql_where=sa.text(f"state <> '{WITHDRAWN}'"),
    ),
    sa.Index("return_until", "until", "id"),
    sa.Index("return_person", "person_id", "until", "id"),
    sa.Index("return_grid", "grid", "until", "id", postgresql_ops={"grid": "text_pattern_ops"}),
    sa.Index("return_department", "department", "until", "id"),
    sa.Index("return_owed", "day", postgresql_where=sa.text(IS_OWED)),
)  # fmt: skip
"""A period of a return is asked of a person once; what was withdrawn may be asked for again."""
