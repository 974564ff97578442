"""Copies of the active plan's scheme and of the names of grids and departments; what comes late is ignored."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.assessment import messages, tables


class PlanRepository:
    """The plans that were activated; the latest activation is the active one, whatever came first."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def activate(self, plan: messages.PlanActivated) -> None:
        values = {"score": plan.document["score"], "activated_at": plan.at}
        row = insert(tables.plans).values(name=f"{plan.plan_id}/{plan.version}", **values)
        newer = tables.plans.c.activated_at < row.excluded.activated_at
        self._connection.execute(row.on_conflict_do_update(index_elements=["name"], set_=values, where=newer))


class GridRepository:
    """The names of grids."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def store(self, grid: messages.GridChanged) -> None:
        _store(self._connection, tables.grids, "code", grid.__dict__)


class DepartmentRepository:
    """The names of departments."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def store(self, department: messages.DepartmentChanged) -> None:
        _store(self._connection, tables.departments, "id", department.__dict__)


def _store(connection: sa.Connection, table: sa.Table, key: str, values: Mapping[str, Any]) -> None:
    """Insert or update unless the stored row is as new or newer."""
    row = insert(table).values(values)
    changed = {name: row.excluded[name] for name in values if name != key}
    newer = table.c.sequence < row.excluded.sequence
    connection.execute(row.on_conflict_do_update(index_elements=[key], set_=changed, where=newer))
