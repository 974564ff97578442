"""The first tables of the liaison service."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.chassis import tables as chassis

revision = "0001"
down_revision = None

REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the event log is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$
"""
REFUSE_ROWS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""
REFUSE_ALL = """
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    chassis.create_first(op)
    _event()
    op.create_table(
        "department",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "connection",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("queue"),
        sa.UniqueConstraint("user"),
        sa.CheckConstraint("state IN ('making', 'active', 'ending', 'ended')", name="connection_state"),
    )
    op.create_index("connection_open", "connection", ["department"], postgresql_where=sa.text("state <> 'ended'"))


def _event() -> None:
    """The log: partitioned by month, with a default partition for every month that has none of its own."""
    op.execute(sa.schema.CreateSequence(sa.Sequence("event_position")))
    op.create_table(
        "event",
        sa.Column("position", sa.BigInteger(), server_default=sa.text("nextval('event_position')"), nullable=False),
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("grid", sa.Text(), nullable=True),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("concerned", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("reporter_id", sa.Text(), nullable=True),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("traceparent", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", "time"),
        postgresql_partition_by="RANGE (time)",
    )
    op.create_index("event_order", "event", ["position"])
    op.create_index("event_subject", "event", ["subject", "sequence"])
    op.create_index("event_type", "event", ["type", "time"], postgresql_ops={"type": "text_pattern_ops"})
    op.create_index("event_grid", "event", ["grid", "position"], postgresql_ops={"grid": "text_pattern_ops"})
    op.create_index("event_department", "event", ["department", "position"])
    op.create_index("event_concerned", "event", ["concerned"], postgresql_using="gin")
    op.create_index("event_reporter", "event", ["reporter_id", "position"])
    op.create_index("event_received", "event", ["received_at"], postgresql_using="brin")
    op.execute("CREATE TABLE event_default PARTITION OF event DEFAULT")
    for statement in (REFUSE, REFUSE_ROWS, REFUSE_ALL):
        op.execute(statement)
