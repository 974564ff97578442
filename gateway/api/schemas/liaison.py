"""Requests about the event log and the departments' connections (XCH)."""

from gateway.api.fields import Many, Name, Pattern, Prefix, Request, Text, When, Whole


def EventType() -> Pattern:
    return Pattern(r"[a-z0-9.-]{1,100}\*?", "应为事件类型,可以 * 结尾", "must be an event type, a closing * allowed")


class EventsQuery(Request):
    limit = Whole(1, 1000, load_default=100)
    cursor = Pattern("[0-9]{1,18}", "应为上一页的 next_cursor", "must be the next_cursor of the page before")
    after_event_id = Name()
    types = Many(EventType(), 0, 50)
    subject = Text(1, 100)
    since = When()
    until = When()


class ConnectDepartment(Request):
    types = Many(EventType(), 0, 50, metadata={"description": "缺省 incident.* / default incident.*"})
    area = Prefix(metadata={"description": "缺省全县 / default: the whole county"})
