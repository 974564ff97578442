"""Runs the workers of one or many services in one process. To be imported after eventlet has patched."""

import importlib
import inspect
import logging
import signal
from collections.abc import Iterable, Sequence
from types import ModuleType
from typing import Any

import eventlet
import structlog
from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR
from nameko.runners import ServiceRunner
from sqlalchemy.engine import Engine

from services.chassis import telemetry

from .consumer import SETTINGS
from .database import bound_answers, bound_connects
from .settings import Settings

log = structlog.get_logger(__name__)

ROLE = "worker"
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
TIMER_ROOM = 32
"""Places in nameko's pool besides those of handlers, so that timers never wait for handlers."""


def serve_services(names: Sequence[str]) -> None:
    """Serve the workers of the services `names` until SIGTERM or SIGINT, traced and logged as those services."""
    for name in names:
        telemetry.configure(name, ROLE)
    telemetry.configure_logging(names[0] if len(names) == 1 else "all", ROLE)
    modules = [importlib.import_module(f"services.{name}.worker") for name in names]
    serve([worker for module in modules for worker in workers_in(module)], Settings.from_environment())


def workers_in(module: ModuleType) -> list[type]:
    """The classes defined in `module` that have entrypoints. Raises LookupError when there is none."""
    classes = [c for _, c in inspect.getmembers(module, inspect.isclass) if c.__module__ == module.__name__]
    if workers := [c for c in classes if _has_entrypoints(c)]:
        return workers
    raise LookupError(f"no class with @consume or @every in {module.__name__}")


def serve(workers: Iterable[type], settings: Settings) -> None:
    """Serve `workers` until SIGTERM or SIGINT; then handlers that run finish and are acknowledged.

    Raises what ended a worker unexpectedly, after the others have stopped: whoever supervises starts anew.
    """
    logging.getLogger("nameko").setLevel(logging.CRITICAL)  # the chassis logs what matters
    bound_connects(Engine, settings.database_connect)
    bound_answers(settings.database_answer)
    runner = ServiceRunner({SETTINGS: settings, "max_workers": settings.max_workers + TIMER_ROOM})
    for worker in workers:
        runner.add_service(worker)
    _stop_on_signals(runner)
    runner.start()
    log.info("workers started", services=sorted(runner.service_names))
    runner.wait()
    log.info("workers stopped", services=sorted(runner.service_names))


def _stop_on_signals(runner: ServiceRunner) -> None:
    def stop(_signum: int, _frame: Any) -> None:
        # A signal handler runs in the hub and may not wait, so a green thread does. Asked twice it stops once.
        for signum in STOP_SIGNALS:
            signal.signal(signum, signal.SIG_IGN)
        eventlet.spawn_n(runner.stop)

    for signum in STOP_SIGNALS:
        signal.signal(signum, stop)


def _has_entrypoints(worker: type) -> bool:
    methods = (method for _, method in inspect.getmembers(worker, inspect.isfunction))
    return any(hasattr(method, ENTRYPOINT_EXTENSIONS_ATTR) for method in methods)
