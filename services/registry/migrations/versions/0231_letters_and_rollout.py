"""Duty letters (REG-07) and what is done of a plan's phases (REG-15)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0231"
down_revision = "0200"
branch_labels = None
depends_on = None

TEXTS = postgresql.ARRAY(sa.Text())
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create both tables."""
    _letters()
    op.create_table(
        "rollout_mark",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("deliverable", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("proofs", TEXTS, server_default="{}", nullable=False),
        sa.Column("marked_by", sa.Text(), nullable=False),
        sa.Column("marked_at", MOMENT, nullable=False),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("rollout_mark_plan", "rollout_mark", ["plan_id", "phase"])


def _letters() -> None:
    op.create_table(
        "duty_letter",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("upper_grid", sa.Text(), nullable=False),
        sa.Column("upper_person_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("upper_post", sa.Text(), nullable=False),
        sa.Column("lower_grid", sa.Text(), nullable=False),
        sa.Column("lower_person_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("lower_post", sa.Text(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        *(sa.Column(name, TEXTS, server_default="{}", nullable=False) for name in ("tasks", "rewards", "penalties")),
        sa.Column("drafted_by", sa.Text(), nullable=False),
        sa.Column("drafted_at", MOMENT, nullable=False),
        sa.Column("upper_signed_at", MOMENT, nullable=True),
        sa.Column("lower_signed_at", MOMENT, nullable=True),
        sa.Column("superseded_by", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["upper_grid"], ["grid.code"]),
        sa.ForeignKeyConstraint(["lower_grid"], ["grid.code"]),
        sa.ForeignKeyConstraint(["upper_person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["lower_person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "duty_letter_lower", "duty_letter", ["lower_grid"], postgresql_ops={"lower_grid": "text_pattern_ops"}
    )
    op.create_index("duty_letter_upper_person", "duty_letter", ["upper_person_id"])
    op.create_index("duty_letter_lower_person", "duty_letter", ["lower_person_id"])
