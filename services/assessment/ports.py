"""What the handlers and the recomputation need, as protocols."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from services.assessment import messages
from services.assessment.model.facts import Fact
from services.chassis.envelope import Envelope


class Facts(Protocol):
    def add(self, facts: Collection[Fact]) -> None:
        """Keep the facts of one event and bring the counters up to date; those that are there change nothing."""
        ...


class Plans(Protocol):
    def activate(self, plan: messages.PlanActivated) -> None:
        """Keep what scoring needs of the plan; the latest activation is the one that counts."""
        ...


class Grids(Protocol):
    def store(self, grid: messages.GridChanged) -> None: ...


class Departments(Protocol):
    def store(self, department: messages.DepartmentChanged) -> None: ...


class Work(Protocol):
    """The unit of work of one message."""

    now: datetime
    zone: ZoneInfo

    @property
    def facts(self) -> Facts: ...

    @property
    def plans(self) -> Plans: ...

    @property
    def grids(self) -> Grids: ...

    @property
    def departments(self) -> Departments: ...


class EventLog(Protocol):
    """The log of all events, from the first on."""

    def events(self, token: str) -> Iterator[Envelope]:
        """Every event about cases, read on behalf of the bearer of `token`. Raises LogUnavailable."""
        ...
