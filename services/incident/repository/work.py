"""The incident service's unit of work."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.auth import Principal
from services.chassis.ids import is_id
from services.chassis.personal import Seal
from services.chassis.unit_of_work import Schemas, UnitOfWork
from services.incident import tables, visibility
from services.incident.errors import MessageNotFound
from services.incident.repository.calendar import CalendarRepository
from services.incident.repository.cases import CaseRepository
from services.incident.repository.copies import (
    DepartmentRepository,
    DutyRepository,
    GridRepository,
    RosterRepository,
    Shapes,
)
from services.incident.repository.open311 import SubmissionRepository
from services.incident.repository.plan import PlanRepository
from services.incident.repository.routing import PrecedentRepository
from services.incident.repository.successions import SuccessionRepository
from services.incident.repository.walks import WalkRepository


@dataclass(frozen=True)
class Ground:
    """What every unit of work of the service stands on."""

    engine: sa.Engine
    schemas: Schemas
    source: str
    county: str
    timezone: str
    seal: Seal
    shapes: Shapes = field(default_factory=Shapes)


class IncidentWork(UnitOfWork):
    """One transaction of the incident service, with its repositories."""

    def __init__(self, ground: Ground, caller: Principal, now: datetime, traceparent: str | None) -> None:
        super().__init__(ground.engine, ground.schemas, ground.source, caller, now, traceparent)
        self.county = ground.county
        self.timezone = ground.timezone
        self.seal = ground.seal
        self.shapes = ground.shapes

    def __enter__(self) -> Self:
        super().__enter__()
        self._begin()
        return self

    def _begin(self) -> None:
        """Repositories that hold nothing yet."""
        self.cases = CaseRepository(self)
        self.plan = PlanRepository(self)
        self.grids = GridRepository(self)
        self.successions = SuccessionRepository(self)
        self.departments = DepartmentRepository(self)
        self.rosters = RosterRepository(self)
        self.duties = DutyRepository(self)
        self.precedents = PrecedentRepository(self)
        self.calendar = CalendarRepository(self)
        self.walks = WalkRepository(self.connection)
        self.inbox = InboxRepository(self)
        self.submissions = SubmissionRepository(self)

    def forget(self) -> None:
        super().forget()
        self._begin()

    def flush(self) -> None:
        self.cases.flush()
        self.precedents.flush()
        self.submissions.flush()


class InboxRepository:
    """The messages of the caller."""

    def __init__(self, work: IncidentWork) -> None:
        self._work = work

    def mark_read(self, message_id: str) -> None:
        mine = sa.select(tables.messages.c.id).where(
            tables.messages.c.id == message_id, visibility.of_messages(self._work.caller)
        )
        if not is_id(message_id) or self._work.connection.execute(mine).one_or_none() is None:
            raise MessageNotFound(id=message_id)
        row = insert(tables.message_reads).values(
            message_id=message_id, person_id=self._work.caller.person_id, at=self._work.now
        )
        self._work.connection.execute(row.on_conflict_do_nothing())


def works(ground: Ground) -> Callable[[Principal, datetime, str | None], IncidentWork]:
    """The factory that the bus calls for each message."""
    return lambda caller, now, traceparent: IncidentWork(ground, caller, now, traceparent)
