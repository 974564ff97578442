"""Households, the list of those to be visited, who looked at them, and proof of what was erased (REG-09, PRV-01)."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from services.registry.tables.columns import METADATA, day, moment, number, prefix_index, text, texts

household = sa.Table(
    "household",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("grid_code", sa.Text, sa.ForeignKey("grid.code"), nullable=False),
    number("persons"),
    text("sealed", nullable=True),
    texts("held"),
    text("purpose"),
    text("legal_basis"),
    day("needed_until", nullable=True),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("unplaced", sa.Boolean, nullable=False),
    number("version"),
    number("sequence"),
    prefix_index("household_grid", "grid_code", "id"),
    sa.Index("household_needed", "needed_until", postgresql_where=sa.text("sealed IS NOT NULL")),
)

care_entry = sa.Table(
    "care_entry",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("household_id", UUID(as_uuid=False), sa.ForeignKey("household.id"), nullable=False),
    sa.Column("grid_code", sa.Text, sa.ForeignKey("grid.code"), nullable=False),
    text("mark"),
    text("confirmer"),
    text("proposed_by"),
    moment("proposed_at"),
    text("sealed", nullable=True),
    text("state"),
    text("decided_by", nullable=True),
    moment("decided_at", nullable=True),
    day("expires", nullable=True),
    number("version"),
    number("sequence"),
    sa.Index("care_entry_once", "mark", unique=True, postgresql_where=sa.text("state IN ('proposed', 'active')")),
    sa.Index("care_entry_household", "household_id"),
    sa.Index("care_entry_confirmer", "confirmer", "id"),
    sa.Index("care_entry_proposed", "proposed_by", "id"),
    prefix_index("care_entry_grid", "grid_code", "id"),
    sa.Index("care_entry_expires", "expires", postgresql_where=sa.text("state = 'active'")),
    sa.Index(
        "care_entry_over", "id", postgresql_where=sa.text("sealed IS NOT NULL AND state NOT IN ('proposed', 'active')")
    ),
)

household_look = sa.Table(
    "household_look",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("household_id", UUID(as_uuid=False), sa.ForeignKey("household.id"), nullable=False),
    text("by_id"),
    moment("at"),
    text("purpose"),
    texts("fields"),
    sa.Index("household_look_household", "household_id", "id"),
)

erasure = sa.Table(
    "erasure",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    text("kind"),
    text("subject"),
    text("grid_code"),
    texts("fields"),
    text("why"),
    moment("at"),
)
"""What was erased, when and why, without the data: kept for good."""
