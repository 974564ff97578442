"""Tables of the liaison service.

`event` is append-only (a trigger refuses UPDATE, DELETE and TRUNCATE; a month goes by dropping its partition) and
partitioned by the event's month (UTC) in `repository.partitions`. Its positions come from one sequence, under a lock.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from services.chassis import tables as chassis

METADATA = sa.MetaData()
chassis.attach(METADATA)


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


positions = sa.Sequence("event_position", metadata=METADATA)

events = sa.Table(
    "event",
    METADATA,
    sa.Column("position", sa.BigInteger, positions, server_default=positions.next_value(), nullable=False),
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.Column("time", sa.DateTime(timezone=True), primary_key=True),
    sa.Column("grid", sa.Text),
    sa.Column("department", sa.Text),
    sa.Column("concerned", ARRAY(sa.Text), nullable=False),
    sa.Column("reporter_id", sa.Text),
    sa.Column("data", JSONB, nullable=False),
    sa.Column("traceparent", sa.Text),
    _moment("received_at"),
    sa.Index("event_order", "position"),
    sa.Index("event_subject", "subject", "sequence"),
    sa.Index("event_type", "type", "time", postgresql_ops={"type": "text_pattern_ops"}),
    sa.Index("event_grid", "grid", "position", postgresql_ops={"grid": "text_pattern_ops"}),
    sa.Index("event_department", "department", "position"),
    sa.Index("event_concerned", "concerned", postgresql_using="gin"),
    sa.Index("event_reporter", "reporter_id", "position"),
    sa.Index("event_received", "received_at", postgresql_using="brin"),
    postgresql_partition_by="RANGE (time)",
)

departments = sa.Table(
    "department",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
)

connections = sa.Table(
    "connection",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("department", sa.Text, nullable=False),
    sa.Column("queue", sa.Text, nullable=False, unique=True),
    sa.Column("user", sa.Text, nullable=False, unique=True),
    sa.Column("types", ARRAY(sa.Text), nullable=False),
    sa.Column("area", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    _moment("created_at"),
    _moment("changed_at"),
    sa.CheckConstraint("state IN ('making', 'active', 'ending', 'ended')", name="connection_state"),
    sa.Index("connection_open", "department", postgresql_where=sa.text("state <> 'ended'")),
)

OWN = (events, departments, connections)
