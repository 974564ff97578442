"""The only place where the registry is wired."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from services.chassis import database
from services.chassis.auth import Issuer
from services.chassis.bus import MessageBus
from services.chassis.clock import Clock, SystemClock, platform_clock
from services.chassis.config import Config
from services.chassis.outbox import Wakeup
from services.chassis.personal import Seal
from services.registry.handlers import HANDLERS
from services.registry.repository import Argon2Passwords, CheckedPlans, RegistryWorks
from services.registry.schemas import EVENTS


@dataclass(frozen=True)
class Service:
    """What the api and the worker need; `sessions` is the clock of sign-ins, the machine's."""

    config: Config
    bus: MessageBus
    engine: sa.Engine
    seal: Seal
    zone: ZoneInfo
    clock: Clock
    sessions: Clock

    def today(self) -> date:
        """The day in the county."""
        return self.clock.now().astimezone(self.zone).date()


def build(config: Config, clock: Clock | None = None) -> Service:
    """Wire the service by `config`. Raises OSError where the field key cannot be read."""
    sessions, zone = clock or SystemClock(), ZoneInfo(config.timezone)
    clock = clock or platform_clock(config.home, config.profile)
    engine, seal = database.engine(config), Seal.from_file(config.field_key)
    works = RegistryWorks(engine, EVENTS, config.source, zone, seal, Argon2Passwords(), CheckedPlans(), sessions)
    bus = MessageBus(HANDLERS, works, Wakeup(config.database_uri), clock)
    return Service(config, bus, engine, seal, zone, clock, sessions)


def issuer(config: Config, clock: Clock | None = None) -> Issuer:
    """Who signs tokens; only the registry's api has the private key."""
    return Issuer.from_file(config.token_private_key, clock)
