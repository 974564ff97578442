"""Making and taking away a department's connection: rows here and things on the broker, without a common transaction.

The row says what is intended before the broker is asked, and what came of it afterwards. Whatever dies in between
leaves a row that `reconcile` finds: what was being made is undone, what was being removed is removed. So nothing of an
unfinished connection stays on the broker for longer than about five minutes, and no user is ever an orphan.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from services.chassis.auth import PLATFORM, Principal
from services.chassis.bus import MessageBus
from services.liaison import messages
from services.liaison.errors import ConnectionEnded
from services.liaison.model import Connection
from services.liaison.ports import Broker, Register

log = structlog.get_logger(__name__)

PASSWORD_BYTES = 24
PATIENCE = timedelta(minutes=5)
"""How long a connection may be in the making; far longer than the broker's calls can take together."""

Answer = dict[str, Any]


@dataclass(frozen=True)
class Connecting:
    """Connects and disconnects departments. Raises what the handlers refuse, BrokerAway and BrokerNotConfigured."""

    bus: MessageBus
    register: Register
    broker: Broker

    def connect(self, command: messages.ConnectDepartment, caller: Principal, key: str | None = None) -> Answer:
        """Give the department its queue and return it with the secret address, which is stored nowhere (XCH-01).

        With the same `key` the same connection is finished and gets a new password in place of one whose answer was
        lost. Raises ConnectionEnded where that connection has been taken away since.
        """
        answer = self.bus.handle(command, caller, key)
        connection = self.register.connection(answer["id"])
        if connection.is_over:
            raise ConnectionEnded(id=connection.id)
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        self.broker.make(connection, password)
        self._confirm(connection)
        return _shown(connection, self.broker.address(connection, password))

    def disconnect(self, command: messages.DisconnectDepartment, caller: Principal, key: str | None = None) -> Answer:
        """Take the connection away; running consumers end. Safe to repeat."""
        self.bus.handle(command, caller, key)
        self._remove(self.register.connection(command.id))
        return {"id": command.id}

    def reconcile(self) -> int:
        """Undo or finish what has been half done for five minutes; return how many connections that were."""
        unfinished = list(self.register.unfinished(self.bus.clock.now() - PATIENCE))
        for connection in unfinished:
            answer = self.bus.handle(messages.AbandonConnection(id=connection.id), PLATFORM)
            if answer["state"] == "ending":
                self._remove(connection)
                log.warning("unfinished connection removed", connection=connection.id, was=connection.state)
        return len(unfinished)

    def _confirm(self, connection: Connection) -> None:
        try:
            self.bus.handle(messages.ConfirmConnection(id=connection.id), PLATFORM)
        except ConnectionEnded:
            self._remove(connection)  # taken away while it was being made
            raise

    def _remove(self, connection: Connection) -> None:
        self.broker.remove(connection)
        self.bus.handle(messages.NoteRemoval(id=connection.id), PLATFORM)


def _shown(connection: Connection, address: str) -> Answer:
    names = ("id", "department", "queue", "user")
    return {**{name: getattr(connection, name) for name in names}, "uri": address}
