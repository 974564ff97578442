"""The only place where the liaison service is wired together."""

from dataclasses import dataclass

import sqlalchemy as sa
from environs import Env

from services.chassis import database
from services.chassis.bus import MessageBus
from services.chassis.clock import Clock, platform_clock
from services.chassis.config import Config
from services.chassis.outbox import Wakeup
from services.liaison import schemas
from services.liaison.broker import BrokerSettings, RabbitBroker
from services.liaison.connecting import Connecting
from services.liaison.handlers import HANDLERS
from services.liaison.queries import Queries
from services.liaison.repository import Ground, works


@dataclass(frozen=True)
class Service:
    """The wired service: the bus for changes, the queries for looks, `connecting` for what the broker takes part in."""

    config: Config
    engine: sa.Engine
    bus: MessageBus
    queries: Queries
    broker: RabbitBroker
    connecting: Connecting

    def close(self) -> None:
        """Give back every connection."""
        self.broker.close()
        self.bus.close()
        self.engine.dispose()


def build(config: Config, broker: BrokerSettings, clock: Clock | None = None) -> Service:
    """Wire the service that `config` describes, with the broker at `broker`."""
    engine = database.engine(config)
    ground = Ground(engine, schemas.EVENTS, config.source, config.county)
    bus = MessageBus(
        HANDLERS, works(ground), Wakeup(config.database_uri), clock or platform_clock(config.home, config.profile)
    )
    rabbit = RabbitBroker(broker)
    queries = Queries(engine, rabbit, bus.clock)
    return Service(config, engine, bus, queries, rabbit, Connecting(bus, queries, rabbit))


def broker_settings(env: Env | None = None) -> BrokerSettings:
    """Read WANGGE_AMQP_URI, _AMQP_MANAGEMENT_URI and _DEPARTMENT_BROKER. Raises environs.EnvError."""
    env = env or Env()
    with env.prefixed("WANGGE_"):
        return BrokerSettings(
            amqp_uri=env.str("AMQP_URI"),
            management_uri=env.str("AMQP_MANAGEMENT_URI", ""),
            public=env.str("DEPARTMENT_BROKER", "").rstrip("/"),
        )
