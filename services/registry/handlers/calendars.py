"""The working calendar (INC-07)."""

from services.registry.handlers import rights
from services.registry.handlers.answers import Answer, receipt
from services.registry.messages import SetCalendar
from services.registry.model.calendars import calendar_faults
from services.registry.model.values import check_version, refuse_values
from services.registry.ports import Work


def set_calendar(message: SetCalendar, work: Work) -> Answer:
    """Replace the county's own days of a year; whoever counts limits is told."""
    rights.plan(work, "修改工作日历")
    refuse_values(calendar_faults(message.year, message.days))
    found = work.calendars.get(message.year)
    check_version(message.expected_version, found.version)
    if found.take(message.days, work.now):
        work.calendars.put(found)
    return receipt(str(found.year), found.version)
