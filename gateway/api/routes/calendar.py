"""The county's working calendar, and what a change of it does to open limits (INC-07)."""

from gateway.api.clients import methods
from gateway.api.declare import Routes
from gateway.api.routes.incident import INCIDENT
from gateway.api.routes.registry import PLANNERS, REPORT_SECONDS
from gateway.api.schemas import calendar as schemas
from wangge.registry.v1 import registry_pb2

REGISTRY = methods(registry_pb2, "Registry")
WATCHERS = (*PLANNERS, "centre-operator", "auditor")

calendar = Routes("calendar", zh="工作日历", en="Working calendar")
calendar.ask(
    "GET", "/calendar/changes", INCIDENT["ListCalendarChanges"], query=schemas.ChangesQuery, roles=WATCHERS,
    zh="日历变更与受影响的案件数", en="Changes of the calendar, and how many limits each moved",
)  # fmt: skip
calendar.ask(
    "GET", "/calendar/changes/{change_id}/cases", INCIDENT["ListMovedCases"], query=schemas.ChangesQuery,
    roles=WATCHERS, zh="某次变更移动了期限的案件", en="The cases whose limit a change moved",
)  # fmt: skip
calendar.ask("GET", "/calendar/{year}", REGISTRY["GetCalendar"], etag="version", zh="某年工作日历", en="A year")
calendar.ask(
    "PUT", "/calendar/{year}", REGISTRY["SetCalendar"], body=schemas.Calendar, roles=PLANNERS, versioned=True,
    zh="设置某年本县自定的工作日", en="Set the county's own days of a year; open limits are counted anew",
)  # fmt: skip
calendar.ask(
    "POST", "/calendar/{year}/preview", INCIDENT["PreviewCalendar"], body=schemas.Calendar, roles=PLANNERS,
    seconds=REPORT_SECONDS, zh="试算:会移动多少案件的期限", en="How many limits that would move, without doing it",
)  # fmt: skip

PARTS = (calendar,)
