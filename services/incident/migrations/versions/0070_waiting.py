"""Pauses and extensions of limits (INC-07)."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0080"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _limits()
    _inquiries()
    _extensions()


def _limits() -> None:
    """A limit is counted from its start, with all that the plan gave, until somebody stops it."""
    op.add_column("limit", sa.Column("counted_from", MOMENT))
    op.add_column("limit", sa.Column("remaining", sa.Float()))
    op.add_column("limit", sa.Column("granted", sa.Float(), nullable=False, server_default="0"))
    op.add_column("limit", sa.Column("paused_at", MOMENT))
    op.add_column("limit", sa.Column("resumes_at", MOMENT))
    op.execute('UPDATE "limit" SET counted_from = started_at, remaining = amount')
    op.alter_column("limit", "counted_from", nullable=False)
    op.alter_column("limit", "remaining", nullable=False)
    op.alter_column("limit", "granted", server_default=None)


def _inquiries() -> None:
    op.create_table(
        "inquiry",
        *_keys(),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("answer_by", MOMENT, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by_name", sa.Text(), nullable=False),
    )


def _extensions() -> None:
    op.create_table(
        "extension",
        *_keys(),
        sa.Column("amount", sa.Float(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approver", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("due_before", MOMENT, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("decided_at", MOMENT),
        sa.Column("decided_by_name", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("due_after", MOMENT),
    )


def _keys() -> list[sa.Column[object]]:
    return [
        sa.Column("case_id", sa.UUID(as_uuid=False), sa.ForeignKey("case.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
    ]
