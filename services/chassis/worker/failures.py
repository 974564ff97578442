"""How a handler says what its failure means, and what the chassis makes of every other exception.

Exception
├── Transient          something needed is away: call again in place, never dead-letter
└── PermanentFailure   this message can never be handled: dead-letter at once, with the reason
"""

from services.chassis import faults
from services.chassis.errors import Unavailable
from services.chassis.faults import MAX_REASON

__all__ = ["MAX_REASON", "PermanentFailure", "Transient", "is_transient", "reason_of"]


class Transient(Exception):  # named for what it says
    """What the handler needs is away at the moment; the message is not at fault."""


class PermanentFailure(Exception):
    """This message can never be handled. `reason` goes into the header `wangge-reason`: no personal data."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_transient(error: BaseException) -> bool:
    """Say whether the database, or what the handler named, is away; not that the message is bad.

    What is not goes through the retry queues and blocks nobody.
    """
    return isinstance(error, Transient | Unavailable) or faults.is_away(error)


def reason_of(error: BaseException) -> str:
    """The line that travels in `wangge-reason`: what was raised, at most MAX_REASON characters, no values of rows."""
    return faults.one_line(error.reason) if isinstance(error, PermanentFailure) else faults.reason_of(error)
