"""Imports as who opened them sees them, and the columns of tables (REG-13)."""

from typing import Any

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.registry.model.sheets.columns import Column, Table
from services.registry.repository.imports import is_running, own

Answer = dict[str, Any]
INTERNAL = ("by_id", "merged", "digest", "cancel_requested")


def get_import(connection: sa.Connection, import_id: str, caller: Principal) -> Answer:
    """State, progress, counts, faults, changes. One that nobody carries on is `interrupted`. Raises NotFound."""
    row = own(connection, import_id, caller)
    values = {name: value for name, value in row._mapping.items() if name not in INTERNAL}
    if row.state == "running" and not is_running(connection, import_id):
        values["state"] = "interrupted"
    return values


def describe(table: Table) -> Answer:
    """A table's columns for templates and exports."""
    columns = [_column(each) for each in table.columns]
    return {"kind": table.kind, "name": table.zh, "note": table.note, "key": table.key, "columns": columns}


def _column(column: Column) -> Answer:
    names = ("field", "form", "required", "note", "width", "personal")
    choices = list((column.labels or {}).values())
    return {**{name: getattr(column, name) for name in names}, "header": column.zh, "choices": choices}
