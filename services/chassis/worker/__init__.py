"""The worker role: events from RabbitMQ to handlers, and timers, on nameko's extension API.

    from services.chassis.worker import PermanentFailure, Transient, consume, every

    class Worker:
        name = "assessment"                       # the consumer's word in queue names

        @consume("incident", "incident.closed.v1", "incident.reported.v1")
        def on_incident(self, envelope): ...

        @every(60)
        def close_day(self): ...

        def probe(self): ...                      # optional: raises while the database is away

Guarantees of `consume`:
- A message is acknowledged after its handler returned, or after a copy of it was confirmed by the broker in a retry
  queue or in the dead queue. Whatever dies in between, the message comes again: handlers are idempotent (inbox).
- The handler raised: the copy waits for the next of the delays, its attempt counted in the header `wangge-attempt`.
  After the last attempt, or at once for PermanentFailure and for content that is not an event handled here, it goes to
  `<queue>.dead`, body and content type as they came, with the reason in `wangge-reason`.
- Transient, or a database that is away: the handler is called again in place, with growing pauses, for up to five
  minutes; then the queue is left alone until `probe` succeeds. Such a message is never dead-lettered.
- Many distinct messages of one type dead-lettered one after the other: the release is bad. The consumer stops, whole,
  so that the order between types stays, and says so.
- SIGTERM: handlers that run finish and are acknowledged, the rest goes back to the broker.

`every` runs on each replica, never twice at the same time in one process; an error is logged, the next tick comes.

Only this package knows nameko, eventlet and kombu. They are imported on first use, so that `run` can patch first.
"""

import warnings
from typing import TYPE_CHECKING, Any

from .failures import PermanentFailure, Transient
from .state import state

if TYPE_CHECKING:
    from .entrypoints import consume, every

__all__ = ["PermanentFailure", "Transient", "consume", "every", "run", "state"]


def run(names: list[str]) -> None:
    """Run the workers of the services `names` in this process until SIGTERM or SIGINT.

    Patches the standard library and psycopg2 for green threads, then imports `services.<name>.worker` and serves every
    class in it that has entrypoints. Settings come from the environment. Raises ImportError for an unknown service.
    """
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")  # known; nameko stands on it
    import eventlet  # must come before anything that holds a socket or a lock

    eventlet.monkey_patch()
    from .runner import serve_services

    serve_services(names)


def __getattr__(name: str) -> Any:
    if name in ("consume", "every"):
        from . import entrypoints  # nameko only where a worker is defined

        return getattr(entrypoints, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
