"""The relay: outbox rows of one or all services to RabbitMQ, each at least once, in the order of their ids.

Guarantees:
- A row is marked published only after the broker confirmed the message, so no crash, at whatever point,
  loses one. What was confirmed but not yet marked when a relay dies goes out again with the same
  `message_id`: consumers keep an inbox.
- A row that the broker returns (no queue bound) or refuses stays unmarked and is tried again later; the
  others pass it.
- One relay per service publishes at a time (session advisory lock); further ones wait and take over within
  about a second.
- Only published rows are ever deleted, and only after `Settings.retention`.
- Nothing on the loop blocks: a service whose database is frozen does not stop the others, nor the heartbeats.
- A lost broker or database is tried again every `Settings.reconnect` seconds, for ever.

`process.run` is the role's entry; `service.ServiceRelay` ties `window` (pure bookkeeping), `session`
(PostgreSQL) and `publisher` (RabbitMQ) together for one service.
"""

from services.chassis.relay.process import run
from services.chassis.relay.settings import Settings

__all__ = ["Settings", "run"]
