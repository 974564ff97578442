"""Grids over time: the spans of their lives, and the decided changes (REG-04)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Each grid has been what it is since its effective day: nothing older is known."""
    op.add_column("grid", sa.Column("since", sa.Date(), nullable=True))
    op.add_column("grid", sa.Column("made_by", sa.UUID(as_uuid=False), nullable=True))
    op.execute("UPDATE grid SET since = effective")
    op.alter_column("grid", "since", nullable=False)
    _spans()
    _changes()


def _spans() -> None:
    op.create_table(
        "grid_span",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("path", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("boundary", postgresql.JSONB(none_as_null=True), nullable=True),
        *(sa.Column(name, sa.Double(), nullable=True) for name in ("west", "south", "east", "north")),
        sa.ForeignKeyConstraint(["code"], ["grid.code"]),
        sa.PrimaryKeyConstraint("code", "since"),
    )
    op.create_index(
        "grid_span_box",
        "grid_span",
        ["west", "east", "south", "north"],
        postgresql_where=sa.text("boundary IS NOT NULL"),
    )
    columns = "code, since, name, kind, level, path, boundary, west, south, east, north"
    op.execute(f"INSERT INTO grid_span ({columns}) SELECT {columns} FROM grid WHERE state = 'active'")  # noqa: S608


def _changes() -> None:
    op.create_table(
        "grid_change",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("effective", sa.Date(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("codes", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("successors", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal_zh", sa.Text(), nullable=True),
        sa.Column("refusal_en", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("grid_change_codes", "grid_change", ["codes"], postgresql_using="gin")
    op.create_index("grid_change_successors", "grid_change", ["successors"], postgresql_using="gin")
    op.create_index("grid_change_pending", "grid_change", ["effective"], postgresql_where=sa.text("state = 'pending'"))
