"""The first tables of the patrol service."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.chassis import tables as chassis

revision = "0001"
down_revision = None

OPEN = "state IN ('due', 'overdue', 'sent-back')"


def _moment(name: str, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    chassis.create_first(op)
    _tasks()
    _findings()
    _copies()


def _tasks() -> None:
    op.create_table(
        "task",
        sa.Column("id", sa.UUID(as_uuid=False), primary_key=True),
        sa.Column("patrol", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("grid", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text()),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("moved_from", sa.Date()),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rest", sa.Text(), nullable=False, server_default=""),
        sa.Column("late", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("problems", sa.Integer(), nullable=False, server_default="0"),
        _moment("finished_at"),
        _moment("received_at"),
        sa.Column("signed_by", sa.Text()),
        _moment("signed_at"),
        sa.Column("submitted_by", sa.Text()),
        _moment("submitted_at"),
        sa.Column("decided_by", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("version", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"),
    )
    once = ["patrol", "grid", "day", "number", sa.text("coalesce(person_id, '')")]
    op.create_index("task_once", "task", once, unique=True, postgresql_where=sa.text("state <> 'withdrawn'"))
    op.create_index("task_day", "task", ["day", "id"])
    op.create_index("task_person", "task", ["person_id", "day", "id"])
    op.create_index("task_grid", "task", ["grid", "day", "id"], postgresql_ops={"grid": "text_pattern_ops"})
    op.create_index("task_open", "task", ["until"], postgresql_where=sa.text(OPEN))


def _findings() -> None:
    op.create_table(
        "finding",
        sa.Column("task_id", sa.UUID(as_uuid=False), sa.ForeignKey("task.id"), primary_key=True),
        sa.Column("item", sa.Text(), primary_key=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        _moment("at", nullable=False),
        sa.Column("number", sa.Float()),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("matter_code", sa.Text()),
        sa.Column("lon", sa.Float()),
        sa.Column("lat", sa.Float()),
        sa.Column("attachments", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("case_id", sa.Text()),
    )
    op.create_table("generation", sa.Column("day", sa.Date(), primary_key=True), _moment("at", nullable=False))


def _copies() -> None:
    op.create_table(
        "grid",
        sa.Column("code", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("ancestors", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
    )
    op.create_table(
        "post",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("grid", sa.Text(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
    )
    op.create_index("post_grid", "post", ["grid", "post"])
    op.create_index("post_person", "post", ["person_id"])
    op.create_table(
        "plan",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("section", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("effective", sa.Date(), nullable=False),
        _moment("activated_at", nullable=False),
    )
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("days", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
    )
