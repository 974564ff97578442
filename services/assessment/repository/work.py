"""The assessment service's unit of work."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from services.assessment.repository.copies import DepartmentRepository, GridRepository, PlanRepository
from services.assessment.repository.facts import FactRepository
from services.chassis.auth import Principal
from services.chassis.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Ground:
    """What every unit of work of the service stands on."""

    engine: sa.Engine
    source: str
    zone: ZoneInfo


class AssessmentWork(UnitOfWork):
    """One transaction of the assessment service, with its repositories."""

    def __init__(self, ground: Ground, caller: Principal, now: datetime, traceparent: str | None) -> None:
        super().__init__(ground.engine, {}, ground.source, caller, now, traceparent)
        self.zone = ground.zone

    def __enter__(self) -> Self:
        super().__enter__()
        self.facts = FactRepository(self.connection, self.now)
        self.plans = PlanRepository(self.connection)
        self.grids = GridRepository(self.connection)
        self.departments = DepartmentRepository(self.connection)
        return self


def works(ground: Ground) -> Callable[[Principal, datetime, str | None], AssessmentWork]:
    """The factory that the bus calls for each message."""
    return lambda caller, now, traceparent: AssessmentWork(ground, caller, now, traceparent)
