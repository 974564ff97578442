"""Which parts a case has besides its row: most have few, and one question for all is cheaper than one for each."""

from typing import Any

import sqlalchemy as sa

from services.chassis.asked import Asked
from services.incident import tables

_CASE: sa.BindParameter[str] = sa.bindparam("case_id")
_THERE = Asked(
    sa.select(
        sa.exists().where(tables.inquiries.c.case_id == _CASE).label("inquiries"),
        sa.exists().where(tables.extensions.c.case_id == _CASE).label("extensions"),
        sa.exists().where(tables.calls.c.case_id == _CASE).label("calls"),
        sa.exists().where(tables.cases.c.main_id == _CASE).label("followers"),
    )
)


def there(connection: sa.Connection, case_id: str) -> sa.Row[Any]:
    """Whether there are `inquiries`, `extensions`, `calls` and `followers` of the case."""
    return _THERE.of(connection, case_id=case_id).one()
