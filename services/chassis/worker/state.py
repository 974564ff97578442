"""What the workers of this process are doing, for `wangge status`: in memory, and as JSON in `$WANGGE_HOME/run`.

`worker-<service>.json`: `{"service", "pid", "updated_at", "queues": {"<queue>": {"state", "since", "last_error"}},
"timers": {"<method>": {…}}}`. A queue is `connecting`, `consuming`, `paused` (what it needs is away), `stopped` (bad
release) or `ended`. The file is replaced atomically on every change and never half written.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

log = structlog.get_logger(__name__)

_services: dict[str, "WorkerState"] = {}


def state() -> dict[str, Any]:
    """The state of every service whose worker runs in this process, by service name."""
    return {name: worker.as_dict() for name, worker in _services.items()}


class WorkerState:
    """The state of one service's worker. Writing it never raises: a full disk must not stop handlers."""

    def __init__(self, service: str, home: Path) -> None:
        self._service = service
        self._path = home / "run" / f"worker-{service}.json"
        self._queues: dict[str, dict[str, Any]] = {}
        self._timers: dict[str, dict[str, Any]] = {}

    @classmethod
    def of(cls, service: str, home: Path) -> "WorkerState":
        """The one state of `service` in this process."""
        return _services.setdefault(service, cls(service, home))

    def queue(self, name: str, state: str, error: str | None = None) -> None:
        """Note that queue `name` is now `state`; the last error stays until there is another one."""
        before = self._queues.get(name, {})
        if before.get("state") == state and error is None:
            return
        since = before["since"] if before.get("state") == state else _now()
        self._queues[name] = {"state": state, "since": since, "last_error": _error(error, before)}
        self._write()

    def timer(self, name: str, error: str | None = None) -> None:
        """Note that the tick of timer `name` failed with `error`, or went well again (None)."""
        if name in self._timers and error is None and self._timers[name]["state"] == "running":
            return
        now_state = "failing" if error else "running"
        self._timers[name] = {"state": now_state, "last_error": _error(error, self._timers.get(name, {}))}
        self._write()

    def as_dict(self) -> dict[str, Any]:
        return {
            "service": self._service,
            "pid": os.getpid(),
            "updated_at": _now(),
            "queues": dict(self._queues),
            "timers": dict(self._timers),
        }

    def _write(self) -> None:
        draft = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps(self.as_dict(), ensure_ascii=False, indent=1), encoding="utf-8")
            draft.replace(self._path)
        except OSError as error:
            log.warning("worker state not written", path=str(self._path), error=str(error))


def _error(error: str | None, before: dict[str, Any]) -> dict[str, str] | None:
    return {"at": _now(), "reason": error} if error else before.get("last_error")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
