"""The calls of a case with their clocks: read with the case, saved with it (INC-09)."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import RowMapping

from services.chassis.writes import Writes
from services.incident import tables
from services.incident.model.calls import Call, Stamp
from services.incident.model.case import Case
from services.incident.model.limits import Limit

PLAIN = ("number", "department", "name", "leading", "joined")
STAMPS = ("called", "objected", "insisted", "arrived", "signed_off", "withdrawn")
CLOCK = ("step", "round", "started_at", "due_at", "amount", "unit", "done_at", "light")

Values = dict[str, Any]


def read(connection: sa.Connection, case_id: str) -> list[Call]:
    """The calls of a case in the order in which they were made."""
    table, clocks = tables.calls, tables.call_limits
    rows = connection.execute(sa.select(table).where(table.c.case_id == case_id).order_by(table.c.number)).mappings()
    calls = {row["number"]: _call(row) for row in rows}
    if calls:
        order = (clocks.c.number, clocks.c.started_at, clocks.c.round)
        for row in connection.execute(sa.select(clocks).where(clocks.c.case_id == case_id).order_by(*order)).mappings():
            calls[row["number"]].limits.append(_limit(row))
    return list(calls.values())


def save(writes: Writes, case: Case) -> None:
    """Write the calls of `case` and their clocks."""
    if not case.calls:
        return
    _upsert(writes, tables.calls, [_values(case, call) for call in case.calls], ("case_id", "number"))
    clocks = [_clock(case, call, limit) for call in case.calls for limit in call.limits]
    _upsert(writes, tables.call_limits, clocks, ("case_id", "number", "step", "round"))


def _upsert(writes: Writes, table: sa.Table, rows: list[Values], key: tuple[str, ...]) -> None:
    writes.upsert(table, rows, key, (column.name for column in table.columns if column.name not in key))


def _call(row: RowMapping) -> Call:
    stamps: Values = {name: _stamp(row[name]) for name in STAMPS if row[name] is not None}
    return Call(**{name: row[name] for name in PLAIN}, **stamps)


def _stamp(value: Values) -> Stamp:
    at = datetime.fromisoformat(value["at"])
    return Stamp(at, value["by_id"], value["by_name"], value["words"], tuple(value["attachments"]))


def _limit(row: RowMapping) -> Limit:
    return Limit(**{name: row[name] for name in CLOCK}, told=tuple(row["told"]))


def _values(case: Case, call: Call) -> Values:
    plain = {name: getattr(call, name) for name in PLAIN}
    stamps = {name: _stamp_values(getattr(call, name)) for name in STAMPS}
    return {"case_id": case.id, **plain, **stamps}


def _stamp_values(stamp: Stamp | None) -> Values | None:
    return None if stamp is None else {**asdict(stamp), "at": stamp.at.isoformat()}


def _clock(case: Case, call: Call, limit: Limit) -> Values:
    plain = {name: getattr(limit, name) for name in CLOCK}
    return {"case_id": case.id, "number": call.number, **plain, "told": list(limit.told)}
