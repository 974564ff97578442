"""People, posts, accounts and sessions, applications, looks."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.registry.tables.columns import METADATA, day, moment, number, prefix_index, text, texts

person = sa.Table(
    "person",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("username", sa.Text, nullable=False, unique=True),
    text("name"),
    texts("roles"),
    sa.Column("department", sa.Text, sa.ForeignKey("department.id")),
    texts("areas"),
    text("private_phone", nullable=True),
    text("duty_phone"),
    text("language"),
    sa.Column("active", sa.Boolean, nullable=False),
    number("version"),
    number("sequence"),
    sa.Index("person_department", "department"),
    sa.Index("person_roles", "roles", postgresql_using="gin"),
)

post = sa.Table(
    "post",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("person_id", UUID(as_uuid=False), sa.ForeignKey("person.id"), nullable=False),
    sa.Column("grid_code", sa.Text, sa.ForeignKey("grid.code"), nullable=False),
    text("post"),
    day("starts"),
    day("ends", nullable=True),
    text("state"),
    texts("required"),
    sa.Column("steps", JSONB, nullable=False),
    number("version"),
    number("sequence"),
    prefix_index("post_grid", "grid_code"),
    sa.Index("post_person", "person_id"),
)

account = sa.Table(
    "account",
    METADATA,
    sa.Column("person_id", UUID(as_uuid=False), sa.ForeignKey("person.id"), primary_key=True),
    text("password_hash", nullable=True),
    sa.Column("must_change", sa.Boolean, nullable=False),
    number("version"),
)

guard = sa.Table(
    "guard",
    METADATA,
    sa.Column("name_hash", sa.Text, primary_key=True),
    number("failures"),
    moment("failed_at", nullable=True),
    moment("locked_until", nullable=True),
    sa.Index("guard_failed", "failed_at"),
)

session = sa.Table(
    "session",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("person_id", UUID(as_uuid=False), sa.ForeignKey("person.id"), nullable=False),
    moment("created_at"),
    moment("ended_at", nullable=True),
    text("end_reason", nullable=True),
    sa.Index("session_person", "person_id"),
    sa.Index("session_created", "created_at"),
)

refresh_token = sa.Table(
    "refresh_token",
    METADATA,
    sa.Column("token_hash", sa.Text, primary_key=True),
    sa.Column("session_id", UUID(as_uuid=False), sa.ForeignKey("session.id", ondelete="CASCADE"), nullable=False),
    moment("issued_at"),
    moment("expires_at"),
    moment("used_at", nullable=True),
    sa.Index("refresh_token_session", "session_id"),
)

application = sa.Table(
    "application",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    text("name"),
    texts("may"),
    number("per_minute"),
    sa.Column("key_hash", sa.Text, nullable=False, unique=True),
    text("key_hint"),
    text("created_by"),
    moment("created_at"),
    moment("revoked_at", nullable=True),
    text("revoked_by", nullable=True),
    number("version"),
)

look = sa.Table(
    "look",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("person_id", UUID(as_uuid=False), sa.ForeignKey("person.id"), nullable=False),
    text("by_id"),
    moment("at"),
    text("purpose"),
    texts("fields"),
    sa.Index("look_person", "person_id", "id"),
)
