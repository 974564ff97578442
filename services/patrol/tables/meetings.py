"""Meetings, what they decided, and the copies that they need of cases and of people in office."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from services.patrol.model.meeting import AHEAD, WITHDRAWN
from services.patrol.tables.metadata import METADATA, moment

COMING = f"state IN ({', '.join(repr(state) for state in AHEAD)})"
UNRESOLVED = "why <> '{}'::text[]"
RUNS = "state IN ('open', 'overdue')"
"""Literal conditions, as partial indexes need them."""

meetings = sa.Table(
    "meeting",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("meeting", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("plan", sa.Text, nullable=False),
    sa.Column("grid", sa.Text, nullable=False),
    sa.Column("round", sa.Date, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("starts", sa.Text, nullable=False, server_default=""),
    sa.Column("place", sa.Text, nullable=False, server_default=""),
    sa.Column("moved_from", sa.Date),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("items", JSONB, nullable=False, server_default="[]"),
    sa.Column("present", ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("guests", sa.Text),  # sealed
    sa.Column("minutes", sa.Text),  # sealed
    sa.Column("touched", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("conveners", ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("people", ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("departments", ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("opened_by", sa.Text),
    moment("opened_at"),
    sa.Column("closed_by", sa.Text),
    moment("held_at"),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
    sa.Column("sequence", sa.Integer, nullable=False, server_default="0"),
    sa.Index(
        "meeting_once", "meeting", "grid", "round",
        unique=True, postgresql_where=sa.text(f"state <> '{WITHDRAWN}'"),
    ),
    sa.Index("meeting_day", "day", "id"),
    sa.Index("meeting_grid", "grid", "day", "id", postgresql_ops={"grid": "text_pattern_ops"}),
    sa.Index("meeting_coming", "grid", postgresql_where=sa.text(COMING)),
    sa.Index("meeting_people", "people", postgresql_using="gin"),
    sa.Index("meeting_departments", "departments", postgresql_using="gin"),
)  # fmt: skip
"""A round of a meeting is held in a grid once. `conveners` and `people` follow who holds the posts until it is held."""

decisions = sa.Table(
    "decision",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("meeting_id", UUID(as_uuid=False), sa.ForeignKey("meeting.id"), nullable=False),
    sa.Column("item_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("grid", sa.Text, nullable=False),
    sa.Column("words", sa.Text, nullable=False),  # sealed
    sa.Column("case_id", sa.Text),
    sa.Column("person_id", sa.Text),
    sa.Column("department", sa.Text),
    sa.Column("due_on", sa.Date),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("result", sa.Text),  # sealed
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("decided_by", sa.Text, nullable=False),
    moment("decided_at", nullable=False),
    sa.Column("ended_by", sa.Text),
    moment("ended_at"),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
    sa.Column("sequence", sa.Integer, nullable=False, server_default="0"),
    sa.Index("decision_meeting", "meeting_id", "id"),
    sa.Index("decision_case", "case_id"),
    sa.Index("decision_person", "person_id", "id"),
    sa.Index("decision_department", "department", "id"),
    sa.Index("decision_grid", "grid", "id", postgresql_ops={"grid": "text_pattern_ops"}),
    sa.Index("decision_running", "due_on", postgresql_where=sa.text(RUNS)),
)

cases = sa.Table(
    "case_copy",
    METADATA,
    sa.Column("case_id", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("matter_code", sa.Text, nullable=False),
    sa.Column("grid", sa.Text, nullable=False),
    sa.Column("department", sa.Text),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("why", ARRAY(sa.Text), nullable=False),
    moment("reported_at", nullable=False),
    moment("over_at"),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Index("case_copy_unresolved", "grid", postgresql_where=sa.text(UNRESOLVED)),
    sa.Index("case_copy_grid", "grid", "reported_at", postgresql_ops={"grid": "text_pattern_ops"}),
)
"""What the incident service told last of each case; `why` nobody could settle it."""

officers = sa.Table(
    "officer",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("roles", ARRAY(sa.Text), nullable=False),
    sa.Column("department", sa.Text),
    sa.Column("areas", ARRAY(sa.Text), nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
)
"""Accounts with roles, department and areas: who is in a department, or in an office that has no grid."""

arrangements = sa.Table(
    "arrangement",
    METADATA,
    sa.Column("what", sa.Text, primary_key=True),
    sa.Column("until", sa.Date, nullable=False),
)
"""Up to which day meetings are made."""
