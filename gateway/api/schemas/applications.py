"""Requests about applications that use Open311 (INC-21)."""

from gateway.api.declare import Paged
from gateway.api.fields import Many, Request, Text, Whole

RIGHTS = ("read", "write")
MOST_PER_MINUTE = 100_000


class RegisterApplication(Request):
    name = Text(1, 120, required=True)
    may = Many(Text(choices=RIGHTS), 1, len(RIGHTS), required=True)
    per_minute = Whole(
        1, MOST_PER_MINUTE, required=True, metadata={"description": "每分钟最多请求数 / most requests in a minute"}
    )


class ApplicationsQuery(Paged):
    state = Text(choices=("active", "revoked"))
