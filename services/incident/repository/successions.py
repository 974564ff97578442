"""Which grids came in the place of which, and the cases that have to follow (REG-04)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from shapely import MultiPolygon
from sqlalchemy.dialects.postgresql import insert

from services.chassis import geography
from services.incident import messages, tables
from services.incident.errors import SuccessorUnknown
from services.incident.model.case import Place, Succession
from services.incident.model.case.following import ALONE, FOLLOWING

if TYPE_CHECKING:
    from services.incident.repository.work import IncidentWork


@dataclass(frozen=True)
class Heir:
    """A successor as the registry told of it."""

    code: str
    level: int
    boundary: MultiPolygon | None


class SuccessionRepository:
    """Successions by predecessor: a grid ends once, and codes are never given twice."""

    def __init__(self, work: "IncidentWork") -> None:
        self._work = work
        self._known: dict[str, Succession | None] = {}
        self._heirs: dict[str, Sequence[Heir]] = {}

    def store(self, succession: messages.GridSucceeded) -> None:
        values = {
            "change_id": succession.change_id,
            "kind": succession.kind,
            "successors": list(succession.successors),
            "effective": succession.effective,
        }
        self._known.clear()
        rows = [{"predecessor": code, **values} for code in sorted(succession.predecessors)]
        self._work.connection.execute(insert(tables.successions).values(rows).on_conflict_do_nothing())
        # Reports that are being taken in hold their grid's row: this waits for them, so that the first batch sees all.
        ended = sa.update(tables.grids).where(tables.grids.c.code.in_(succession.predecessors)).values(ended=True)
        self._work.connection.execute(ended)

    def line(self, code: str, place: Place) -> tuple[str, Sequence[Succession]]:
        found: list[Succession] = []
        while (succession := self._of(code)) is not None:
            found.append(succession)
            code = self._heir(succession, place)
        return code, found

    def _of(self, code: str) -> Succession | None:
        """Asked once for each grid: a batch has many cases of one."""
        if code not in self._known:
            self._known[code] = self._read(code)
        return self._known[code]

    def _read(self, code: str) -> Succession | None:
        table = tables.successions
        row = self._work.connection.execute(sa.select(table).where(table.c.predecessor == code)).one_or_none()
        if row is None:
            return None
        return Succession(row.predecessor, tuple(row.successors), row.change_id, row.kind, row.effective)

    def _heir(self, succession: Succession, place: Place) -> str:
        """The successor around the point; the first named where none is or no point is known."""
        heirs = self._heirs_of(succession)
        if place.lon is None or place.lat is None or len(heirs) == 1:
            return succession.successors[0]
        point = place.lon, place.lat
        around = (
            (each.level, each.code) for each in heirs if each.boundary and geography.contains(each.boundary, *point)
        )
        return geography.choose(around) or succession.successors[0]

    def _heirs_of(self, succession: Succession) -> Sequence[Heir]:
        """The successors, read once. Raises SuccessorUnknown while one is missing."""
        if succession.predecessor not in self._heirs:
            table = tables.grids.c
            query = sa.select(table.code, table.level, table.boundary).where(table.code.in_(succession.successors))
            known = {row.code: row for row in self._work.connection.execute(query)}
            if missing := [code for code in succession.successors if code not in known]:
                raise SuccessorUnknown(grid=missing[0])
            self._heirs[succession.predecessor] = [
                Heir(row.code, row.level, geography.parse_boundary(row.boundary) if row.boundary else None)
                for row in known.values()
            ]
        return self._heirs[succession.predecessor]

    def waiting(self, code: str, most: int) -> tuple[Sequence[str], bool]:
        table = tables.cases.c
        aside = [kind.removeprefix(ALONE) for kind in self._work.deadlines.kinds(code) if kind.startswith(ALONE)]
        ids = sa.select(table.id).where(sa.or_(table.grid == code, table.held_at == code), table.state.in_(FOLLOWING))
        ids = ids.where(table.id.not_in(aside)) if aside else ids
        connection = self._work.connection
        free = connection.scalars(ids.order_by(table.id).limit(most).with_for_update(skip_locked=True)).all()
        return free, len(connection.scalars(ids.limit(len(free) + 1)).all()) > len(free)
