"""The programs of one platform: what each runs, as whom, on which address, and when it is ready.

    postgres, epmd, rabbitmq, traces      the ground (no epmd, rabbitmq with an external broker)
    api, relay, worker, gateway           the platform's own roles, one process each for all services

Stopping goes by descending `priority`, equals together: who needs a server is stopped before it.
"""

import json
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

from infra.local import launch
from infra.local.ports import LOOPBACK, answers
from infra.local.postgres import PostgresServer, place_for, unprivileged_user
from infra.local.rabbitmq import RabbitmqServer, node_ready
from infra.local.settings import BROKER_USER, SERVICES, Settings

GROUND = ("postgres", "epmd", "rabbitmq", "traces")
ROLES = ("api", "relay", "worker", "gateway")
_CLEAN_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}


@dataclass(frozen=True)
class Program:
    """One supervised process. `ready(pid)` is asked until it says yes; `in_group` signals its children as well."""

    name: str
    argv: list[str]
    priority: int
    address: str
    ready: Callable[[int], bool]
    stop_signal: str = "TERM"
    in_group: bool = True
    user: str | None = None

    @property
    def role(self) -> str:
        """`api`, `relay`, `worker` or `gateway` for the platform's own, `server` for what it stands on."""
        return self.name if self.name in ROLES else "server"

    def command(self) -> str:
        """The command line for the supervisor: under the launcher, so that it ends with the supervisor."""
        return shlex.join(launch.command(self.argv, user=self.user, death_signal=self.stop_signal))


def postgres_server(settings: Settings) -> PostgresServer:
    """The platform's PostgreSQL; not started by this."""
    user = unprivileged_user()
    place = place_for(settings.home, settings.instance, user)
    port, log = settings.port_of("postgres"), settings.logs / "postgres.log"
    return PostgresServer(place, port, settings.secrets.of("postgres"), log, user)


def rabbitmq_server(settings: Settings) -> RabbitmqServer | None:
    """The platform's RabbitMQ node, not started by this; None with an external broker."""
    if settings.external_broker:
        return None
    return RabbitmqServer(
        place=settings.home / "rabbitmq",
        ports=settings.rabbitmq_ports,
        user=BROKER_USER,
        password=settings.secrets.of("broker"),
        cookie=settings.secrets.of("cookie"),
        log=settings.logs / "rabbitmq.log",
    )


def ground(settings: Settings, postgres: PostgresServer, rabbitmq: RabbitmqServer | None) -> Iterator[Program]:
    """PostgreSQL, the broker where it is ours, the trace receiver."""
    yield _postgres(postgres)
    if rabbitmq:
        yield from _rabbitmq(rabbitmq)
    traces = settings.port_of("traces")
    yield Program("traces", _wangge("traces"), 40, f"{LOOPBACK}:{traces}", lambda _: answers(traces))


def _postgres(server: PostgresServer) -> Program:
    return Program(
        name="postgres",
        argv=_with_only(_CLEAN_ENVIRONMENT, server.argv()),
        priority=20,
        address=f"{LOOPBACK}:{server.port}",
        ready=lambda _: server.ready(),
        stop_signal="INT",
        in_group=False,
        user=server.user,
    )


def _rabbitmq(server: RabbitmqServer) -> Iterator[Program]:
    ports, environment = server.ports, server.environment()
    epmd = _with_only(environment, server.epmd_argv())
    yield Program("epmd", epmd, 10, f"{LOOPBACK}:{ports.epmd}", lambda _: server.epmd_ready(), in_group=False)
    node = _with_only(environment, server.argv())
    yield Program("rabbitmq", node, 20, f"{LOOPBACK}:{ports.amqp}", lambda _: server.ready(), in_group=False)


def roles(settings: Settings) -> Iterator[Program]:
    """api, relay, worker and gateway of all services."""
    addresses = ", ".join(f"{LOOPBACK}:{settings.grpc_port(service)}" for service in SERVICES)
    yield Program("api", _wangge("api", "all"), 50, addresses, lambda _: _apis_serve(settings))
    yield Program("relay", _wangge("relay", "all"), 50, "", lambda pid: _state_written(settings.run, "relay", pid))
    yield Program("worker", _wangge("worker", "all"), 50, "", lambda pid: _state_written(settings.run, "worker", pid))
    yield Program("gateway", _wangge("gateway"), 60, settings.gateway_url, lambda _: _gateway_ready(settings))


def _wangge(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "infra.cli", *arguments]


def _with_only(environment: Mapping[str, str], argv: list[str]) -> list[str]:
    """`argv` in this environment and nothing of ours: servers need not know the platform's passwords."""
    return ["env", "-i", *(f"{name}={value}" for name, value in environment.items()), *argv]


def _gateway_ready(settings: Settings) -> bool:
    try:
        return httpx.get(f"{settings.gateway_url}/readyz", timeout=5, trust_env=False).is_success
    except httpx.TransportError:
        return False


def _apis_serve(settings: Settings) -> bool:
    """True if gRPC health says SERVING for every service and each service's own port is open."""
    return all(answers(settings.grpc_port(service)) for service in SERVICES) and _health_says_serving(
        settings.api_health_address
    )


def _health_says_serving(address: str) -> bool:
    import grpc
    from grpc_health.v1 import health_pb2, health_pb2_grpc

    with grpc.insecure_channel(address) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        try:
            replies = [stub.Check(health_pb2.HealthCheckRequest(service=name), timeout=2) for name in SERVICES]
        except grpc.RpcError:
            return False
    return all(reply.status == health_pb2.HealthCheckResponse.SERVING for reply in replies)


def _state_written(folder: Path, role: str, pid: int) -> bool:
    """True if process `pid` has written its state files, leads every outbox it relays and no queue still connects."""
    files = [path for path in folder.glob(f"{role}-*.json") if _written_by(path, pid)]
    return bool(files) and all(map(_at_work, map(read_state, files)))


def _written_by(path: Path, pid: int) -> bool:
    try:
        started: float = psutil.Process(pid).create_time()
        return path.stat().st_mtime >= started
    except (OSError, psutil.NoSuchProcess):
        return False


def _at_work(state: dict[str, Any]) -> bool:
    queues = state.get("queues", {}).values()
    connecting = [queue for queue in queues if queue["state"] == "connecting"]
    return bool(state.get("leader", True)) and not connecting


def read_state(path: Path) -> dict[str, Any]:
    """What a relay or worker last wrote about itself; empty when it cannot be read."""
    try:
        state: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return state


def broker_ready(settings: Settings) -> bool:
    """True if an external broker's management answers; without a management address it is taken on trust."""
    broker = settings.external_broker
    return broker is None or broker.management_uri is None or node_ready(broker.management_uri)
