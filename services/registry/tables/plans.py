"""Plans and whole tables on their way."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.registry.tables.columns import METADATA, day, moment, number, text, texts

plan_version = sa.Table(
    "plan_version",
    METADATA,
    sa.Column("plan_id", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    text("title"),
    day("effective"),
    text("digest"),
    text("text"),
    sa.Column("document", JSONB, nullable=False),
    text("stored_by"),
    moment("stored_at"),
)

plan_activation = sa.Table(
    "plan_activation",
    METADATA,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    text("plan_id"),
    number("number"),
    day("effective"),
    text("activated_by"),
    moment("activated_at"),
    sa.ForeignKeyConstraint(["plan_id", "number"], ["plan_version.plan_id", "plan_version.number"]),
    sa.Index("plan_activation_version", "plan_id", "number"),
    sa.Index("plan_activation_effective", "effective"),
)

table_import = sa.Table(
    "table_import",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    text("kind"),
    sa.Column("dry_run", sa.Boolean, nullable=False),
    text("state"),
    text("by_id"),
    text("format"),
    text("encoding"),
    text("sheet"),
    texts("merged"),
    text("digest"),
    *(number(name) for name in ("total_rows", "done_rows", "created", "changed", "unchanged", "fault_count")),
    sa.Column("cancel_requested", sa.Boolean, nullable=False),
    sa.Column("faults", JSONB, nullable=False),
    sa.Column("changes", JSONB, nullable=False),
    text("error_code"),
    text("error_zh"),
    text("error_en"),
    moment("created_at"),
    moment("finished_at", nullable=True),
    sa.Index("table_import_created", "created_at"),
)

table_import_part = sa.Table(
    "table_import_part",
    METADATA,
    sa.Column("import_id", UUID(as_uuid=False), sa.ForeignKey("table_import.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("part", sa.Integer, primary_key=True),
    text("rows"),
)
"""The rows of a file on their way, sealed: they may hold telephone numbers (PRV-02). Removed at the end."""
