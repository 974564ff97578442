"""Duty letters (REG-07)."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from services.registry.tables.columns import METADATA, day, moment, number, prefix_index, text, texts


def _person(name: str) -> sa.Column[str]:
    return sa.Column(name, UUID(as_uuid=False), sa.ForeignKey("person.id"), nullable=False)


def _grid(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, sa.ForeignKey("grid.code"), nullable=False)


duty_letter = sa.Table(
    "duty_letter",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    _grid("upper_grid"),
    _person("upper_person_id"),
    text("upper_post"),
    _grid("lower_grid"),
    _person("lower_person_id"),
    text("lower_post"),
    day("starts"),
    day("ends"),
    texts("tasks"),
    texts("rewards"),
    texts("penalties"),
    text("drafted_by"),
    moment("drafted_at"),
    moment("upper_signed_at", nullable=True),
    moment("lower_signed_at", nullable=True),
    sa.Column("superseded_by", UUID(as_uuid=False)),
    text("ended_by", nullable=True),
    moment("ended_at", nullable=True),
    text("reason"),
    number("version"),
    prefix_index("duty_letter_lower", "lower_grid"),
    sa.Index("duty_letter_upper_person", "upper_person_id"),
    sa.Index("duty_letter_lower_person", "lower_person_id"),
)
