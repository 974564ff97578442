"""The phases of the plan in force with lights, and the marks behind them (REG-15). Public to everyone signed in."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.registry.errors import NoPlanInForce
from services.registry.model.rollouts import LIGHTS, WORST_LAST, deadline_of, state_of
from services.registry.queries.paging import fetch
from services.registry.tables import department
from services.registry.tables import rollout_mark as table
from services.registry.visibility import plan_in_force

Answer = dict[str, Any]
Done = Mapping[tuple[str, str], tuple[int, date]]
STANDS = table.c.withdrawn_at.is_(None)


def rollout(connection: sa.Connection, today: date) -> Answer:
    """Each phase in the plan's order, the light of each deliverable, the worst as the phase's. Raises NoPlanInForce."""
    found = plan_in_force(connection, today, "phases")
    if found is None:
        raise NoPlanInForce
    done = _done(connection, found.plan_id)
    names: dict[str, str] = {row.id: row.name for row in connection.execute(sa.select(department))}
    phases = [_phase(each, done, names, today) for each in found.document.get("phases", ())]
    return {"plan_id": found.plan_id, "plan_version": found.number, "phases": phases}


def _done(connection: sa.Connection, plan_id: str) -> Done:
    total, last = sa.func.sum(table.c.count).label("total"), sa.func.max(table.c.day).label("last")
    statement = (
        sa.select(table.c.phase, table.c.deliverable, total, last)
        .where(table.c.plan_id == plan_id, STANDS)
        .group_by(table.c.phase, table.c.deliverable)
    )
    return {(row.phase, row.deliverable): (row.total, row.last) for row in connection.execute(statement)}


def _phase(phase: Mapping[str, Any], done: Done, names: Mapping[str, str], today: date) -> Answer:
    lines = [_deliverable(each, phase, done, names, today) for each in phase.get("deliverables", ())]
    return {
        **{name: phase[name] for name in ("id", "name", "kind")},
        "starts": phase.get("from"),
        "ends": phase.get("to"),
        "light": _worst([line["light"] for line in lines]),
        "deliverables": lines,
        "words": phase.get("words", ""),
    }


def _deliverable(
    entry: Mapping[str, Any], phase: Mapping[str, Any], done: Done, names: Mapping[str, str], today: date
) -> Answer:
    count, last = done.get((phase["id"], entry["name"]), (0, None))
    state = state_of(entry, phase, count, today)
    owner = entry.get("owner")
    return {
        "name": entry["name"],
        "owner": owner,
        "owner_name": names.get(owner or "", ""),
        "deadline": deadline_of(entry, phase),
        "expected": entry.get("expected", 1),
        "done": count,
        "light": LIGHTS[state],
        "state": state,
        "done_on": last if state == "done" else None,
    }


def _worst(lights: Sequence[str]) -> str:
    return max(lights, key=WORST_LAST.index, default=WORST_LAST[0])


def list_marks(connection: sa.Connection, request: Any) -> Answer:
    """What was marked, the latest first."""
    statement = sa.select(table)
    if request.phase:
        statement = statement.where(table.c.phase == request.phase)
    page = fetch(connection, statement, [table.c.id], request.limit, request.cursor, descending=True)
    hidden = ("plan_id", "withdrawn_at")
    items = [{name: value for name, value in row._mapping.items() if name not in hidden} for row in page.rows]
    return {"items": items, "next_cursor": page.next_cursor}
