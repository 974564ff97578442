"""Cases and what belongs to them. Cases are mapped by hand in repository; everything else is plain rows."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from services.incident.tables.metadata import METADATA, moment

BANDS = 1000
"""How many bands a degree of latitude has in the index of neighbouring cases: 111 m each."""
BAND: sa.ColumnElement[int] = sa.literal_column(f"(floor(lat * {BANDS})::integer)", sa.Integer)
OVER: sa.ColumnElement[datetime] = sa.literal_column(
    "(coalesce(closed_at, 'infinity'::timestamp with time zone))", sa.DateTime(timezone=True)
)
"""When a case was over: never yet, while it is open."""

OPEN = "state NOT IN ('closed', 'registered', 'declined', 'handed-over')"
"""The few cases that somebody still has to act on; an index on them serves every list of open ones."""

CASE_PAIRS: sa.ColumnElement[Any] = sa.literal_column(
    "text_pairs((description || ' '::text) || address)", ARRAY[str](sa.Text)
)
"""The pairs of neighbouring characters of a case's words: what the index behind the text search holds."""
CASE_NUMBER_BACKWARDS: sa.ColumnElement[str] = sa.literal_column("reverse(number)", sa.Text)

cases = sa.Table(
    "case",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("matter_code", sa.Text, nullable=False),
    sa.Column("matter_name", sa.Text, nullable=False),
    sa.Column("matter_group", sa.Text, nullable=False),
    sa.Column("bottom_line", sa.Boolean, nullable=False),
    sa.Column("way", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("area", sa.Text, nullable=False),
    sa.Column("grid", sa.Text),
    sa.Column("lon", sa.Float),
    sa.Column("lat", sa.Float),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("department", sa.Text),
    sa.Column("co_departments", ARRAY(sa.Text), nullable=False),
    sa.Column("handlers", ARRAY(sa.Text), nullable=False),
    sa.Column("routing", JSONB),
    sa.Column("returns", JSONB, nullable=False),
    sa.Column("standing", JSONB, nullable=False),
    sa.Column("climbs", JSONB, nullable=False),
    sa.Column("consultations", JSONB, nullable=False, server_default="[]"),
    sa.Column("held_at", sa.Text),
    sa.Column("arbiters", ARRAY(sa.Text), nullable=False),
    sa.Column("ruled", sa.Boolean, nullable=False),
    sa.Column("reporter_id", sa.Text),
    sa.Column("reporter_name", sa.Text),  # sealed
    sa.Column("reporter_phone", sa.Text),  # sealed
    sa.Column("result", sa.Text, nullable=False),
    sa.Column("settled", sa.Boolean, nullable=False),
    sa.Column("first_report", sa.Boolean, nullable=False),
    sa.Column("excused", sa.Boolean, nullable=False),
    sa.Column("reworks", sa.Integer, nullable=False),
    sa.Column("attachments", ARRAY(sa.Text), nullable=False),
    sa.Column("replies", JSONB, nullable=False),
    sa.Column("evaluation", JSONB),
    sa.Column("original_text", sa.Text, nullable=False),
    sa.Column("external_reference", sa.Text, nullable=False),
    sa.Column("plan", sa.Text, nullable=False),
    moment("occurred_at"),
    moment("reported_at", nullable=False),
    moment("closed_at"),
    moment("due_at"),
    sa.Column("light", sa.Text, nullable=False),
    sa.Column("missed", JSONB),
    sa.Column("merged_into", UUID(as_uuid=False), sa.ForeignKey("case.id")),
    sa.Column("main_id", UUID(as_uuid=False), sa.ForeignKey("case.id")),
    sa.Column("merged_from", sa.Text, nullable=False, server_default=""),
    sa.Column("changes", sa.Integer, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Index("case_main", "main_id", postgresql_where=sa.text("main_id IS NOT NULL")),
    sa.Index("case_area", "area", "reported_at", "id", postgresql_ops={"area": "text_pattern_ops"}),
    sa.Index("case_department", "department", "reported_at", "id"),
    sa.Index("case_reporter", "reporter_id", "reported_at", "id"),
    sa.Index("case_reported", "reported_at", "id"),
    sa.Index("case_state", "state", "reported_at", "id"),
    sa.Index("case_due", "due_at", "id", postgresql_where=sa.text("due_at IS NOT NULL")),
    sa.Index("case_matter_state", "matter_code", "state", "reported_at", "id"),
    sa.Index("case_grid", "grid", "id"),
    sa.Index("case_held_at", "held_at", "id"),
    sa.Index("case_matter_grid", "matter_code", "grid", "reported_at"),
    sa.Index(
        "case_near", "matter_group", BAND, OVER, "lon", "matter_code", postgresql_where=sa.text("lon IS NOT NULL")
    ),
    sa.Index("case_near_grid", "matter_group", "grid", OVER, "matter_code"),
    sa.Index("case_open", "reported_at", "id", postgresql_where=sa.text(OPEN)),
    sa.Index("case_department_matter", "department", "matter_code", "reported_at", "id"),
    sa.Index("case_light", "light", "reported_at", "id", postgresql_where=sa.text("light <> 'green'")),
    sa.Index("case_pairs", CASE_PAIRS, postgresql_using="gin"),
    sa.Index("case_number_begins", "number", postgresql_ops={"number": "text_pattern_ops"}),
    sa.Index(
        "case_number_ends",
        CASE_NUMBER_BACKWARDS.label("backwards"),
        postgresql_ops={"backwards": "text_pattern_ops"},
    ),
)

submissions = sa.Table(
    "submission",
    METADATA,
    sa.Column("case_id", UUID(as_uuid=False), sa.ForeignKey("case.id"), primary_key=True),
    sa.Column("application_id", sa.Text, nullable=False),
    sa.Column("token", sa.Text, unique=True),
    sa.Column("contact", sa.Text),  # sealed
    moment("submitted_at", nullable=False),
)

helpers = sa.Table(
    "case_helper",
    METADATA,
    sa.Column("department", sa.Text, primary_key=True),
    sa.Column("reported_at", sa.DateTime(timezone=True), primary_key=True),
    sa.Column("case_id", UUID(as_uuid=False), primary_key=True),
    sa.Index("case_helper_case", "case_id"),
)
"""`case.co_departments` by department and time, kept by a trigger: no index on an array gives an order."""

changes = sa.Table(
    "change",
    METADATA,
    sa.Column("case_id", UUID(as_uuid=False), sa.ForeignKey("case.id"), primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True),
    moment("at", nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("actor_id", sa.Text, nullable=False),
    sa.Column("actor_name", sa.Text, nullable=False),
    sa.Column("actor_role", sa.Text, nullable=False),
    sa.Column("from_state", sa.Text, nullable=False),
    sa.Column("to_state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("attachments", ARRAY(sa.Text), nullable=False),
    sa.Column("about", ARRAY(sa.Text), nullable=False, server_default="{}"),
)

limits = sa.Table(
    "limit",
    METADATA,
    sa.Column("case_id", UUID(as_uuid=False), sa.ForeignKey("case.id"), primary_key=True),
    sa.Column("step", sa.Text, primary_key=True),
    sa.Column("round", sa.Integer, primary_key=True),
    moment("started_at", nullable=False),
    moment("due_at", nullable=False),
    moment("done_at"),
    sa.Column("amount", sa.Float, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("light", sa.Text, nullable=False),
    sa.Column("told", ARRAY(sa.Text), nullable=False),
    moment("counted_from", nullable=False),
    sa.Column("remaining", sa.Float, nullable=False),
    sa.Column("granted", sa.Float, nullable=False),
    moment("paused_at"),
    moment("resumes_at"),
    sa.Index("limit_running", "case_id", postgresql_where=sa.text("done_at IS NULL")),
)

inquiries = sa.Table(
    "inquiry",
    METADATA,
    sa.Column("case_id", UUID(as_uuid=False), sa.ForeignKey("case.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    moment("asked_at", nullable=False),
    sa.Column("asked_by", sa.Text, nullable=False),
    sa.Column("asked_by_name", sa.Text, nullable=False),
    moment("answer_by", nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    moment("ended_at"),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("answered_by_name", sa.Text, nullable=False),
)

extensions = sa.Table(
    "extension",
    METADATA,
    sa.Column("case_id", UUID(as_uuid=False), sa.ForeignKey("case.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("amount", sa.Float, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("approver", sa.Text, nullable=False),
    moment("asked_at", nullable=False),
    sa.Column("asked_by", sa.Text, nullable=False),
    sa.Column("asked_by_name", sa.Text, nullable=False),
    moment("due_before", nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    moment("decided_at"),
    sa.Column("decided_by_name", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    moment("due_after"),
)


def _stamp(name: str, nullable: bool = True) -> sa.Column[object]:
    """Who, when, in which words: a model.calls.Stamp."""
    return sa.Column(name, JSONB(none_as_null=True), nullable=nullable)


calls = sa.Table(
    "call",
    METADATA,
    sa.Column("case_id", UUID(as_uuid=False), sa.ForeignKey("case.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("department", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("leading", sa.Boolean, nullable=False),
    sa.Column("joined", sa.Boolean, nullable=False),
    _stamp("called", nullable=False),
    _stamp("objected"),
    _stamp("insisted"),
    _stamp("arrived"),
    _stamp("signed_off"),
    _stamp("withdrawn"),
    sa.Index(
        "call_open",
        "department",
        "case_id",
        postgresql_where=sa.text("signed_off IS NULL AND withdrawn IS NULL"),
    ),
)

call_limits = sa.Table(
    "call_limit",
    METADATA,
    sa.Column("case_id", UUID(as_uuid=False), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("step", sa.Text, primary_key=True),
    sa.Column("round", sa.Integer, primary_key=True),
    moment("started_at", nullable=False),
    moment("due_at", nullable=False),
    moment("done_at"),
    sa.Column("amount", sa.Float, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("light", sa.Text, nullable=False),
    sa.Column("told", ARRAY(sa.Text), nullable=False),
    sa.ForeignKeyConstraint(["case_id", "number"], ["call.case_id", "call.number"]),
)

messages = sa.Table(
    "message",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("case_id", UUID(as_uuid=False), sa.ForeignKey("case.id"), nullable=False),
    sa.Column("audience_kind", sa.Text, nullable=False),
    sa.Column("audience", sa.Text, nullable=False),
    sa.Column("area", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    moment("at", nullable=False),
    sa.Index(
        "message_audience", "audience_kind", "audience", "at", "id", postgresql_ops={"audience": "text_pattern_ops"}
    ),
    sa.Index("message_newest", "audience_kind", "at", "id", "audience"),
    sa.Index(
        "message_role",
        "audience",
        "area",
        "at",
        "id",
        postgresql_ops={"area": "text_pattern_ops"},
        postgresql_where=sa.text("audience_kind = 'role'"),
    ),
    sa.Index("message_case", "case_id"),
)

message_reads = sa.Table(
    "message_read",
    METADATA,
    sa.Column("message_id", UUID(as_uuid=False), sa.ForeignKey("message.id"), primary_key=True),
    sa.Column("person_id", sa.Text, primary_key=True),
    moment("at", nullable=False),
)

precedents = sa.Table(
    "precedent",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("matter_code", sa.Text, nullable=False),
    sa.Column("area", sa.Text, nullable=False),
    sa.Column("lead", sa.Text, nullable=False),
    sa.Column("co_departments", ARRAY(sa.Text), nullable=False),
    sa.Column("case_id", UUID(as_uuid=False), sa.ForeignKey("case.id"), nullable=False),
    sa.Column("case_number", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("ruled_by", sa.Text, nullable=False),
    sa.Column("ruled_by_name", sa.Text, nullable=False),
    moment("ruled_at", nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    moment("ended_at"),
    sa.Column("ended_by", sa.Text, nullable=False),
    sa.Column("ended_by_name", sa.Text, nullable=False),
    sa.Column("end_reason", sa.Text, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Index("precedent_holds", "matter_code", "area", unique=True, postgresql_where=sa.text("state = 'active'")),
    sa.Index("precedent_ruled", "ruled_at", "id"),
    sa.Index("precedent_case", "case_id"),
)

case_numbers = sa.Sequence("case_number", metadata=METADATA)

calendar_changes = sa.Table(
    "calendar_change",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("year", sa.Integer, nullable=False),
    moment("at", nullable=False),
    sa.Column("changed", JSONB, nullable=False),
    sa.Column("reached", UUID(as_uuid=False)),
    sa.Column("examined", sa.Integer, nullable=False),
    sa.Column("moved", sa.Integer, nullable=False),
    moment("done_at"),
    sa.Index("calendar_change_at", "at", "id"),
)

moved_limits = sa.Table(
    "moved_limit",
    METADATA,
    sa.Column("change_id", sa.Text, sa.ForeignKey("calendar_change.id"), primary_key=True),
    sa.Column("case_id", UUID(as_uuid=False), sa.ForeignKey("case.id"), primary_key=True),
    sa.Column("step", sa.Text, nullable=False),
    moment("due_before", nullable=False),
    moment("due_after", nullable=False),
)
