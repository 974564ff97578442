"""Calls of departments by whistle, each with its clocks; history lines name the departments that they are about."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0060"
down_revision = "0010"

STAMPS = ("objected", "insisted", "arrived", "signed_off", "withdrawn")


def upgrade() -> None:
    op.add_column("change", sa.Column("about", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}"))
    op.create_table(
        "call",
        sa.Column("case_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("leading", sa.Boolean(), nullable=False),
        sa.Column("joined", sa.Boolean(), nullable=False),
        sa.Column("called", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        *(sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=True) for name in STAMPS),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"]),
        sa.PrimaryKeyConstraint("case_id", "number"),
    )
    op.create_index(
        "call_open",
        "call",
        ["department", "case_id"],
        postgresql_where=sa.text("signed_off IS NULL AND withdrawn IS NULL"),
    )
    op.create_table(
        "call_limit",
        sa.Column("case_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("amount", sa.Float(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("light", sa.Text(), nullable=False),
        sa.Column("told", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["case_id", "number"], ["call.case_id", "call.number"]),
        sa.PrimaryKeyConstraint("case_id", "number", "step", "round"),
    )
