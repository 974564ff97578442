"""What is due: each kind of deadline has one function."""

from collections.abc import Callable, Mapping

from services.chassis.messages import DeadlinePassed
from services.registry.handlers import care, changing
from services.registry.handlers.answers import Answer
from services.registry.ports import Work

KINDS: Mapping[str, Callable[[DeadlinePassed, Work], Answer]] = {
    changing.TAKE_EFFECT: changing.take_effect,
    care.ERASE: care.erase_care,
}


def deadline_passed(message: DeadlinePassed, work: Work) -> Answer:
    """The function of the deadline's kind."""
    return KINDS[message.kind](message, work)
