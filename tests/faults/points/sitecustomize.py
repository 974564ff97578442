"""Kills a process of the platform at exactly one moment: every Python with this folder in PYTHONPATH runs it.

A point is armed by a file of its name in the folder WANGGE_FAULT_POINTS. The first process that reaches it takes the
file away, leaves `<point>.hit` with its pid, and is gone by SIGKILL before the next instruction. Nothing in the
product knows of this: the modules below are wrapped as they are imported.

    api.before-commit       everything of a command is written, nothing is committed
    api.after-commit        committed, and the caller has no answer yet
    worker.before-commit    an event's effect is written, nothing is committed
    worker.before-ack       the effect is committed, the broker does not know
    relay.before-mark       confirmed by the broker, the rows are not marked as published
"""

import importlib.abc
import importlib.util
import os
import signal
import sys
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from pathlib import Path
from typing import Any

FOLDER = os.environ.get("WANGGE_FAULT_POINTS", "")
ROLES = ("api", "relay", "worker")
_carrying: ContextVar[str] = ContextVar("carrying", default="")


def reached(point: str) -> None:
    """Die here if `point` is armed."""
    armed = os.path.join(FOLDER, point)  # noqa: PTH118  # on every commit: no Path is made for nothing
    try:
        os.rename(armed, f"{armed}.taken")  # noqa: PTH104  # one process alone succeeds
    except FileNotFoundError:
        return
    Path(f"{armed}.hit").write_text(str(os.getpid()))
    os.kill(os.getpid(), signal.SIGKILL)


def _role() -> str:
    return next((word for word in sys.argv[1:] if word in ROLES), "")


def _before(point: str, method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def wrapped(*args: Any, **named: Any) -> Any:
        reached(point)
        return method(*args, **named)

    return wrapped


def _during(what: str, method: Callable[..., Any]) -> Callable[..., Any]:
    """Commits of timers are no points: they have nobody who was told, and nothing to acknowledge."""

    @wraps(method)
    def wrapped(*args: Any, **named: Any) -> Any:
        token = _carrying.set(what)
        try:
            return method(*args, **named)
        finally:
            _carrying.reset(token)

    return wrapped


def _bus(module: Any) -> None:
    bus = module.MessageBus
    bus.handle, bus.consume = _during("command", bus.handle), _during("event", bus.consume)


def _unit_of_work(module: Any) -> None:
    work, role = module.UnitOfWork, _role()
    write, commit = work.write, work.commit

    def committing(self: Any) -> bool:
        carrying = bool(_carrying.get())
        if carrying:
            write(self)
            reached(f"{role}.before-commit")
        news: bool = commit(self)
        if carrying:
            reached(f"{role}.after-commit")
        return news

    work.commit = committing


def _relay(module: Any) -> None:
    module.ServiceRelay._mark = _before("relay.before-mark", module.ServiceRelay._mark)


def _delivery(module: Any) -> None:
    module.Delivery.acknowledge = _before("worker.before-ack", module.Delivery.acknowledge)


WRAPPED: dict[str, Callable[[Any], None]] = {
    "services.chassis.bus": _bus,
    "services.chassis.unit_of_work": _unit_of_work,
    "services.chassis.relay.service": _relay,
    "services.chassis.worker.delivery": _delivery,
}


class _Wrapping(importlib.abc.Loader):
    def __init__(self, loader: Any, wrap: Callable[[Any], None]) -> None:
        self._loader, self._wrap = loader, wrap

    def create_module(self, spec: Any) -> Any:
        return self._loader.create_module(spec)

    def exec_module(self, module: Any) -> None:
        self._loader.exec_module(module)
        self._wrap(module)


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name not in WRAPPED:
            return None
        others = (finder for finder in sys.meta_path if finder is not self and hasattr(finder, "find_spec"))
        spec = next((found for finder in others if (found := finder.find_spec(name, path, target))), None)
        if spec is not None:
            spec.loader = _Wrapping(spec.loader, WRAPPED[name])
        return spec


if FOLDER:
    sys.meta_path.insert(0, _Finder())
