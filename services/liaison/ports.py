"""What the handlers and `connecting` need of the world, as Protocols."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.chassis.auth import Principal
from services.liaison.messages import DepartmentChanged, EventArrived
from services.liaison.model import Connection


class Log(Protocol):
    def append(self, event: EventArrived) -> None:
        """Give the event the next position; one that is there already stays as it is."""
        ...


class Departments(Protocol):
    def exists(self, department: str) -> bool:
        """Whether the registry knows the department and it is open."""
        ...

    def store(self, department: DepartmentChanged) -> None: ...


class Connections(Protocol):
    def add(self, connection: Connection) -> None: ...

    def get(self, connection_id: str) -> Connection:
        """The connection, locked for a change. Raises ConnectionNotFound, also where the caller may not see it."""
        ...

    def save(self, connection: Connection) -> None: ...

    def count_open(self, department: str) -> int:
        """How many connections of the department are not over."""
        ...


class Work(Protocol):
    """The unit of work of one message."""

    caller: Principal
    now: datetime

    @property
    def county(self) -> str: ...

    @property
    def log(self) -> Log: ...

    @property
    def departments(self) -> Departments: ...

    @property
    def connections(self) -> Connections: ...


class Register(Protocol):
    """Read-only looks at connections."""

    def connection(self, connection_id: str) -> Connection:
        """Raises ConnectionNotFound."""
        ...

    def unfinished(self, before: datetime) -> Iterable[Connection]:
        """Connections that have been `making` or `ending` since before that moment."""
        ...


@dataclass(frozen=True)
class Depth:
    """What a queue holds now, as the broker tells it (up to five seconds late)."""

    waiting: int
    consumers: int


class Broker(Protocol):
    """The broker's management. Every method is safe to repeat and raises BrokerAway or BrokerNotConfigured."""

    def make(self, connection: Connection, password: str) -> None:
        """Have queue, bindings, user, limits and permissions; a user that exists gets this password."""
        ...

    def remove(self, connection: Connection) -> None:
        """Have nothing of the connection: the user first, which ends running consumers, then the queues."""
        ...

    def depths(self) -> Mapping[str, Depth]:
        """Every department's queue by name."""
        ...

    def address(self, connection: Connection, password: str) -> str:
        """The department's secret: WANGGE_DEPARTMENT_URI."""
        ...
