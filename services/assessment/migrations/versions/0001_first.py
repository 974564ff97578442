"""The first tables of the assessment service."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.chassis import tables as chassis

revision = "0001"
down_revision = None


def upgrade() -> None:
    chassis.create_first(op)
    _create_facts()
    _create_counters()
    _create_copies()


def _create_facts() -> None:
    op.create_table(
        "case",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("case_problem", "case", ["problem"])
    op.create_table(
        "fact",
        sa.Column("event_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("counter", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("counted", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "counter", "subject_kind", "subject_id"),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"]),
    )
    op.create_index("fact_case", "fact", ["case_id"])
    op.create_index("fact_subject", "fact", ["subject_kind", "subject_id", "at", "event_id", "counter"])


def _create_counters() -> None:
    op.create_table(
        "counter",
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("counter", sa.Text(), nullable=False),
        sa.Column("count", sa.Float(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject_kind", "subject_id", "area", "day", "counter"),
    )
    op.create_index("counter_day", "counter", ["subject_kind", "day"])
    op.create_index("counter_area", "counter", ["subject_kind", "area"], postgresql_ops={"area": "text_pattern_ops"})


def _create_copies() -> None:
    for name, key in (("grid", "code"), ("department", "id")):
        op.create_table(
            name,
            sa.Column(key, sa.Text(), nullable=False),
            sa.Column("name", sa.Text(), nullable=False),
            sa.Column("active", sa.Boolean(), nullable=False),
            sa.Column("sequence", sa.Integer(), nullable=False),
            sa.PrimaryKeyConstraint(key),
        )
    op.create_table(
        "plan",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("score", postgresql.JSONB(), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_index("plan_activated", "plan", ["activated_at"])
