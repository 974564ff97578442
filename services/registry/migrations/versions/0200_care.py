"""Households, the list of those to be visited, who looked at them, and proof of what was erased (REG-09, PRV-01)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0200"
down_revision = "0230"

LIVE = "state IN ('proposed', 'active')"
OVER = "sealed IS NOT NULL AND state NOT IN ('proposed', 'active')"
PREFIX = {"grid_code": "text_pattern_ops"}


def _text(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _texts(name: str) -> sa.Column[list[str]]:
    return sa.Column(name, postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}")


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _moment(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _id(name: str, references: str) -> sa.Column[str]:
    kind = sa.UUID(as_uuid=False) if references.startswith("household") else sa.Text()
    return sa.Column(name, kind, sa.ForeignKey(references), nullable=False)


def upgrade() -> None:
    _household()
    _entry()
    _proofs()


def _household() -> None:
    op.create_table(
        "household",
        sa.Column("id", sa.UUID(as_uuid=False), primary_key=True),
        _id("grid_code", "grid.code"),
        _number("persons"),
        _text("sealed", nullable=True),
        _texts("held"),
        _text("purpose"),
        _text("legal_basis"),
        sa.Column("needed_until", sa.Date()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("unplaced", sa.Boolean(), nullable=False),
        _number("version"),
        _number("sequence"),
    )
    op.create_index("household_grid", "household", ["grid_code", "id"], postgresql_ops=PREFIX)
    op.create_index("household_needed", "household", ["needed_until"], postgresql_where=sa.text("sealed IS NOT NULL"))


def _entry() -> None:
    op.create_table(
        "care_entry",
        sa.Column("id", sa.UUID(as_uuid=False), primary_key=True),
        _id("household_id", "household.id"),
        _id("grid_code", "grid.code"),
        _text("mark"),
        _text("confirmer"),
        _text("proposed_by"),
        _moment("proposed_at"),
        _text("sealed", nullable=True),
        _text("state"),
        _text("decided_by", nullable=True),
        _moment("decided_at", nullable=True),
        sa.Column("expires", sa.Date()),
        _number("version"),
        _number("sequence"),
    )
    op.create_index("care_entry_once", "care_entry", ["mark"], unique=True, postgresql_where=sa.text(LIVE))
    op.create_index("care_entry_household", "care_entry", ["household_id"])
    op.create_index("care_entry_confirmer", "care_entry", ["confirmer", "id"])
    op.create_index("care_entry_proposed", "care_entry", ["proposed_by", "id"])
    op.create_index("care_entry_grid", "care_entry", ["grid_code", "id"], postgresql_ops=PREFIX)
    op.create_index("care_entry_expires", "care_entry", ["expires"], postgresql_where=sa.text("state = 'active'"))
    op.create_index("care_entry_over", "care_entry", ["id"], postgresql_where=sa.text(OVER))


def _proofs() -> None:
    op.create_table(
        "household_look",
        sa.Column("id", sa.UUID(as_uuid=False), primary_key=True),
        _id("household_id", "household.id"),
        _text("by_id"),
        _moment("at"),
        _text("purpose"),
        _texts("fields"),
    )
    op.create_index("household_look_household", "household_look", ["household_id", "id"])
    op.create_table(
        "erasure",
        sa.Column("id", sa.UUID(as_uuid=False), primary_key=True),
        _text("kind"),
        _text("subject"),
        _text("grid_code"),
        _texts("fields"),
        _text("why"),
        _moment("at"),
    )
