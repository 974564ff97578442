"""The copy of the registry's departments; what comes late is ignored by sequence."""

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.liaison.messages import DepartmentChanged
from services.liaison.tables import departments

if TYPE_CHECKING:
    from services.liaison.repository.work import LiaisonWork


class DepartmentRepository:
    """The departments that can be connected."""

    def __init__(self, work: "LiaisonWork") -> None:
        self._work = work

    def exists(self, department: str) -> bool:
        query = sa.select(departments.c.id).where(departments.c.id == department, departments.c.active)
        return self._work.connection.execute(query).one_or_none() is not None

    def store(self, department: DepartmentChanged) -> None:
        row = insert(departments).values(department.__dict__)
        changed = {name: row.excluded[name] for name in ("name", "active", "sequence")}
        newer = departments.c.sequence < row.excluded.sequence
        self._work.connection.execute(row.on_conflict_do_update(index_elements=["id"], set_=changed, where=newer))
