"""The only place where the assessment service is wired together."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from services.assessment.handlers import HANDLERS
from services.assessment.ports import EventLog
from services.assessment.queries import Queries, Recomputation
from services.assessment.repository import Ground, works
from services.chassis import database
from services.chassis.bus import MessageBus
from services.chassis.clock import Clock, platform_clock
from services.chassis.config import Config
from services.chassis.outbox import Wakeup


@dataclass(frozen=True)
class Service:
    """The wired service: the bus for changes, the queries for looks."""

    config: Config
    engine: sa.Engine
    bus: MessageBus
    queries: Queries

    def recomputation(self, log: EventLog) -> Recomputation:
        """Computing everything again from `log`; only the api has one, since a worker never speaks gRPC."""
        return Recomputation(self.engine, ZoneInfo(self.config.timezone), log)


def build(config: Config, clock: Clock | None = None) -> Service:
    """Wire the service that `config` describes."""
    engine, zone = database.engine(config), ZoneInfo(config.timezone)
    ground = Ground(engine, config.source, zone)
    bus = MessageBus(
        HANDLERS, works(ground), Wakeup(config.database_uri), clock or platform_clock(config.home, config.profile)
    )
    return Service(config, engine, bus, Queries(engine, zone, bus.clock))
