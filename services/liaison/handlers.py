"""One function for each message: load, ask the model, save. The bus opens and commits the transaction."""

from collections.abc import Callable
from typing import Any

from services.chassis.errors import Forbidden
from services.chassis.ids import new_id
from services.liaison import messages
from services.liaison.errors import DepartmentUnknown, TooManyConnections
from services.liaison.model import MOST_OPEN, Connection, may_connect
from services.liaison.ports import Work

Answer = dict[str, Any]

# --- facts ------------------------------------------------------------------------------------------------------------


def event_arrived(message: messages.EventArrived, work: Work) -> None:
    work.log.append(message)


def department_changed(message: messages.DepartmentChanged, work: Work) -> None:
    work.departments.store(message)


# --- connections ------------------------------------------------------------------------------------------------------


def connect_department(command: messages.ConnectDepartment, work: Work) -> Answer:
    """Note what is going to be made; the broker is not asked here."""
    if not may_connect(work.caller, command.department):
        raise Forbidden(action="开通部门接入")
    if not work.departments.exists(command.department):
        raise DepartmentUnknown(value=command.department)
    if work.connections.count_open(command.department) >= MOST_OPEN:
        raise TooManyConnections(department=command.department, limit=MOST_OPEN)
    connection = Connection.make(new_id(), command.department, command.types, command.area, work.county, work.now)
    work.connections.add(connection)
    return _answer(connection)


def confirm_connection(command: messages.ConfirmConnection, work: Work) -> Answer:
    return _change(command.id, work, Connection.confirm)


def disconnect_department(command: messages.DisconnectDepartment, work: Work) -> Answer:
    connection = work.connections.get(command.id)
    if not may_connect(work.caller, connection.department):
        raise Forbidden(action="关闭部门接入")
    return _change(command.id, work, Connection.end)


def abandon_connection(command: messages.AbandonConnection, work: Work) -> Answer:
    return _change(command.id, work, Connection.abandon)


def note_removal(command: messages.NoteRemoval, work: Work) -> Answer:
    return _change(command.id, work, Connection.removed)


def _change(connection_id: str, work: Work, change: Callable[[Connection], None]) -> Answer:
    connection = work.connections.get(connection_id)
    change(connection)
    work.connections.save(connection)
    return _answer(connection)


def _answer(connection: Connection) -> Answer:
    return {"id": connection.id, "department": connection.department, "state": connection.state}


HANDLERS: dict[type, Callable[[Any, Any], Answer | None]] = {
    messages.EventArrived: event_arrived,
    messages.DepartmentChanged: department_changed,
    messages.ConnectDepartment: connect_department,
    messages.ConfirmConnection: confirm_connection,
    messages.DisconnectDepartment: disconnect_department,
    messages.AbandonConnection: abandon_connection,
    messages.NoteRemoval: note_removal,
}
