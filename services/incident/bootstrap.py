"""The only place where the incident service is wired together."""

from dataclasses import dataclass

import sqlalchemy as sa

from services.chassis import database
from services.chassis.bus import MessageBus
from services.chassis.clock import Clock, platform_clock
from services.chassis.config import Config
from services.chassis.outbox import Wakeup
from services.chassis.personal import Seal
from services.incident import schemas
from services.incident.handlers import HANDLERS
from services.incident.queries import Queries
from services.incident.queries.calendar import CalendarQueries
from services.incident.queries.open311 import PublicQueries
from services.incident.repository import Ground, works


@dataclass(frozen=True)
class Service:
    """The wired service: the bus for changes, the queries for looks."""

    config: Config
    engine: sa.Engine
    bus: MessageBus
    queries: Queries
    public: PublicQueries
    calendar: CalendarQueries


def build(config: Config, clock: Clock | None = None) -> Service:
    """Wire the service that `config` describes."""
    engine = database.engine(config)
    seal = Seal.from_file(config.field_key)
    ground = Ground(engine, schemas.EVENTS, config.source, config.county, config.timezone, seal)
    bus = MessageBus(
        HANDLERS, works(ground), Wakeup(config.database_uri), clock or platform_clock(config.home, config.profile)
    )
    return Service(
        config, engine, bus, Queries(engine, seal, bus.clock), PublicQueries(engine), CalendarQueries(engine)
    )
