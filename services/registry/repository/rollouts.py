"""Marks of a plan's rollout as rows."""

from services.chassis.ids import is_id
from services.chassis.unit_of_work import UnitOfWork
from services.registry.errors.rollouts import MarkNotFound
from services.registry.model.rollouts import Mark
from services.registry.repository import rows
from services.registry.tables import rollout_mark as table


class SqlRollouts:
    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def get(self, mark_id: str) -> Mark:
        found = rows.load(self._work.connection, table.c.id, [mark_id] if is_id(mark_id) else [])
        if not found:
            raise MarkNotFound(id=mark_id)
        return Mark(**{**found[0]._mapping, "proofs": tuple(found[0].proofs)})

    def add(self, mark: Mark) -> None:
        rows.insert(self._work.connection, table, [_values(mark)])

    def save(self, mark: Mark) -> None:
        rows.update(self._work.connection, table.c.id, [_values(mark)])


def _values(mark: Mark) -> dict[str, object]:
    return {**mark.__dict__, "proofs": list(mark.proofs)}
