"""The event log, and the departments' own queues (XCH)."""

from typing import Any

from gateway.api.call import Call
from gateway.api.clients import methods
from gateway.api.declare import Paged, Routes, Shape
from gateway.api.schemas import liaison as schemas
from wangge.liaison.v1 import liaison_pb2

LIAISON = methods(liaison_pb2, "Liaison")
CONNECTORS = ("system-administrator", "department-head", "platform")
LOG = Shape(
    {
        "items": [liaison_pb2.LoggedEvent.DESCRIPTOR],
        "next_cursor": {"type": ["string", "null"]},
        "last_position": {"type": "integer"},
    }
)

events = Routes("events", zh="事件日志", en="Event log")


@events.add("GET", "/events", query=schemas.EventsQuery, reply=LOG, zh="事件日志", en="The event log, oldest first")
async def list_events(call: Call) -> Any:
    """One page of what the caller may see; `last_position` is where to go on later when `next_cursor` is null.

    A page may have fewer entries than `limit`, or none, while `next_cursor` is not null.
    """
    values = dict(call.query)
    if cursor := values.pop("cursor", None):
        values["after_position"] = int(cursor)
    log = await call.ask(LIAISON["ReadLog"], values)
    cursor = str(log["last_position"]) if log["more"] else None
    return {"items": log["items"], "next_cursor": cursor, "last_position": log["last_position"]}


connections = Routes("connections", zh="部门接入", en="Departments' connections")
connections.ask(
    "POST", "/departments/{department}/connections", LIAISON["ConnectDepartment"], body=schemas.ConnectDepartment,
    status=201, roles=CONNECTORS, zh="开通部门队列",
    en="Give a department its own queue; the secret is shown once (XCH-01)",
)  # fmt: skip
connections.ask(
    "GET", "/connections", LIAISON["ListConnections"], query=Paged, roles=CONNECTORS,
    zh="部门队列", en="Departments' queues",
)  # fmt: skip
connections.ask(
    "DELETE", "/connections/{id}", LIAISON["DisconnectDepartment"], roles=CONNECTORS,
    zh="关闭部门队列", en="Take a connection away",
)  # fmt: skip

PARTS = (events, connections)
