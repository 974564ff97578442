"""Enterprises, organisations, places and facilities, and what was entered about them (REG-10)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0210"
down_revision = "0090"


def _text(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "place",
        sa.Column("id", sa.UUID(as_uuid=False), primary_key=True),
        _text("kind"),
        _text("name"),
        sa.Column("grid_code", sa.Text(), sa.ForeignKey("grid.code"), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        _text("address"),
        sa.Column("pollution_source", sa.Boolean(), nullable=False),
        _text("responsible", nullable=True),
        _text("grade"),
        sa.Column("key", sa.Boolean(), nullable=False),
        sa.Column("assessed_on", sa.Date()),
        sa.Column("facts", postgresql.JSONB()),
        sa.Column("stated_on", sa.Date()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
    )
    op.create_index("place_grid", "place", ["grid_code", "name"], postgresql_ops={"grid_code": "text_pattern_ops"})
    op.create_table(
        "place_record",
        sa.Column("id", sa.UUID(as_uuid=False), primary_key=True),
        sa.Column("place_id", sa.UUID(as_uuid=False), sa.ForeignKey("place.id"), nullable=False),
        _text("what"),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _text("by_id"),
        _text("grid_code"),
        _text("grade"),
        sa.Column("key", sa.Boolean(), nullable=False),
        _text("words"),
        sa.Column("facts", postgresql.JSONB()),
    )
    op.create_index("place_record_place", "place_record", ["place_id", "id"])
