"""Requests about the working calendar (INC-07)."""

from gateway.api.declare import Paged
from gateway.api.fields import Day, Flag, Many, Request, Text, Within


class CalendarDay(Request):
    day = Day(required=True)
    worked = Flag(required=True, metadata={"description": "是否上班 / whether it is worked"})
    name = Text(0, 40)


class Calendar(Request):
    days = Many(
        Within(CalendarDay), 0, 366, required=True,
        metadata={"description": "本县自定的全部日期 / all own days of the year"},
    )  # fmt: skip


class ChangesQuery(Paged):
    """A page of the changes, or of the cases that one moved."""
