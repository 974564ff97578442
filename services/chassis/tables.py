"""The rows that the chassis keeps in every service's database.

`attach` adds them to a service's metadata; `create_first` makes them in a service's first migration and is frozen:
a later change is a migration step of its own, never an edit here without one.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

NOW = sa.text("now()")


def _outbox(metadata: sa.MetaData) -> sa.Table:
    return sa.Table(
        "outbox",
        metadata,
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("event_id", UUID(as_uuid=False), nullable=False, unique=True),
        sa.Column("exchange", sa.Text, nullable=False),
        sa.Column("routing_key", sa.Text, nullable=False),
        sa.Column("bcc", ARRAY(sa.Text), nullable=False, server_default="{}"),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("traceparent", sa.Text),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Index("outbox_unpublished", "id", postgresql_where=sa.text("published_at IS NULL")),
        sa.Index("outbox_published", "published_at", postgresql_where=sa.text("published_at IS NOT NULL")),
    )


def _inbox(metadata: sa.MetaData) -> sa.Table:
    return sa.Table(
        "inbox",
        metadata,
        sa.Column("consumer", sa.Text, primary_key=True),
        sa.Column("event_id", UUID(as_uuid=False), primary_key=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Index("inbox_received", "received_at"),
    )


def _idempotency(metadata: sa.MetaData) -> sa.Table:
    return sa.Table(
        "idempotency",
        metadata,
        sa.Column("caller", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("reply", JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Index("idempotency_created", "created_at"),
    )


def _deadline(metadata: sa.MetaData) -> sa.Table:
    return sa.Table(
        "deadline",
        metadata,
        sa.Column("id", UUID(as_uuid=False), primary_key=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("fired_at", sa.DateTime(timezone=True)),
        sa.Column("cancelled_at", sa.DateTime(timezone=True)),
        sa.Column("last_error", sa.Text),
        sa.Index("deadline_subject", "subject"),
        sa.Index(
            "deadline_open",
            "not_before",
            postgresql_where=sa.text("fired_at IS NULL AND cancelled_at IS NULL"),
        ),
    )


def _audit(metadata: sa.MetaData) -> sa.Table:
    return sa.Table(
        "audit",
        metadata,
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("detail", JSONB, nullable=False, server_default="{}"),
        sa.Column("sealed_no", sa.BigInteger, unique=True),
        sa.Column("previous_hash", sa.Text),
        sa.Column("hash", sa.Text),
        sa.Index("audit_unsealed", "id", postgresql_where=sa.text("sealed_no IS NULL")),
        sa.Index("audit_subject", "subject"),
    )


_MAKERS = (_outbox, _inbox, _idempotency, _deadline, _audit)


def attach(metadata: sa.MetaData) -> None:
    """Add the chassis tables to `metadata`."""
    for make in _MAKERS:
        make(metadata)


CHASSIS = sa.MetaData()
attach(CHASSIS)
outbox = CHASSIS.tables["outbox"]
inbox = CHASSIS.tables["inbox"]
idempotency = CHASSIS.tables["idempotency"]
deadline = CHASSIS.tables["deadline"]
audit = CHASSIS.tables["audit"]


def create_first(op: Any) -> None:
    """Create the chassis tables inside a service's first migration (`op` is alembic's)."""
    CHASSIS.create_all(op.get_bind())
