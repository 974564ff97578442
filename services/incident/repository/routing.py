"""Precedents: found by matter and area, changed under a lock, saved at the commit (INC-05)."""

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from services.chassis.ids import is_id
from services.incident import tables, visibility
from services.incident.errors import PrecedentNotFound
from services.incident.model.precedent import Precedent

if TYPE_CHECKING:
    from services.incident.repository.work import IncidentWork

_TABLE = tables.precedents.c
_ACTIVE = _TABLE.state == "active"
_NARROWEST = (
    sa.select(tables.precedents)
    .where(
        _ACTIVE,
        _TABLE.matter_code == sa.bindparam("matter"),
        sa.bindparam("code", type_=sa.Text).startswith(_TABLE.area),
    )
    .order_by(sa.func.length(_TABLE.area).desc())
    .limit(1)
)


class PrecedentRepository:
    """The precedents of one unit of work."""

    def __init__(self, work: "IncidentWork") -> None:
        self._work = work
        self._loaded: list[Precedent] = []
        self._added: list[Precedent] = []

    def of(self, matter_code: str, code: str) -> Precedent | None:
        """The narrowest one that holds for the matter at the division or grid `code`."""
        row = self._work.connection.execute(_NARROWEST, {"matter": matter_code, "code": code}).one_or_none()
        return _precedent(row) if row else None

    def holding(self, matter_code: str, area: str) -> Precedent | None:
        """The one that holds for just this matter and area, locked; who rules on the same at once waits here."""
        connection, table = self._work.connection, tables.precedents.c
        connection.execute(
            sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"precedent:{matter_code}:{area}")))
        )
        query = sa.select(tables.precedents).where(_ACTIVE, table.matter_code == matter_code, table.area == area)
        return self._keep(connection.execute(query.with_for_update()).one_or_none())

    def get(self, precedent_id: str) -> Precedent:
        """The precedent, locked. Raises PrecedentNotFound where the caller may not see it, too."""
        query = sa.select(tables.precedents).where(
            tables.precedents.c.id == precedent_id, visibility.of_precedents(self._work.caller)
        )
        row = self._work.connection.execute(query.with_for_update()).one_or_none() if is_id(precedent_id) else None
        found = self._keep(row)
        if found is None:
            raise PrecedentNotFound(id=precedent_id)
        return found

    def add(self, precedent: Precedent) -> None:
        self._added.append(precedent)
        self._work.track(precedent)

    def flush(self) -> None:
        """Write what ended first: two cannot hold for the same at once."""
        for each in self._loaded:
            ended = ("state", "ended_at", "ended_by", "ended_by_name", "end_reason", "sequence")
            values = {name: getattr(each, name) for name in ended}
            row = tables.precedents.c.id == each.id
            self._work.connection.execute(sa.update(tables.precedents).where(row).values(values))
        for each in self._added:
            self._work.writes.insert(tables.precedents, [_values(each)])
        self._loaded.clear()
        self._added.clear()

    def _keep(self, row: Any) -> Precedent | None:
        if row is None:
            return None
        found = _precedent(row)
        self._loaded.append(found)
        self._work.track(found)
        return found


def _precedent(row: Any) -> Precedent:
    values = dict(row._mapping)
    return Precedent(**{**values, "co_departments": tuple(values["co_departments"])})


def _values(precedent: Precedent) -> dict[str, Any]:
    values = {name: getattr(precedent, name) for name in tables.precedents.c.keys()}  # noqa: SIM118
    return {**values, "co_departments": list(precedent.co_departments)}
