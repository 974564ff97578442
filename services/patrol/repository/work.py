"""The patrol service's unit of work."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.chassis.messages import Event
from services.chassis.personal import Seal
from services.chassis.unit_of_work import Schemas, UnitOfWork
from services.patrol.repository.cases import CaseRepository, OfficerRepository
from services.patrol.repository.copies import (
    CalendarRepository,
    GridRepository,
    PlaceRepository,
    PlanBook,
    PlanRepository,
    PostRepository,
)
from services.patrol.repository.diary import DiaryRepository
from services.patrol.repository.generation import GenerationRepository
from services.patrol.repository.inspections import InspectionRepository
from services.patrol.repository.meeting_days import MeetingDays
from services.patrol.repository.meetings import DecisionRepository, MeetingRepository
from services.patrol.repository.points import PointRepository
from services.patrol.repository.return_days import ReturnDays
from services.patrol.repository.returns import ReturnRepository
from services.patrol.repository.successions import SuccessionRepository
from services.patrol.repository.tasks import TaskRepository
from services.patrol.repository.visits import CareRepository, VisitRepository


@dataclass(frozen=True)
class Ground:
    """What every unit of work of the service stands on."""

    engine: sa.Engine
    schemas: Schemas
    source: str
    zone: ZoneInfo
    seal: Seal
    county: str
    book: PlanBook = field(default_factory=PlanBook)


class PatrolWork(UnitOfWork):
    """One transaction of the patrol service, with its repositories."""

    def __init__(self, ground: Ground, caller: Principal, now: datetime, traceparent: str | None) -> None:
        super().__init__(ground.engine, ground.schemas, ground.source, caller, now, traceparent)
        self.zone = ground.zone
        self.seal = ground.seal
        self.book = ground.book
        self.county = ground.county

    def __enter__(self) -> Self:
        super().__enter__()
        self._begin()
        return self

    def _begin(self) -> None:
        """Repositories that hold nothing yet."""
        self.tasks = TaskRepository(self)
        self.plans = PlanRepository(self)
        self.grids = GridRepository(self)
        self.posts = PostRepository(self)
        self.points = PointRepository(self)
        self.inspections = InspectionRepository(self)
        self.places = PlaceRepository(self)
        self.calendar = CalendarRepository(self)
        self.generation = GenerationRepository(self)
        self.care = CareRepository(self)
        self.visits = VisitRepository(self)
        self.diary = DiaryRepository(self)
        self.meetings = MeetingRepository(self)
        self.meeting_days = MeetingDays(self)
        self.decisions = DecisionRepository(self)
        self.cases = CaseRepository(self)
        self.officers = OfficerRepository(self)
        self.returns = ReturnRepository(self)
        self.return_days = ReturnDays(self)
        self.successions = SuccessionRepository(self)

    def forget(self) -> None:
        super().forget()
        self._begin()

    def flush(self) -> None:
        self.tasks.flush()
        self.inspections.flush()
        self.meetings.flush()
        self.decisions.flush()
        self.returns.flush()
        self.visits.flush()

    def _collect(self) -> Iterable[Event]:
        """What happened is in the diary of who did it, in the same transaction (PAT-08)."""
        for event in super()._collect():
            self.diary.follow(event)
            yield event


def works(ground: Ground) -> Callable[[Principal, datetime, str | None], PatrolWork]:
    """The factory that the bus calls for each message."""
    return lambda caller, now, traceparent: PatrolWork(ground, caller, now, traceparent)
