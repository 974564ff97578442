"""The registry's unit of work: repositories on one transaction, the county's day, hashing, sealing, plan check."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Self
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.chassis.clock import Clock
from services.chassis.personal import Seal
from services.chassis.unit_of_work import Schemas, UnitOfWork
from services.registry.ports import Passwords, PlanRules
from services.registry.repository.accounts import SqlAccounts
from services.registry.repository.applications import SqlApplications
from services.registry.repository.boards import SqlBoards
from services.registry.repository.calendars import SqlCalendars
from services.registry.repository.care import SqlCare, SqlHouseholds
from services.registry.repository.changes import SqlChanges
from services.registry.repository.departments import SqlDepartments, SqlDuties
from services.registry.repository.divisions import SqlDivisions
from services.registry.repository.grids import SqlGrids
from services.registry.repository.imports import SqlImports
from services.registry.repository.letters import SqlLetters
from services.registry.repository.people import SqlPeople, SqlPosts
from services.registry.repository.places import SqlPlaces
from services.registry.repository.plans import SqlPlans
from services.registry.repository.rollouts import SqlRollouts
from services.registry.repository.rosters import SqlRosters
from services.registry.repository.sheet_rows import SqlSheetRows


class RegistryWork(UnitOfWork):
    """Keeps `services.registry.ports.Work`."""

    passwords: Passwords
    plan_rules: PlanRules
    seal: Seal
    zone: ZoneInfo
    session_now: datetime

    @property
    def today(self) -> date:
        """The day in the county."""
        return self.now.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """The moment at which `day` begins in the county."""
        return datetime.combine(day, time(0), self.zone).astimezone(UTC)

    def __enter__(self) -> Self:
        super().__enter__()
        self.divisions = SqlDivisions(self.connection)
        self.grids = SqlGrids(self)
        self.changes = SqlChanges(self)
        self.people = SqlPeople(self)
        self.posts = SqlPosts(self, self.today)
        self.accounts = SqlAccounts(self, self.seal)
        self.applications = SqlApplications(self)
        self.boards = SqlBoards(self)
        self.letters = SqlLetters(self)
        self.rollouts = SqlRollouts(self)
        self.rosters = SqlRosters(self)
        self.departments = SqlDepartments(self)
        self.calendars = SqlCalendars(self)
        self.duties = SqlDuties(self)
        self.places = SqlPlaces(self, self.seal)
        self.households = SqlHouseholds(self)
        self.care = SqlCare(self, self.today)
        self.plans = SqlPlans(self, self.today)
        self.imports = SqlImports(self, self.seal)
        self.sheet_rows = SqlSheetRows(self, self.seal, self.today)
        return self


@dataclass(frozen=True)
class RegistryWorks:
    """Makes units of work (`services.chassis.bus.Works`)."""

    engine: sa.Engine
    schemas: Schemas
    source: str
    zone: ZoneInfo
    seal: Seal
    passwords: Passwords
    plan_rules: PlanRules
    session_clock: Clock

    def __call__(self, caller: Principal, now: datetime, traceparent: str | None) -> RegistryWork:
        work = RegistryWork(self.engine, self.schemas, self.source, caller, now, traceparent)
        work.zone, work.seal = self.zone, self.seal
        work.session_now = self.session_clock.now()
        work.passwords, work.plan_rules = self.passwords, self.plan_rules
        return work
