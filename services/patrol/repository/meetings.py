"""Meetings and their decisions, mapped by hand; what people wrote is sealed at rest."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from services.chassis.ids import is_id
from services.chassis.personal import Seal
from services.patrol import tables, visibility
from services.patrol.errors import DecisionNotFound, MeetingNotFound
from services.patrol.model.decision import Decision
from services.patrol.model.meeting import TOPIC, AgendaItem, Meeting

if TYPE_CHECKING:
    from services.patrol.repository.work import PatrolWork

Row = Mapping[Any, Any]
_MEETING = (
    "id", "meeting", "name", "plan", "grid", "round", "day", "state", "starts", "place", "moved_from", "reason",
    "touched", "opened_by", "opened_at", "closed_by", "held_at",
)  # fmt: skip
_MEETING_CHANGES = tuple(name for name in _MEETING if name not in ("id", "meeting", "name", "plan", "grid", "round"))
_DECISION = (
    "id", "meeting_id", "item_id", "kind", "grid", "case_id", "person_id", "department", "due_on", "state", "reason",
    "decided_by", "decided_at", "ended_by", "ended_at",
)  # fmt: skip
_DECISION_CHANGES = ("state", "reason", "ended_by", "ended_at")


class MeetingRepository:
    """The meetings of one unit of work."""

    def __init__(self, work: "PatrolWork") -> None:
        self._work = work
        self._loaded: dict[str, Meeting] = {}

    def get(self, meeting_id: str) -> Meeting:
        seen = visibility.of_meetings(self._work.caller)
        found = self.where(sa.and_(tables.meetings.c.id == meeting_id, seen)) if is_id(meeting_id) else []
        if not found:
            raise MeetingNotFound(id=meeting_id)
        return found[0]

    def where(self, condition: sa.ColumnElement[bool]) -> list[Meeting]:
        """The meetings that fulfil `condition`, locked in the order of their ids."""
        query = sa.select(tables.meetings).where(condition).order_by(tables.meetings.c.id).with_for_update()
        rows = self._work.connection.execute(query).mappings().all()
        return [self._keep(meeting_of(row, self._work.seal)) for row in rows]

    def _keep(self, meeting: Meeting) -> Meeting:
        kept = self._loaded.setdefault(meeting.id, meeting)
        self._work.track(kept)
        return kept

    def held(self, meeting_id: str) -> tuple[str, str, str]:
        table = tables.meetings.c
        query = sa.select(table.plan, table.meeting, table.grid).where(table.id == meeting_id)
        row = self._work.connection.execute(query).one()
        return row.plan, row.meeting, row.grid

    def flush(self) -> None:
        """Write what changed."""
        for meeting in self._loaded.values():
            if meeting.changed:
                values = {**_changes(meeting, self._work.seal), "sequence": meeting.sequence}
                self._work.writes.update(tables.meetings, {"id": meeting.id}, values)
                meeting.changed = False


class DecisionRepository:
    """The decisions of one unit of work."""

    def __init__(self, work: "PatrolWork") -> None:
        self._work = work
        self._loaded: dict[str, Decision] = {}
        self._new: list[Decision] = []

    def get(self, decision_id: str) -> Decision:
        table = tables.decisions.c
        held = tables.decisions.join(tables.meetings, tables.meetings.c.id == table.meeting_id)
        seen = sa.select(table.id).select_from(held).where(visibility.of_decisions(self._work.caller))
        one = sa.and_(table.id == decision_id, table.id.in_(seen.where(table.id == decision_id)))
        found = self._where(one) if is_id(decision_id) else []
        if not found:
            raise DecisionNotFound(id=decision_id)
        return found[0]

    def of_case(self, case_id: str) -> list[Decision]:
        return self._where(tables.decisions.c.case_id == case_id)

    def overdue(self, today: Any) -> list[Decision]:
        table = tables.decisions.c
        return self._where(sa.and_(table.state == "open", table.due_on < today))

    def add(self, decision: Decision) -> None:
        self._new.append(decision)
        self._work.track(decision)

    def _where(self, condition: sa.ColumnElement[bool]) -> list[Decision]:
        query = sa.select(tables.decisions).where(condition).order_by(tables.decisions.c.id).with_for_update()
        rows = self._work.connection.execute(query).mappings().all()
        found = [self._loaded.setdefault(row["id"], decision_of(row, self._work.seal)) for row in rows]
        for decision in found:
            self._work.track(decision)
        return found

    def flush(self) -> None:
        """Write what is new and what changed."""
        seal = self._work.seal
        for decision in self._new:
            values = {name: getattr(decision, name) for name in _DECISION}
            words = seal.close(decision.words, f"decision.words:{decision.id}")
            row = {**values, "words": words, "version": decision.version, "sequence": decision.sequence}
            self._work.writes.insert(tables.decisions, [row])
        self._new.clear()
        for decision in self._loaded.values():
            if decision.changed:
                values = {name: getattr(decision, name) for name in _DECISION_CHANGES}
                values |= {"result": _close(seal, decision.result, f"decision.result:{decision.id}")}
                values |= {"version": decision.version, "sequence": decision.sequence}
                self._work.writes.update(tables.decisions, {"id": decision.id}, values)
                decision.changed = False


def _changes(meeting: Meeting, seal: Seal) -> dict[str, Any]:
    return {
        **{name: getattr(meeting, name) for name in _MEETING_CHANGES},
        "items": item_rows(meeting.id, meeting.items, seal),
        "present": list(meeting.present),
        "guests": _close(seal, meeting.guests, f"meeting.guests:{meeting.id}"),
        "minutes": _close(seal, meeting.minutes, f"meeting.minutes:{meeting.id}"),
        "version": meeting.version,
    }


def item_rows(meeting_id: str, items: Iterable[AgendaItem], seal: Seal) -> list[dict[str, Any]]:
    """Agenda items as the row keeps them: what people wrote is sealed."""
    return [{**asdict(item), "title": _title(meeting_id, item, seal)} for item in items]


def _title(meeting_id: str, item: AgendaItem, seal: Seal) -> str:
    return seal.close(item.title, f"meeting.item:{meeting_id}:{item.id}") if item.kind == TOPIC else item.title


def items_of(row: Row, seal: Seal) -> list[AgendaItem]:
    """The agenda of a meeting's row."""
    return [_item(row["id"], each, seal) for each in row["items"]]


def _item(meeting_id: str, entry: Mapping[str, Any], seal: Seal) -> AgendaItem:
    title = entry["title"]
    if entry["kind"] == TOPIC:
        title = seal.open(title, f"meeting.item:{meeting_id}:{entry['id']}")
    return AgendaItem(**{**entry, "title": title, "why": tuple(entry["why"])})


def meeting_of(row: Row, seal: Seal) -> Meeting:
    """The meeting that a row keeps."""
    values = {name: row[name] for name in _MEETING}
    return Meeting(
        **values,
        items=items_of(row, seal),
        present=tuple(row["present"]),
        guests=_open(seal, row["guests"], f"meeting.guests:{row['id']}"),
        minutes=_open(seal, row["minutes"], f"meeting.minutes:{row['id']}"),
        version=row["version"],
        last_event=row["sequence"],
    )


def decision_of(row: Row, seal: Seal) -> Decision:
    """The decision that a row keeps."""
    values = {name: row[name] for name in _DECISION}
    return Decision(
        **values,
        words=seal.open(row["words"], f"decision.words:{row['id']}"),
        result=_open(seal, row["result"], f"decision.result:{row['id']}"),
        version=row["version"],
        last_event=row["sequence"],
    )


def _close(seal: Seal, text: str, bound_to: str) -> str | None:
    return seal.close(text, bound_to) if text else None


def _open(seal: Seal, sealed: str | None, bound_to: str) -> str:
    return seal.open(sealed, bound_to) if sealed else ""
