"""The duty roster (REG-18)."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from services.registry.tables.columns import METADATA, moment, number, prefix_index, text

duty_shift = sa.Table(
    "duty_shift",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    text("area"),
    text("role"),
    text("department"),
    text("roster"),
    sa.Column("person_id", UUID(as_uuid=False), sa.ForeignKey("person.id"), nullable=False),
    moment("starts"),
    moment("ends"),
    text("state"),
    text("reason"),
    sa.Column("offered_to", UUID(as_uuid=False), sa.ForeignKey("person.id")),
    sa.Column("offered_return", UUID(as_uuid=False)),
    number("version"),
    number("sequence"),
    sa.Index("duty_shift_ends", "ends"),
    sa.Index("duty_shift_person", "person_id", "ends"),
    sa.Index("duty_shift_offered", "offered_to", postgresql_where=sa.text("offered_to IS NOT NULL")),
    prefix_index("duty_shift_area", "area", "ends"),
)
