"""A private RabbitMQ node of the machine's `rabbitmq-server` package.

Guaranteed: nothing of the system's own node is read or touched (own HOME, cookie, node name, data, configuration,
plugins file, epmd); AMQP, management, distribution and epmd listen on 127.0.0.1 only; the single user is the
generated one, `guest` never exists. The node writes to standard output and ends on SIGTERM; its epmd runs beside it
in the foreground, so that whoever starts the two can also end the two.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import httpx

from infra.local import process, rabbitmq_package
from infra.local.ports import LOOPBACK, answers

PORTS = ("amqp", "management", "epmd", "dist")
_READY_SECONDS = 90
_STOP_SECONDS = 30
_MANAGEMENT_SECONDS = 10
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ")
# Erlang's schedulers spin before they sleep; on a machine shared with everything else that is only heat.
_ERLANG = "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none"


@dataclass(frozen=True)
class RabbitmqPorts:
    """The four ports of a node, all on 127.0.0.1."""

    amqp: int
    management: int
    epmd: int
    dist: int

    @classmethod
    def block(cls, first: int) -> "RabbitmqPorts":
        """Four neighbours, beginning with `first`."""
        return cls(*range(first, first + len(PORTS)))


@dataclass
class RabbitmqServer:
    """One node with everything it writes under `place`; `log` receives its output."""

    place: Path
    ports: RabbitmqPorts
    user: str
    password: str = field(repr=False)
    cookie: str = field(repr=False)
    log: Path
    _processes: "list[subprocess.Popen[bytes]]" = field(default_factory=list, init=False, repr=False)

    @property
    def amqp_uri(self) -> str:
        return f"amqp://{self.user}:{quote(self.password)}@{LOOPBACK}:{self.ports.amqp}/%2F"

    @property
    def management_uri(self) -> str:
        return f"http://{self.user}:{quote(self.password)}@{LOOPBACK}:{self.ports.management}"

    @property
    def nodename(self) -> str:
        return f"wangge-{self.ports.dist}@localhost"

    def prepare(self) -> None:
        """Write the node's configuration, readable by its owner only; data of earlier runs stay."""
        self.place.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in ("data", "log", "conf.d"):
            (self.place / folder).mkdir(exist_ok=True)
        _write_private(self.place / ".erlang.cookie", self.cookie)
        _write_private(self.place / "enabled_plugins", "[rabbitmq_management].\n")
        _write_private(self.place / "rabbitmq.conf", self._configuration())

    def _configuration(self) -> str:
        settings = {
            "listeners.tcp.local": f"{LOOPBACK}:{self.ports.amqp}",
            "management.tcp.ip": LOOPBACK,
            "management.tcp.port": self.ports.management,
            "default_user": self.user,
            "default_pass": self.password,
            "default_user_tags.administrator": "true",
            "log.console": "true",
            "log.file": "false",
        }
        return "".join(f"{name} = {value}\n" for name, value in settings.items())

    def environment(self) -> dict[str, str]:
        """The whole environment of the node and of its epmd; of ours only path and language are kept."""
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        return {**kept, **self._node_environment(), **self._file_environment()}

    def _node_environment(self) -> Mapping[str, str]:
        return {
            "HOME": str(self.place),
            "RABBITMQ_NODENAME": self.nodename,
            "RABBITMQ_NODE_IP_ADDRESS": LOOPBACK,
            "RABBITMQ_NODE_PORT": str(self.ports.amqp),
            "RABBITMQ_DIST_PORT": str(self.ports.dist),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": _ERLANG,
            # Makes the start script exec the node instead of waiting for it: signals reach it directly.
            "RUNNING_UNDER_SYSTEMD": "true",
            "ERL_EPMD_PORT": str(self.ports.epmd),
            "ERL_EPMD_ADDRESS": LOOPBACK,
        }

    def _file_environment(self) -> Mapping[str, str]:
        return {
            "RABBITMQ_MNESIA_BASE": str(self.place / "data"),
            "RABBITMQ_LOG_BASE": str(self.place / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.place / "enabled_plugins"),
            "RABBITMQ_CONFIG_FILE": str(self.place / "rabbitmq.conf"),
            "RABBITMQ_CONFIG_FILES": str(self.place / "conf.d"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self.place / "advanced.config"),
            "RABBITMQ_CONF_ENV_FILE": str(self.place / "rabbitmq-env.conf"),
        }

    def create_vhost(self, name: str) -> str:
        """An empty virtual host that our user may use; returns its AMQP address. Raises httpx.HTTPError."""
        self._manage("PUT", f"vhosts/{quote(name, safe='')}")
        return self.amqp_uri.removesuffix("%2F") + quote(name, safe="")

    def delete_vhost(self, name: str) -> None:
        """The virtual host with its queues and connections gone. Raises httpx.HTTPError."""
        self._manage("DELETE", f"vhosts/{quote(name, safe='')}")

    def _manage(self, method: str, path: str) -> None:
        httpx.request(
            method, f"{self.management_uri}/api/{path}", timeout=_MANAGEMENT_SECONDS, trust_env=False
        ).raise_for_status()

    def argv(self) -> list[str]:
        """The command that runs the node in the foreground. Raises MissingPackage."""
        return [str(rabbitmq_package.server_script())]

    def epmd_argv(self) -> list[str]:
        """The command that runs the node's port mapper in the foreground; it must be up before the node."""
        epmd = shutil.which("epmd") or "epmd"
        return [epmd, "-port", str(self.ports.epmd), "-address", LOOPBACK]

    def epmd_ready(self) -> bool:
        return answers(self.ports.epmd)

    def start(self) -> None:
        """Prepare, start epmd and node, wait until both AMQP and management answer. Raises StartFailed, NotReady."""
        self.prepare()
        self._spawn(self.epmd_argv())
        process.wait_ready(self._processes[-1], self.epmd_ready, seconds=10, what="epmd", log=self.log)
        self._spawn(self.argv())
        what = f"RabbitMQ :{self.ports.amqp}"
        process.wait_ready(self._processes[-1], self.ready, seconds=_READY_SECONDS, what=what, log=self.log)

    def _spawn(self, argv: list[str]) -> None:
        self._processes.append(process.spawn(argv, log=self.log, env=self.environment()))

    def ready(self) -> bool:
        """True if the management interface lets our user in and says that the AMQP listener is open."""
        return node_ready(self.management_uri, self.ports.amqp)

    def stop(self) -> None:
        """SIGTERM for the node, then for its epmd; durable queues and messages stay. Safe to repeat."""
        while self._processes:
            process.stop(self._processes.pop(), first=signal.SIGTERM, seconds=_STOP_SECONDS)

    def kill(self) -> None:
        """End node and epmd as a power cut would; `start` recovers what was durable."""
        while self._processes:
            process.kill_tree(self._processes.pop())

    def restart(self) -> None:
        """Stop and start; connections break, durable queues and messages stay."""
        self.stop()
        self.start()


def node_ready(management_uri: str, amqp_port: int | None = None) -> bool:
    """True if the management interface at `management_uri` answers its user (and `amqp_port` is listened on)."""
    check = f"health/checks/port-listener/{amqp_port}" if amqp_port else "overview"
    try:
        return httpx.get(f"{management_uri}/api/{check}", timeout=5, trust_env=False).is_success
    except httpx.TransportError:
        return False


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
