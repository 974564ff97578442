"""The registry's tables, beside those of the chassis. `repository` maps aggregates to them by hand."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from services.chassis import tables as chassis

METADATA = sa.MetaData()
chassis.attach(METADATA)


def _text(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _texts(name: str) -> sa.Column[list[str]]:
    return sa.Column(name, ARRAY(sa.Text), nullable=False, server_default="{}")


def _moment(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _day(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Date, nullable=nullable)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _prefix_index(name: str, *columns: str) -> sa.Index:
    """An index that serves `LIKE 'prefix%'` on its first column whatever the database's collation is."""
    return sa.Index(name, *columns, postgresql_ops={columns[0]: "text_pattern_ops"})


DIVISION_GRAMS: sa.ColumnElement[Any] = sa.literal_column("text_grams(lower(name))", ARRAY[str](sa.Text))
"""Each character of a division's name and each pair of neighbours."""

division = sa.Table(
    "division",
    METADATA,
    sa.Column("code", sa.Text, primary_key=True),
    _text("name"),
    _text("parent_code"),
    _text("kind"),
    _text("path_name"),
    _prefix_index("division_prefix", "code"),
    sa.Index("division_parent", "parent_code"),
    sa.Index("division_kind", "kind", "code"),
    sa.Index("division_grams", DIVISION_GRAMS, postgresql_using="gin"),
)

grid = sa.Table(
    "grid",
    METADATA,
    sa.Column("code", sa.Text, primary_key=True),
    _text("name"),
    _text("kind"),
    _number("level"),
    sa.Column("parent_code", sa.Text, sa.ForeignKey("grid.code")),
    _text("division_code"),
    _texts("division_codes"),
    _texts("path"),
    _day("effective"),
    _text("state"),
    _day("since"),
    sa.Column("made_by", UUID(as_uuid=False)),
    _texts("duties"),
    _texts("tasks"),
    _texts("rewards"),
    sa.Column("boundary", JSONB(none_as_null=True)),
    _text("drawn_how"),
    *(sa.Column(name, sa.Double) for name in ("west", "south", "east", "north", "lon", "lat", "square_metres")),
    _number("version"),
    _number("sequence"),
    _prefix_index("grid_prefix", "code"),
    sa.Index("grid_parent", "parent_code"),
    sa.Index("grid_path", "path", postgresql_using="gin"),
    sa.Index("grid_box", "west", "east", "south", "north", postgresql_where=sa.text("boundary IS NOT NULL")),
)

grid_span = sa.Table(
    "grid_span",
    METADATA,
    sa.Column("code", sa.Text, sa.ForeignKey("grid.code"), primary_key=True),
    sa.Column("since", sa.Date, primary_key=True),
    _day("until", nullable=True),
    _text("name"),
    _text("kind"),
    _number("level"),
    _texts("path"),
    sa.Column("boundary", JSONB(none_as_null=True)),
    *(sa.Column(name, sa.Double) for name in ("west", "south", "east", "north")),
    sa.Index("grid_span_box", "west", "east", "south", "north", postgresql_where=sa.text("boundary IS NOT NULL")),
)

grid_change = sa.Table(
    "grid_change",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    _text("kind"),
    _day("effective"),
    sa.Column("document", JSONB, nullable=False),
    _texts("codes"),
    _texts("successors"),
    _text("reason"),
    _text("state"),
    _text("decided_by"),
    _moment("decided_at"),
    _moment("settled_at", nullable=True),
    _text("refusal_zh", nullable=True),
    _text("refusal_en", nullable=True),
    _number("version"),
    sa.Index("grid_change_codes", "codes", postgresql_using="gin"),
    sa.Index("grid_change_successors", "successors", postgresql_using="gin"),
    sa.Index("grid_change_pending", "effective", postgresql_where=sa.text("state = 'pending'")),
)

department = sa.Table(
    "department",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    _text("name"),
    _text("level"),
    _text("kind"),
    _text("division_code"),
    sa.Column("active", sa.Boolean, nullable=False),
    _number("version"),
    _number("sequence"),
)

duty = sa.Table(
    "duty",
    METADATA,
    sa.Column("key", sa.Text, primary_key=True),
    _text("name"),
    sa.Column("lead", sa.Text, sa.ForeignKey("department.id"), nullable=False),
    _texts("co"),
    _text("grid_part"),
    _text("words"),
    _number("version"),
    _number("sequence"),
    sa.Index("duty_lead", "lead"),
)

calendar_year = sa.Table(
    "calendar_year",
    METADATA,
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("days", JSONB, nullable=False),
    _number("version"),
    _number("sequence"),
)

person = sa.Table(
    "person",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("username", sa.Text, nullable=False, unique=True),
    _text("name"),
    _texts("roles"),
    sa.Column("department", sa.Text, sa.ForeignKey("department.id")),
    _texts("areas"),
    _text("private_phone", nullable=True),
    _text("duty_phone"),
    _text("language"),
    sa.Column("active", sa.Boolean, nullable=False),
    _number("version"),
    _number("sequence"),
    sa.Index("person_department", "department"),
    sa.Index("person_roles", "roles", postgresql_using="gin"),
)

post = sa.Table(
    "post",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("person_id", UUID(as_uuid=False), sa.ForeignKey("person.id"), nullable=False),
    sa.Column("grid_code", sa.Text, sa.ForeignKey("grid.code"), nullable=False),
    _text("post"),
    _day("starts"),
    _day("ends", nullable=True),
    _text("state"),
    _texts("required"),
    sa.Column("steps", JSONB, nullable=False),
    _number("version"),
    _number("sequence"),
    _prefix_index("post_grid", "grid_code"),
    sa.Index("post_person", "person_id"),
)

account = sa.Table(
    "account",
    METADATA,
    sa.Column("person_id", UUID(as_uuid=False), sa.ForeignKey("person.id"), primary_key=True),
    _text("password_hash", nullable=True),
    sa.Column("must_change", sa.Boolean, nullable=False),
    _number("version"),
)

guard = sa.Table(
    "guard",
    METADATA,
    sa.Column("name_hash", sa.Text, primary_key=True),
    _number("failures"),
    _moment("failed_at", nullable=True),
    _moment("locked_until", nullable=True),
    sa.Index("guard_failed", "failed_at"),
)

session = sa.Table(
    "session",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("person_id", UUID(as_uuid=False), sa.ForeignKey("person.id"), nullable=False),
    _moment("created_at"),
    _moment("ended_at", nullable=True),
    _text("end_reason", nullable=True),
    sa.Index("session_person", "person_id"),
    sa.Index("session_created", "created_at"),
)

refresh_token = sa.Table(
    "refresh_token",
    METADATA,
    sa.Column("token_hash", sa.Text, primary_key=True),
    sa.Column("session_id", UUID(as_uuid=False), sa.ForeignKey("session.id", ondelete="CASCADE"), nullable=False),
    _moment("issued_at"),
    _moment("expires_at"),
    _moment("used_at", nullable=True),
    sa.Index("refresh_token_session", "session_id"),
)

application = sa.Table(
    "application",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    _text("name"),
    _texts("may"),
    _number("per_minute"),
    sa.Column("key_hash", sa.Text, nullable=False, unique=True),
    _text("key_hint"),
    _text("created_by"),
    _moment("created_at"),
    _moment("revoked_at", nullable=True),
    _text("revoked_by", nullable=True),
    _number("version"),
)

look = sa.Table(
    "look",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("person_id", UUID(as_uuid=False), sa.ForeignKey("person.id"), nullable=False),
    _text("by_id"),
    _moment("at"),
    _text("purpose"),
    _texts("fields"),
    sa.Index("look_person", "person_id", "id"),
)

plan_version = sa.Table(
    "plan_version",
    METADATA,
    sa.Column("plan_id", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    _text("title"),
    _day("effective"),
    _text("digest"),
    _text("text"),
    sa.Column("document", JSONB, nullable=False),
    _text("stored_by"),
    _moment("stored_at"),
)

plan_activation = sa.Table(
    "plan_activation",
    METADATA,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    _text("plan_id"),
    _number("number"),
    _day("effective"),
    _text("activated_by"),
    _moment("activated_at"),
    sa.ForeignKeyConstraint(["plan_id", "number"], ["plan_version.plan_id", "plan_version.number"]),
    sa.Index("plan_activation_version", "plan_id", "number"),
    sa.Index("plan_activation_effective", "effective"),
)

table_import = sa.Table(
    "table_import",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    _text("kind"),
    sa.Column("dry_run", sa.Boolean, nullable=False),
    _text("state"),
    _text("by_id"),
    _text("format"),
    _text("encoding"),
    _text("sheet"),
    _texts("merged"),
    _text("digest"),
    *(_number(name) for name in ("total_rows", "done_rows", "created", "changed", "unchanged", "fault_count")),
    sa.Column("cancel_requested", sa.Boolean, nullable=False),
    sa.Column("faults", JSONB, nullable=False),
    sa.Column("changes", JSONB, nullable=False),
    _text("error_code"),
    _text("error_zh"),
    _text("error_en"),
    _moment("created_at"),
    _moment("finished_at", nullable=True),
    sa.Index("table_import_created", "created_at"),
)

table_import_part = sa.Table(
    "table_import_part",
    METADATA,
    sa.Column("import_id", UUID(as_uuid=False), sa.ForeignKey("table_import.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("part", sa.Integer, primary_key=True),
    _text("rows"),
)
"""The rows of a file on their way, sealed: they may hold telephone numbers (PRV-02). Removed at the end."""
