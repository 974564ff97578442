"""The liaison service's unit of work."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.chassis.unit_of_work import Schemas, UnitOfWork
from services.liaison.repository.connections import ConnectionRepository
from services.liaison.repository.departments import DepartmentRepository
from services.liaison.repository.log import LogRepository


@dataclass(frozen=True)
class Ground:
    """What every unit of work of the service stands on."""

    engine: sa.Engine
    schemas: Schemas
    source: str
    county: str


class LiaisonWork(UnitOfWork):
    """One transaction of the liaison service, with its repositories."""

    def __init__(self, ground: Ground, caller: Principal, now: datetime, traceparent: str | None) -> None:
        super().__init__(ground.engine, ground.schemas, ground.source, caller, now, traceparent)
        self.county = ground.county

    def __enter__(self) -> Self:
        super().__enter__()
        self.log = LogRepository(self)
        self.departments = DepartmentRepository(self)
        self.connections = ConnectionRepository(self)
        return self


def works(ground: Ground) -> Callable[[Principal, datetime, str | None], LiaisonWork]:
    """The factory that the bus calls for each message."""
    return lambda caller, now, traceparent: LiaisonWork(ground, caller, now, traceparent)
