"""Scores from one row for each subject and period, facts from the index of their counter (docs/benchmarks.md)."""

import sqlalchemy as sa
from alembic import op

revision = "0090"
down_revision = "0001"

COUNTERS = (
    "reported", "filed", "rejected", "self_handled", "dispatched", "dispatched_right", "should_be_handled",
    "handled_on_time", "handled_extended", "answers", "reworked", "verified", "closed", "contacted", "reached",
    "solved", "satisfied", "rather_satisfied", "should_arrive", "arrived_on_time", "should_finish", "finished_on_time",
    "first_reports", "missed", "found", "settled_here", "escalated", "merged",
)  # fmt: skip
SUMS = ", ".join(f"coalesce(sum(count) FILTER (WHERE counter = '{name}'), 0)" for name in COUNTERS)
FILL = (
    f"""
    INSERT INTO tally (subject_kind, span, subject_id, {", ".join(COUNTERS)}, updated_at)
    SELECT subject_kind, span, subject_id, {SUMS}, max(updated_at)
    FROM counter, LATERAL (VALUES (to_char(day, 'YYYY')), (to_char(day, 'YYYY-"Q"Q')), (to_char(day, 'YYYY-MM')),
        (to_char(day, 'YYYY-MM-DD'))) AS lies_in(span)
    GROUP BY subject_kind, span, subject_id
    """,  # noqa: S608 (names of this file)
    "INSERT INTO subject_area SELECT DISTINCT subject_kind, subject_id, area FROM counter",
)


def upgrade() -> None:
    op.create_table(
        "tally",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("subject_kind", "span", "subject_id")),
        *(sa.Column(name, sa.Float(), nullable=False, server_default="0") for name in COUNTERS),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject_kind", "span", "subject_id"),
    )
    op.create_table(
        "subject_area",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("subject_kind", "subject_id", "area")),
        sa.PrimaryKeyConstraint("subject_kind", "subject_id", "area"),
    )
    op.create_index(
        "subject_area_prefix", "subject_area", ["subject_kind", "area"], postgresql_ops={"area": "text_pattern_ops"}
    )
    for statement in FILL:
        op.execute(statement)
    op.drop_table("counter")
    op.drop_index("fact_subject", "fact")
    op.create_index("fact_counter", "fact", ["subject_kind", "subject_id", "counter", "at", "event_id"])
