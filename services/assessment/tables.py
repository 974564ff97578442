"""Tables of the assessment service. `fact` is the truth; the others sum it up and can be made from it again.

`tally` has a row for each subject and day, month, quarter and year, with a column for each counter: what scores are
made of, a few thousand rows whatever the period (ASM-03).
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.assessment.model.facts import COUNTERS
from services.chassis import tables as chassis

METADATA = sa.MetaData()
chassis.attach(METADATA)

cases = sa.Table(
    "case",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("problem", sa.Text),
    sa.Column("counts", sa.Boolean, nullable=False),
    sa.Index("case_problem", "problem"),
)
"""Which problem a case is part of, and whether it is one of those by which subjects are measured: as its facts say."""

facts = sa.Table(
    "fact",
    METADATA,
    sa.Column("event_id", UUID(as_uuid=False), primary_key=True),
    sa.Column("counter", sa.Text, primary_key=True),
    sa.Column("subject_kind", sa.Text, primary_key=True),
    sa.Column("subject_id", sa.Text, primary_key=True),
    sa.Column("event_type", sa.Text, nullable=False),
    sa.Column("case_id", sa.Text, sa.ForeignKey("case.id"), nullable=False),
    sa.Column("case_number", sa.Text, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("amount", sa.Integer, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("area", sa.Text, nullable=False),
    sa.Column("problem", sa.Text),
    sa.Column("counted", sa.Float, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index("fact_case", "case_id"),
    sa.Index("fact_counter", "subject_kind", "subject_id", "counter", "at", "event_id"),
)

tallies = sa.Table(
    "tally",
    METADATA,
    sa.Column("subject_kind", sa.Text, primary_key=True),
    sa.Column("span", sa.Text, primary_key=True),
    sa.Column("subject_id", sa.Text, primary_key=True),
    *(sa.Column(name, sa.Float, nullable=False, server_default="0") for name in COUNTERS),
    sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
)

subject_areas = sa.Table(
    "subject_area",
    METADATA,
    sa.Column("subject_kind", sa.Text, primary_key=True),
    sa.Column("subject_id", sa.Text, primary_key=True),
    sa.Column("area", sa.Text, primary_key=True),
    sa.Index("subject_area_prefix", "subject_kind", "area", postgresql_ops={"area": "text_pattern_ops"}),
)
"""In which grids and divisions the cases of a subject lie."""

grids = sa.Table(
    "grid",
    METADATA,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
)

departments = sa.Table(
    "department",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
)

plans = sa.Table(
    "plan",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("score", JSONB, nullable=False),
    sa.Column("activated_at", sa.DateTime(timezone=True), nullable=False),
    sa.Index("plan_activated", "activated_at"),
)
