"""Applications as rows."""

from services.chassis.ids import is_id
from services.chassis.unit_of_work import UnitOfWork
from services.registry.errors import ApplicationNotFound
from services.registry.model.applications import Application
from services.registry.repository import rows
from services.registry.tables import application as table


class SqlApplications:
    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def get(self, application_id: str) -> Application:
        """Raises ApplicationNotFound."""
        wanted = [application_id] if is_id(application_id) else []
        found = rows.load(self._work.connection, table.c.id, wanted)
        if not found:
            raise ApplicationNotFound(id=application_id)
        values = dict(found[0]._mapping)
        return Application(**{**values, "may": tuple(values["may"])})

    def add(self, application: Application) -> None:
        rows.insert(self._work.connection, table, [_values(application)])

    def save(self, application: Application) -> None:
        rows.update(self._work.connection, table.c.id, [_values(application)])


def _values(application: Application) -> dict[str, object]:
    return {**application.__dict__, "may": list(application.may)}
