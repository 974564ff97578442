"""What was looked at in each month, summed: a year of tasks is never counted to show it (PAT-06).

Every statement that changes tasks leaves what it changed in `coverage_change`, by a trigger and in its own transaction;
nobody waits for anybody, since rows are only added. From time to time these are added to `coverage_month`. Both
together are always what counting the tasks gives.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from services.patrol.model.task import EXCUSED, FINISHED, OVERDUE, SIGNED, SUBMITTED, WITHDRAWN
from services.patrol.tables.metadata import METADATA
from services.patrol.tables.tasks import tasks

DONE = (FINISHED, SIGNED, SUBMITTED)
COUNTED = ("asked", "finished", "late", "overdue", "excused", "vacant", "problems")
KEY = ("grid", "month", "patrol", "person_id")


def _columns() -> list[sa.Column[Any]]:
    """A month is its first day; `person_id` is empty for tasks that nobody has."""
    return [
        sa.Column("grid", sa.Text, nullable=False),
        sa.Column("month", sa.Date, nullable=False),
        sa.Column("patrol", sa.Text, nullable=False),
        sa.Column("person_id", sa.Text, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in COUNTED),
    ]


coverage_months = sa.Table("coverage_month", METADATA, *_columns(), sa.PrimaryKeyConstraint(*KEY))

coverage_changes = sa.Table(
    "coverage_change",
    METADATA,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    *_columns(),
    sa.Index("coverage_change_grid", "grid", "month"),
)


def counting() -> Mapping[str, sa.ColumnElement[Any]]:
    """Each of `COUNTED` by counting tasks; withdrawn ones count nowhere, which the caller sees to."""
    table = tasks.c
    conditions = {
        "asked": table.state != WITHDRAWN,
        "finished": table.state.in_(DONE),
        "late": table.late,
        "overdue": table.state == OVERDUE,
        "excused": table.state == EXCUSED,
        "vacant": table.person_id.is_(None),
    }
    counts = {name: sa.func.count().filter(condition) for name, condition in conditions.items()}
    return {**counts, "problems": sa.func.sum(table.problems)}
