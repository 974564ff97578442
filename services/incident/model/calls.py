"""A call of a department to a case by whistle (吹哨): its own clock, arrival and sign-off (INC-09)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from services.incident.model.limits import Limit, LimitRules

ARRIVE, ACT = "arrive", "act"
"""The two steps of a call; their limits stand in the plan's section `whistle`."""


@dataclass(frozen=True)
class Stamp:
    """Who did something, when, in which words, with which evidence (ids of uploads)."""

    at: datetime
    by_id: str
    by_name: str
    words: str = ""
    attachments: tuple[str, ...] = ()


@dataclass
class Call:
    """One department called to a case. `name` is what it was called then; `number` counts the case's calls from 1.

    `leading` marks the one department that leads. `joined` says that the department takes part only since it was
    called, so that withdrawing the call takes the case from its sight again. `signed_off` is the latest sign-off: a
    department that is called again begins another round.
    """

    number: int
    department: str
    name: str
    called: Stamp
    leading: bool = False
    joined: bool = True
    objected: Stamp | None = None
    insisted: Stamp | None = None
    arrived: Stamp | None = None
    signed_off: Stamp | None = None
    withdrawn: Stamp | None = None
    limits: list[Limit] = field(default_factory=list)

    @property
    def valid(self) -> bool:
        """Whether the call was not withdrawn."""
        return self.withdrawn is None

    @property
    def open(self) -> bool:
        """Whether the department still has to come or to sign off."""
        return self.valid and self.signed_off is None

    @property
    def disputed(self) -> bool:
        """Whether an objection waits for the caller's ruling."""
        return self.open and self.arrived is None and self.objected is not None and self.insisted is None

    @property
    def state(self) -> str:
        """called, objected, arrived, signed-off or withdrawn."""
        if not self.valid:
            return "withdrawn"
        if self.signed_off:
            return "signed-off"
        if self.arrived:
            return "arrived"
        return "objected" if self.disputed else "called"

    @property
    def running(self) -> Limit | None:
        """The limit that runs now: to arrive, then to act."""
        return next((limit for limit in reversed(self.limits) if limit.done_at is None), None)

    @property
    def round(self) -> int:
        """How often the department was put to work, from 1."""
        return max(1, sum(limit.step == ACT for limit in self.limits))

    def begin(self, step: str, at: datetime, rules: LimitRules) -> None:
        """End the clock that runs and start that of `step`."""
        self.end(at)
        round = 1 + sum(limit.step == step for limit in self.limits)
        if limit := rules.start(step, round, at):
            self.limits.append(limit)

    def end(self, at: datetime) -> None:
        """Stop the clock that runs, if one does."""
        if (limit := self.running) is not None:
            limit.done_at = at

    def deadlines(self, rules: LimitRules) -> dict[str, datetime]:
        """What still falls due: kind ("call-2-1:act:yellow": call 2, round 1) to moment."""
        limit = self.running
        if limit is None:
            return {}
        return {f"call-{self.number}-{limit.round}:{kind}": due for kind, due in rules.deadlines(limit).items()}


def named(calls: Iterable[Call]) -> str:
    """The departments of `calls` as a sentence lists them; "无" for none."""
    return "、".join(call.name for call in calls) or "无"
