"""Cases: loaded with a lock, saved at the commit with their history, limits, deadlines and messages."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from services.chassis.asked import Asked
from services.chassis.auth import Principal
from services.chassis.ids import is_id, new_id
from services.incident import tables, visibility
from services.incident.errors import CaseNotFound
from services.incident.model import telling
from services.incident.model.calls import Call
from services.incident.model.case import Case
from services.incident.model.limits import Notice
from services.incident.model.missed import OWN_CHANNELS
from services.incident.repository import calls, families, mapping, parts

if TYPE_CHECKING:
    from services.incident.repository.work import IncidentWork

EARLIER_DAYS = timedelta(days=30)
_TABLE = tables.cases.c
_LIMITS = (
    sa.select(tables.limits)
    .where(tables.limits.c.case_id == sa.bindparam("case_id"))
    .order_by(tables.limits.c.started_at, tables.limits.c.round)
)
_NEXT_NUMBER = Asked(sa.select(tables.case_numbers.next_value()))
_EARLIER: sa.Select[Any] = (
    sa.select(sa.literal_column("1"))
    .select_from(tables.cases)
    .where(_TABLE.matter_code == sa.bindparam("matter"), _TABLE.reported_at >= sa.bindparam("since"))
    .limit(1)
)
_EARLIER_HERE = Asked(_EARLIER.where(_TABLE.grid == sa.bindparam("grid")))
_EARLIER_NOWHERE = Asked(_EARLIER.where(_TABLE.grid.is_(None)))


@lru_cache(maxsize=512)
def _row_of(seen_by: Principal | None, locked: bool) -> sa.Select[Any]:
    """The question for one case: making the condition of who sees what costs as much as asking."""
    query = sa.select(tables.cases).where(_TABLE.id == sa.bindparam("case_id"))
    if seen_by is not None:
        query = query.where(visibility.of_cases(seen_by))
    return query.with_for_update() if locked else query


class CaseRepository:
    """The cases of one unit of work."""

    def __init__(self, work: "IncidentWork") -> None:
        self._work = work
        self._loaded: dict[str, Case] = {}
        self._added: dict[str, Case] = {}

    def add(self, case: Case) -> None:
        self._added[case.id] = case
        self._work.track(case)

    def get(self, case_id: str) -> Case:
        return self._load(self._row(case_id, self._work.caller))

    def peek(self, case_id: str) -> Case:
        return self._make(self._row(case_id, self._work.caller, locked=False))

    def main_of(self, case: Case) -> Case:
        if case.main is None:
            return self.get(case.id)
        return self._load(self._row(case.main.id))

    def family(self, case_ids: Sequence[str]) -> Mapping[str, Case]:
        """Locks the merging of cases, then the family in the order of ids, so that two of them never wait in a ring."""
        for each in case_ids:
            self._row(each, self._work.caller, locked=False)
        ids = families.members(self._work.connection, case_ids)
        return {each: self._load(self._row(each)) for each in ids}

    def _row(self, case_id: str, seen_by: Principal | None = None, locked: bool = True) -> sa.Row[Any]:
        """The row, of whoever may see it where nobody is named. Raises CaseNotFound."""
        query, asked = _row_of(seen_by, locked), {"case_id": case_id}
        row = self._work.connection.execute(query, asked).one_or_none() if is_id(case_id) else None
        if row is None:
            raise CaseNotFound(id=case_id)
        return row

    def _load(self, row: sa.Row[Any]) -> Case:
        case = self._make(row)
        self._loaded[case.id] = case
        self._work.track(case)
        return case

    def _make(self, row: sa.Row[Any]) -> Case:
        connection = self._work.connection
        limits = connection.execute(_LIMITS, {"case_id": row.id}).mappings()
        case = mapping.make_case(row._mapping, limits, self._work.seal, self._work.county)
        has = parts.there(connection, case.id)
        mapping.add_waits(connection, case, has.inquiries, has.extensions)
        case.main = families.main_of(connection, row.main_id)
        case.followers = families.followers_of(connection, case.id) if has.followers else ()
        case.calls = calls.read(connection, case.id) if has.calls else []
        case.whistlers = self._work.plan.whistlers()
        return case

    def next_number(self) -> str:
        day = self._work.now.astimezone(ZoneInfo(self._work.timezone)).strftime("%Y%m%d")
        running = _NEXT_NUMBER.of(self._work.connection).scalar()
        return f"{self._work.county}-{day}-{running:06d}"

    def has_earlier(self, matter_code: str, grid: str | None) -> bool:
        asked = {"matter": matter_code, "grid": grid, "since": self._work.now - EARLIER_DAYS}
        query = _EARLIER_NOWHERE if grid is None else _EARLIER_HERE
        return query.of(self._work.connection, **asked).one_or_none() is not None

    def has_own_report(self, matter_code: str, group: str | None, grid: str, since: datetime) -> bool:
        table = tables.cases.c
        same = table.matter_code == matter_code if group is None else table.matter_group == group
        query = sa.select(table.id).where(
            same, table.grid == grid, table.reported_at >= since, table.channel.in_(OWN_CHANNELS)
        )
        return self._execute(query.limit(1)).one_or_none() is not None

    def warn(self, case: Case, notice: Notice) -> None:
        self._tell(case, telling.of_warning(case, notice))

    def warn_call(self, case: Case, call: Call, notice: Notice) -> None:
        self._tell(case, telling.of_call_warning(case, call, notice))

    def flush(self) -> None:
        """Write every case that was added or loaded, with what happened to it, once."""
        for case in self._added.values():
            self._work.writes.insert(tables.cases, [mapping.case_values(case, self._work.seal)])
            self._save_parts(case)
        for case in self._loaded.values():
            self._save(case)
        self._added.clear()
        self._loaded.clear()

    def _save(self, case: Case) -> None:
        self._work.writes.update(tables.cases, {"id": case.id}, mapping.case_values(case, self._work.seal))
        self._save_parts(case)

    def _save_parts(self, case: Case) -> None:
        self._save_changes(case)
        self._save_limits(case)
        self._save_waits(case)
        calls.save(self._work.writes, case)
        self._save_deadlines(case)

    def _save_changes(self, case: Case) -> None:
        if not case.new_changes:
            return
        rows = [mapping.change_values(case, change) for change in case.new_changes]
        self._work.writes.insert(tables.changes, rows)
        ancestors = self._work.grids.ancestors(case.grid)
        for change in case.new_changes:
            told = telling.of_change(case, change, ancestors)
            if telling.is_for_intake(change, told):
                on_duty = self._work.rosters.on_duty(telling.INTAKE, case.area)
                told = telling.to_those_on_duty(case, change, told, on_duty)
            self._tell(case, told)
            self._insert_messages(telling.of_followers(case, change))
        case.new_changes.clear()

    def _save_limits(self, case: Case) -> None:
        rows = [mapping.limit_values(case, limit) for limit in case.limits]
        self._work.writes.upsert(tables.limits, rows, ("case_id", "step", "round"), mapping.LIMIT_CHANGES)

    def _save_waits(self, case: Case) -> None:
        for table, rows in ((tables.inquiries, case.inquiries), (tables.extensions, case.extensions)):
            changed = [name for name in mapping.WAIT_CHANGES if name in table.c]
            values = [{"case_id": case.id, **vars(each)} for each in rows]
            self._work.writes.upsert(table, values, ("case_id", "number"), changed)

    def _save_deadlines(self, case: Case) -> None:
        """Keep exactly the deadlines of the limits that run: the step's and those of the calls."""
        limit = case.running
        rules = self._work.plan.rules(case.matter.code, case.way)
        wanted = rules.deadlines(limit, case.extension is not None) if limit else {}
        if case.climbs_at:
            wanted["handle:climb"] = case.climbs_at
        for call in case.calls:
            wanted |= call.deadlines(rules)
        self._work.deadlines.keep(case.id, wanted, new=case.id in self._added)

    def _tell(self, case: Case, told: Sequence[telling.Telling]) -> None:
        self._insert_messages((case.id, case.area, each) for each in told)

    def _insert_messages(self, told: Iterable[tuple[str, str, telling.Telling]]) -> None:
        """Keep messages, each with the case and the area that it is about."""
        rows = [
            {"id": new_id(), "case_id": case_id, "area": area, "at": self._work.now, **each.__dict__}
            for case_id, area, each in told
        ]
        self._work.writes.insert(tables.messages, rows)

    def _execute(self, statement: sa.Executable) -> sa.CursorResult[tuple[object, ...]]:
        return self._work.connection.execute(statement)
