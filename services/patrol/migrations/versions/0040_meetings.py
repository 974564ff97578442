"""Meetings, what they decided, and copies of cases and of people in office (PAT-09, INC-10)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0031"


def _moment(name: str, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, nullable: bool = False, default: str | None = None) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=nullable, server_default=default)


def _texts(name: str, default: str | None = "{}") -> sa.Column[object]:
    return sa.Column(name, postgresql.ARRAY(sa.Text()), nullable=False, server_default=default)


def _counts() -> tuple[sa.Column[object], ...]:
    return tuple(sa.Column(name, sa.Integer(), nullable=False, server_default="0") for name in ("version", "sequence"))


def upgrade() -> None:
    _meetings()
    _decisions()
    _copies()


def _meetings() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.UUID(as_uuid=False), primary_key=True),
        *(_text(name) for name in ("meeting", "name", "plan", "grid")),
        sa.Column("round", sa.Date(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        _text("state"),
        _text("starts", default=""),
        _text("place", default=""),
        sa.Column("moved_from", sa.Date()),
        _text("reason", default=""),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default="[]"),
        _texts("present"),
        _text("guests", nullable=True),
        _text("minutes", nullable=True),
        sa.Column("touched", sa.Boolean(), nullable=False, server_default=sa.false()),
        _texts("conveners"),
        _texts("people"),
        _texts("departments"),
        _text("opened_by", nullable=True),
        _moment("opened_at"),
        _text("closed_by", nullable=True),
        _moment("held_at"),
        *_counts(),
    )
    once = sa.text("state <> 'withdrawn'")
    op.create_index("meeting_once", "meeting", ["meeting", "grid", "round"], unique=True, postgresql_where=once)
    op.create_index("meeting_day", "meeting", ["day", "id"])
    op.create_index("meeting_grid", "meeting", ["grid", "day", "id"], postgresql_ops={"grid": "text_pattern_ops"})
    coming = sa.text("state IN ('planned', 'open')")
    op.create_index("meeting_coming", "meeting", ["grid"], postgresql_where=coming)
    op.create_index("meeting_people", "meeting", ["people"], postgresql_using="gin")
    op.create_index("meeting_departments", "meeting", ["departments"], postgresql_using="gin")


def _decisions() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.UUID(as_uuid=False), primary_key=True),
        sa.Column("meeting_id", sa.UUID(as_uuid=False), sa.ForeignKey("meeting.id"), nullable=False),
        *(_text(name) for name in ("item_id", "kind", "grid", "words")),
        *(_text(name, nullable=True) for name in ("case_id", "person_id", "department")),
        sa.Column("due_on", sa.Date()),
        _text("state"),
        _text("result", nullable=True),
        _text("reason", default=""),
        _text("decided_by"),
        _moment("decided_at", nullable=False),
        _text("ended_by", nullable=True),
        _moment("ended_at"),
        *_counts(),
    )
    op.create_index("decision_meeting", "decision", ["meeting_id", "id"])
    op.create_index("decision_case", "decision", ["case_id"])
    op.create_index("decision_person", "decision", ["person_id", "id"])
    op.create_index("decision_department", "decision", ["department", "id"])
    op.create_index("decision_grid", "decision", ["grid", "id"], postgresql_ops={"grid": "text_pattern_ops"})
    running = sa.text("state IN ('open', 'overdue')")
    op.create_index("decision_running", "decision", ["due_on"], postgresql_where=running)


def _copies() -> None:
    op.create_table(
        "case_copy",
        sa.Column("case_id", sa.Text(), primary_key=True),
        *(_text(name) for name in ("number", "matter_code", "grid")),
        _text("department", nullable=True),
        _text("state"),
        _texts("why", default=None),
        _moment("reported_at", nullable=False),
        _moment("over_at"),
        sa.Column("sequence", sa.Integer(), nullable=False),
    )
    unresolved = sa.text("why <> '{}'::text[]")
    op.create_index("case_copy_unresolved", "case_copy", ["grid"], postgresql_where=unresolved)
    by_grid = {"grid": "text_pattern_ops"}
    op.create_index("case_copy_grid", "case_copy", ["grid", "reported_at"], postgresql_ops=by_grid)
    op.create_table(
        "officer",
        sa.Column("id", sa.Text(), primary_key=True),
        _texts("roles", default=None),
        _text("department", nullable=True),
        _texts("areas", default=None),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
    )
    op.create_table(
        "arrangement",
        sa.Column("what", sa.Text(), primary_key=True),
        sa.Column("until", sa.Date(), nullable=False),
    )
