"""Commands about the plan's rollout (REG-15)."""

from dataclasses import dataclass

from services.chassis.messages import Command


@dataclass(frozen=True, kw_only=True)
class MarkDone(Command):
    """`count` of what is expected of a phase's `deliverable` was done on `day`."""

    phase: str
    deliverable: str
    count: int
    day: str
    words: str
    proofs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class WithdrawMark(Command):
    mark_id: str
    reason: str
