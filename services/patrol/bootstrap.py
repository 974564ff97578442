"""The only place where the patrol service is wired together."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from services.chassis import database
from services.chassis.bus import MessageBus
from services.chassis.clock import Clock, platform_clock
from services.chassis.config import Config
from services.chassis.outbox import Wakeup
from services.chassis.personal import Seal
from services.patrol import schemas
from services.patrol.handlers import HANDLERS
from services.patrol.queries import Queries
from services.patrol.queries.diary import DiaryQueries
from services.patrol.queries.inspections import InspectionQueries
from services.patrol.queries.meetings import MeetingQueries
from services.patrol.queries.returns import ReturnQueries
from services.patrol.queries.visits import VisitQueries
from services.patrol.repository import Ground, works


@dataclass(frozen=True)
class Service:
    """The wired service: the bus for changes, the queries, those of each part by themselves, for looks."""

    config: Config
    engine: sa.Engine
    bus: MessageBus
    queries: Queries
    diary: DiaryQueries
    inspections: InspectionQueries
    meetings: MeetingQueries
    returns: ReturnQueries
    visits: VisitQueries


def build(config: Config, clock: Clock | None = None) -> Service:
    """Wire the service that `config` describes."""
    engine, zone = database.engine(config), ZoneInfo(config.timezone)
    seal = Seal.from_file(config.field_key)
    ground = Ground(engine, schemas.EVENTS, config.source, zone, seal, config.county)
    bus = MessageBus(
        HANDLERS, works(ground), Wakeup(config.database_uri), clock or platform_clock(config.home, config.profile)
    )
    return Service(
        config,
        engine,
        bus,
        queries=Queries(engine, zone, bus.clock),
        diary=DiaryQueries(engine, zone, bus.clock, ground.seal),
        inspections=InspectionQueries(engine, zone, bus.clock),
        meetings=MeetingQueries(engine, zone, bus.clock, ground.seal),
        returns=ReturnQueries(engine, zone, ground.seal),
        visits=VisitQueries(engine, zone, bus.clock, ground.seal),
    )
