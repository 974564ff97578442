"""Inspections by a superior, what they look at, and what is to be put right (PAT-13)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0041"


def _text(name: str, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default=default)


def _moment(name: str, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "inspection",
        sa.Column("id", sa.UUID(as_uuid=False), primary_key=True),
        *(_text(name) for name in ("plan", "rule", "name", "kind", "grid", "by_id")),
        _moment("begun_at", nullable=False),
        _text("of"),
        sa.Column("population", postgresql.ARRAY(sa.Text()), nullable=False),
        _text("seed"),
        sa.Column("ratio", sa.Float()),
        _text("state"),
        _moment("finished_at"),
        _text("gaps", ""),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
    )
    op.create_index("inspection_grid", "inspection", ["grid", "id"], postgresql_ops={"grid": "text_pattern_ops"})
    op.create_table(
        "inspection_target",
        sa.Column("inspection_id", sa.UUID(as_uuid=False), sa.ForeignKey("inspection.id"), primary_key=True),
        sa.Column("id", sa.Text(), primary_key=True),
        *(_text(name) for name in ("kind", "name", "grid")),
        sa.Column("lon", sa.Float()),
        sa.Column("lat", sa.Float()),
        _moment("inspected_at"),
        _text("rest", ""),
        sa.Column("answers", postgresql.JSONB(), nullable=False),
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.UUID(as_uuid=False), primary_key=True),
        sa.Column("inspection_id", sa.UUID(as_uuid=False), sa.ForeignKey("inspection.id"), nullable=False),
        *(_text(name) for name in ("target_id", "item", "title", "case_id", "grid")),
        sa.Column("due_on", sa.Date()),
        _moment("done_at"),
        sa.Column("done_by", sa.Text()),
        _text("words", ""),
    )
    op.create_index("correction_inspection", "correction", ["inspection_id"])
    op.create_index("correction_grid", "correction", ["grid", "id"], postgresql_ops={"grid": "text_pattern_ops"})
