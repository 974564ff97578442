"""One whole platform on this machine: start it in order, wait for each part, stop it without a trace.

with Platform(Settings.from_environment()).running(print):
    …   # PostgreSQL, RabbitMQ, traces, api, relay, worker and gateway answer
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

from infra.local import process, rabbitmq_package
from infra.local.errors import NotReady, PortTaken, StartFailed
from infra.local.ports import is_free
from infra.local.postgres import PostgresServer
from infra.local.programs import (
    ROLES,
    Program,
    broker_ready,
    ground,
    postgres_server,
    rabbitmq_server,
    roles,
)
from infra.local.rabbitmq import RabbitmqServer
from infra.local.settings import SERVICES, Settings
from infra.local.supervise import Supervisor

Say = Callable[[str], None]
_PORTS_FREE_SECONDS = 20
_BROKER_SECONDS = 30


class Platform:
    """The platform that `settings` describe, running or not; every method may be called from another process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def _postgres(self) -> PostgresServer:
        return postgres_server(self.settings)

    @cached_property
    def _rabbitmq(self) -> RabbitmqServer | None:
        return rabbitmq_server(self.settings)

    @cached_property
    def supervisor(self) -> Supervisor:
        """The supervisor with the programs of this platform."""
        return Supervisor(self.settings.home, self.settings.instance, self._programs())

    def _programs(self) -> Iterator[Program]:
        yield from ground(self.settings, self._postgres, self._rabbitmq)
        yield from roles(self.settings)

    def is_running(self) -> bool:
        """True if a supervisor of this platform answers."""
        return self.settings.exists() and self.supervisor.is_running()

    def start(self, say: Say, *, detached: bool = False, only: Sequence[str] = ROLES) -> "subprocess.Popen[bytes]":
        """Start everything and return supervisord once all of it answers; `only` names the roles wanted.

        `say` gets a line for each part. Unless `detached` the platform ends with the calling thread (call it from the
        main thread). On failure nothing
        stays behind. Raises LocalError (MissingPackage, PortTaken, StartFailed, NotReady).
        """
        if self._broker_is_ours:
            rabbitmq_package.ensure_installed()
        self._prepare()
        supervisord = self.supervisor.start(self.settings.environment(), detached=detached)
        try:
            self._start_programs(say, only)
        except BaseException:
            self.stop()
            supervisord.wait()
            raise
        return supervisord

    @property
    def _broker_is_ours(self) -> bool:
        return self.settings.external_broker is None

    def _prepare(self) -> None:
        self.settings.prepare()
        self._wait_for_ports()
        if self._rabbitmq:
            self._rabbitmq.prepare()

    def _wait_for_ports(self) -> None:
        """Raises PortTaken for a port in use; one that our own last run is just giving up is waited for."""
        patience = _PORTS_FREE_SECONDS if self.supervisor.ended_badly() else 0
        try:
            process.wait_until(lambda: not self._taken_ports(), seconds=patience, what="ports")
        except NotReady:
            taken = ", ".join(map(str, self._taken_ports()))
            raise PortTaken(
                f"端口 {taken} 已被占用;请停止占用它的程序,或设置 WANGGE_PORT 换一段端口(占用连续 30 个)",
                f"Ports taken: {taken}. Stop what listens there, or set WANGGE_PORT to another range of 30 ports",
            ) from None

    def _taken_ports(self) -> list[int]:
        return [port for port in self.settings.own_ports if not is_free(port)]

    def _start_programs(self, say: Say, only: Sequence[str]) -> None:
        self._start_ground(say)
        with _timed(say, "数据库迁移 / migrations"):
            self._migrate(only)
        self._wait_for_broker(say)
        self._start_roles([name for name in ROLES if name in only], say)

    def _start_ground(self, say: Say) -> None:
        """RabbitMQ, the slowest, first: it boots while PostgreSQL is made and migrated."""
        if self._rabbitmq:
            self._start_one("epmd", say)
            self.supervisor.start_program("rabbitmq")
        self.supervisor.start_program("traces")
        self._postgres.prepare()
        self._start_one("postgres", say)
        self._wait_for("traces", say)
        self._postgres.create_service_databases(
            {service: self.settings.database_password(service) for service in SERVICES}
        )

    def _migrate(self, only: Sequence[str]) -> None:
        """Every service's schema to its newest version, in a process of its own. Raises StartFailed."""
        if not only:
            return
        argv = [sys.executable, "-m", "infra.cli", "migrate"]
        environment = {**os.environ, **self.settings.environment()}
        done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
        (self.settings.logs / "migrate.log").write_text(done.stdout + done.stderr)
        if done.returncode:
            raise StartFailed(f"数据库迁移失败:\n{done.stderr[-2000:]}", "Migration failed")

    def _wait_for_broker(self, say: Say) -> None:
        if self._rabbitmq:
            self._wait_for("rabbitmq", say)
        else:
            process.wait_until(
                lambda: broker_ready(self.settings), seconds=_BROKER_SECONDS, what="RabbitMQ (WANGGE_AMQP_URI)"
            )

    def _start_roles(self, names: Sequence[str], say: Say) -> None:
        """api, relay and worker need only the servers and start together; the gateway needs the apis."""
        together = [name for name in names if name != "gateway"]
        for name in together:
            self.supervisor.start_program(name)
        for name in together:
            self._wait_for(name, say)
        if "gateway" in names:
            self._start_one("gateway", say)

    def _start_one(self, name: str, say: Say) -> None:
        self.supervisor.start_program(name)
        self._wait_for(name, say)

    def _wait_for(self, name: str, say: Say) -> None:
        with _timed(say, f"{name} {self.supervisor.programs[name].address}".rstrip()):
            self.supervisor.wait_ready(name)

    def stop(self) -> None:
        """Stop everything that belongs to this platform; returns when it is gone. Safe to repeat."""
        if self.settings.exists():
            self.supervisor.shutdown()

    def data_folders(self) -> list[Path]:
        """Every folder that holds data of this platform; PostgreSQL's may lie outside the home."""
        return [self._postgres.place, self.settings.home] if self.settings.exists() else []

    @contextlib.contextmanager
    def running(self, say: Say) -> Iterator["Platform"]:
        """The platform inside the block: started before it, stopped after it whatever happens."""
        supervisord = self.start(say)
        try:
            yield self
        finally:
            self.stop()
            supervisord.wait()


@contextlib.contextmanager
def _timed(say: Say, what: str) -> Iterator[None]:
    begun = time.monotonic()
    yield
    say(f"  ✓ {what} ({time.monotonic() - begun:.1f} s)")
