"""What a servicer's method knows of the call it answers."""

from dataclasses import dataclass, field

from services.chassis.auth import Principal


@dataclass(frozen=True)
class Call:
    """One call: who makes it, its idempotency key, the version that the caller last saw (If-Match).

    `token` is the bearer token it came with, for asking another service on the caller's behalf; never shown.
    """

    caller: Principal
    key: str | None = None
    expected_version: int | None = None
    language: str = "zh"
    token: str = field(default="", repr=False)
    peer: str = ""
