"""A case and its rows, mapped by hand: this is the hot path."""

from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import RowMapping

from services.chassis.personal import Seal
from services.incident import tables
from services.incident.model.case import Case, Change, Evaluation, Extension, Inquiry, Matter, Place, Reporter
from services.incident.model.limits import Limit
from services.incident.model.missed import Missed
from services.incident.repository.paths import path_values, paths

Values = dict[str, Any]
Part = TypeVar("Part")
Row = RowMapping | Values

SAME = (
    "id", "number", "state", "way", "channel", "description", "department", "reporter_id", "result", "settled",
    "first_report", "excused", "reworks", "original_text", "external_reference", "plan", "occurred_at", "reported_at",
    "closed_at", "merged_into", "merged_from", "changes", "sequence", "ruled",
)  # fmt: skip


LIMIT_CHANGES = (
    "done_at", "light", "due_at", "told", "counted_from", "remaining", "granted", "paused_at", "resumes_at",
)  # fmt: skip
WAIT_CHANGES = (
    "outcome", "ended_at", "answer", "answered_by_name", "decided_at", "decided_by_name", "due_after",
)  # fmt: skip
"""What changes in rows that are there already."""


def case_values(case: Case, seal: Seal) -> Values:
    """The row of `case`; the caller's name and telephone are sealed (PRV-02)."""
    running = case.running
    return {
        **{name: getattr(case, name) for name in SAME},
        "matter_code": case.matter.code,
        "matter_name": case.matter.name,
        "matter_group": case.matter.group,
        "bottom_line": case.matter.bottom_line,
        "main_id": case.main.id if case.main else None,
        "missed": asdict(case.missed) if case.missed else None,
        "area": case.area,
        "grid": case.place.grid,
        "lon": case.place.lon,
        "lat": case.place.lat,
        "address": case.place.address,
        "co_departments": list(case.co_departments),
        **path_values(case),
        "handlers": sorted(case.handlers),
        "reporter_name": close(seal, case.reporter.name, "name", case.id),
        "reporter_phone": close(seal, case.reporter.phone, "phone", case.id),
        "attachments": list(case.attachments),
        "replies": [list(pair) for pair in case.replies],
        "evaluation": asdict(case.evaluation) if case.evaluation else None,
        "due_at": running.due_at if running and running.paused_at is None else None,
        "light": running.light if running else "green",
    }


def close(seal: Seal, text: str, field: str, case_id: str) -> str | None:
    return seal.close(text, f"case.{field}:{case_id}") if text else None


def reveal(seal: Seal, sealed: str | None, field: str, case_id: str) -> str:
    """Open a sealed field of a case; empty where there is none."""
    return seal.open(sealed, f"case.{field}:{case_id}") if sealed else ""


def make_case(row: Row, limits: Iterable[Row], seal: Seal, county: str) -> Case:
    """The aggregate of a row and its limits."""
    return Case(
        **{name: row[name] for name in SAME},
        matter=Matter(row["matter_code"], row["matter_name"], row["matter_group"], row["bottom_line"]),
        place=Place(row["grid"], row["lon"], row["lat"], row["address"]),
        county=county,
        reporter=Reporter(
            reveal(seal, row["reporter_name"], "name", row["id"]),
            reveal(seal, row["reporter_phone"], "phone", row["id"]),
        ),
        co_departments=tuple(row["co_departments"]),
        **paths(row),
        handlers=frozenset(row["handlers"]),
        attachments=tuple(row["attachments"]),
        replies=tuple((question, value) for question, value in row["replies"]),
        evaluation=Evaluation(**row["evaluation"]) if row["evaluation"] else None,
        missed=Missed(**row["missed"]) if row["missed"] else None,
        limits=[make_limit(each) for each in limits],
    )


def make_limit(row: Row) -> Limit:
    names = (field.name for field in fields(Limit) if field.name != "told")
    return Limit(**{name: row[name] for name in names}, told=tuple(row["told"]))


def add_waits(connection: sa.Connection, case: Case, inquiries: bool, extensions: bool) -> None:
    """Add to `case` what was asked of its reporter and about its limits, where there is any."""
    case.inquiries = _parts(connection, tables.inquiries, Inquiry, case.id) if inquiries else []
    case.extensions = _parts(connection, tables.extensions, Extension, case.id) if extensions else []


def _parts(connection: sa.Connection, table: sa.Table, part: type[Part], case_id: str) -> list[Part]:
    query = sa.select(table).where(table.c.case_id == case_id).order_by(table.c.number)
    rows = connection.execute(query).mappings()
    return [part(**{name: value for name, value in row.items() if name != "case_id"}) for row in rows]


def limit_values(case: Case, limit: Limit) -> Values:
    return {"case_id": case.id, **vars(limit), "told": list(limit.told)}


def change_values(case: Case, change: Change) -> Values:
    return {"case_id": case.id, **vars(change), "attachments": list(change.attachments), "about": list(change.about)}
