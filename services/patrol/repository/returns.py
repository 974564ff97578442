"""Returns, mapped by hand; what is in them is sealed at rest, since rosters name people (PAT-12)."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from services.chassis.ids import is_id
from services.chassis.personal import Seal
from services.patrol import tables, visibility
from services.patrol.errors import ReturnNotFound
from services.patrol.model.report import Return
from services.patrol.model.return_plan import ReturnRule
from services.patrol.repository.known import Period, known

if TYPE_CHECKING:
    from services.patrol.repository.work import PatrolWork

_RETURN = (
    "id", "form", "name", "plan", "grid", "person_id", "department", "since", "day", "until", "number", "state", "late",
    "nil", "reason", "submitted_by", "submitted_at", "decided_by", "decided_at",
)  # fmt: skip
_CHANGES = ("state", "late", "nil", "reason", "submitted_by", "submitted_at", "decided_by", "decided_at")


class ReturnRepository:
    """The returns of one unit of work."""

    def __init__(self, work: "PatrolWork") -> None:
        self._work = work
        self._loaded: dict[str, Return] = {}

    def get(self, return_id: str) -> Return:
        table = tables.returns
        seen = sa.and_(table.c.id == return_id, visibility.of_returns(self._work.caller))
        query = sa.select(table).where(seen).with_for_update()
        row = self._work.connection.execute(query).mappings().one_or_none() if is_id(return_id) else None
        if row is None:
            raise ReturnNotFound(id=return_id)
        found = self._loaded.setdefault(return_id, return_of(row, self._work.seal))
        self._work.track(found)
        return found

    def known(self, found: Return, rule: ReturnRule) -> Mapping[str, str]:
        period = Period(found.grid, found.since, found.day, self._work.zone.key)
        return known(self._work.connection, rule, period)

    def flush(self) -> None:
        """Write what changed."""
        for each in self._loaded.values():
            if each.changed:
                values = {name: getattr(each, name) for name in _CHANGES}
                values |= {"content": _content(each, self._work.seal), "version": each.version}
                self._work.writes.update(tables.returns, {"id": each.id}, {**values, "sequence": each.sequence})
                each.changed = False


def _content(each: Return, seal: Seal) -> str | None:
    if not (each.values or each.words):
        return None
    text = json.dumps({"values": each.values, "words": each.words}, ensure_ascii=False)
    return seal.close(text, f"return.content:{each.id}")


def return_of(row: Mapping[Any, Any], seal: Seal) -> Return:
    """The return that a row keeps."""
    values = {name: row[name] for name in _RETURN}
    content = {"values": {}, "words": ""}
    if row["content"]:
        content = json.loads(seal.open(row["content"], f"return.content:{row['id']}"))
    return Return(**{**values, **content}, version=row["version"], last_event=row["sequence"])
