"""The diary: what each person did, day by day, and the words that they added (PAT-08)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0060"
down_revision = "0030"


def _moment(name: str, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "diary",
        sa.Column("person_id", sa.Text(), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("grid", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False, server_default=""),
        sa.Column("version", sa.Integer(), nullable=False, server_default="0"),
        _moment("written_at"),
    )
    op.create_index("diary_day", "diary", ["day", "person_id"])
    op.create_index("diary_grid", "diary", ["grid", "day", "person_id"], postgresql_ops={"grid": "text_pattern_ops"})
    op.create_table(
        "deed",
        sa.Column("id", postgresql.UUID(as_uuid=False), primary_key=True),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        _moment("at", nullable=False),
        _moment("received_at", nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("grid", sa.Text(), nullable=False),
    )
    op.create_index("deed_person", "deed", ["person_id", "day", "at"])
    op.create_table(
        "diary_note",
        sa.Column("id", postgresql.UUID(as_uuid=False), primary_key=True),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        _moment("at", nullable=False),
    )
    op.create_index("diary_note_day", "diary_note", ["person_id", "day"])
