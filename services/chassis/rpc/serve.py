"""The api role: one gRPC server and port for each service, four threads each, health on a server of its own.

Few threads for each process, more processes (design, "Why three roles"): four threads and SQLAlchemy Core did 1,000
writes/s where sixteen threads did 500. Health answers on the address `WANGGE_API_HEALTH_ADDRESS`, since four slow calls
would starve it beside them.
"""

import importlib
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import grpc
import structlog
from environs import Env
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from services.chassis import config as configuration
from services.chassis import database, memory, telemetry
from services.chassis.auth import Verifier

from .interceptor import Interceptor

log = structlog.get_logger(__name__)

ROLE = "api"
THREADS = 4
WAITING = 64
MAX_MESSAGE = 4 * 1024 * 1024
GRACE_SECONDS = 5


@dataclass(frozen=True)
class Api:
    """What a service's api module gives: its servicer, how to add it to a server, and its public methods."""

    name: str
    servicer: Any
    add_to_server: Any
    public: frozenset[str] = frozenset()


def server(api: Api, verifier: Verifier, address: str) -> tuple[grpc.Server, int]:
    """Make and bind (not start) the server of one service; return it and its port.

    Raises OSError when the port is taken.
    """
    made = grpc.server(
        ThreadPoolExecutor(THREADS, thread_name_prefix=f"api-{api.name}"),
        interceptors=[Interceptor(verifier, telemetry.tracer(api.name), api.public)],
        maximum_concurrent_rpcs=THREADS + WAITING,
        options=[
            ("grpc.max_send_message_length", MAX_MESSAGE),
            ("grpc.max_receive_message_length", MAX_MESSAGE),
            ("grpc.so_reuseport", 0),
        ],
    )
    api.add_to_server(api.servicer, made)
    try:
        port = made.add_insecure_port(address)
    except RuntimeError as error:
        raise OSError(f"cannot listen on {address} for {api.name}") from error
    return made, port


def _health(names: list[str], address: str) -> tuple[grpc.Server, health.HealthServicer]:
    made = grpc.server(ThreadPoolExecutor(1, thread_name_prefix="health"))
    servicer = health.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(servicer, made)
    made.add_insecure_port(address)
    for name in ("", *names):
        servicer.set(name, health_pb2.HealthCheckResponse.SERVING)
    return made, servicer


def run(names: list[str]) -> None:
    """Serve the named services until SIGTERM or SIGINT, then let running calls end within five seconds."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    for name in names:
        telemetry.configure(name, ROLE)
    telemetry.configure_logging(names[0] if len(names) == 1 else "all", ROLE)
    database.bound_answers(Env().float("WANGGE_API_DATABASE_ANSWER", database.ANSWER_SECONDS))
    servers = [_serve(name) for name in names]
    health_address = Env().str("WANGGE_API_HEALTH_ADDRESS", "")
    if health_address:
        made, servicer = _health(names, health_address)
        made.start()
        servers.append(made)
    memory.settle()
    log.info("api serving", services=names)
    stop.wait()
    if health_address:
        servicer.enter_graceful_shutdown()
    for stopping in [each.stop(GRACE_SECONDS) for each in servers]:
        stopping.wait()


def _serve(name: str) -> grpc.Server:
    config = configuration.read(name)
    api: Api = importlib.import_module(f"services.{name}.api").build(config)
    made, port = server(api, Verifier.from_file(config.token_public_keys), config.grpc_address)
    made.start()
    log.info("listening", service=name, port=port)
    return made
