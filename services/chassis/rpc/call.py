"""What a servicer's method knows of the call it answers."""

from dataclasses import dataclass

from services.chassis.auth import Principal


@dataclass(frozen=True)
class Call:
    """One call: who makes it, its idempotency key, the version that the caller last saw (If-Match)."""

    caller: Principal
    key: str | None = None
    expected_version: int | None = None
    language: str = "zh"
    peer: str = ""
