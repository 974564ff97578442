"""Where one platform on this machine lies and on which ports: everything follows from `WANGGE_HOME` and `WANGGE_PORT`.

`Settings.from_environment()` reads the two (and county, zone, an external broker); `environment()` gives back every
variable of docs/conventions.md, "Configuration", for the platform's processes. Two platforms with different homes and
with ports at least 30 apart run beside each other.
"""

import json
import os
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from environs import Env

from infra.local.ports import LOOPBACK
from infra.local.rabbitmq import RabbitmqPorts
from infra.local.secrets import Secrets, write_private
from services.chassis.clock import DEMO, DEMO_CLOCK, PRODUCTION

SERVICES = ("registry", "incident", "assessment", "liaison", "patrol")
# Every service keeps its port when another one is added: new names go to the end.
_GRPC_ORDER = (*SERVICES, "enforcement", "convenience", "party", "environment", "training")
PORTS_PER_PLATFORM = 30
BROKER_USER = "platform"
_OFFSETS = {"gateway": 0, "postgres": 1, "amqp": 2, "management": 3, "epmd": 4, "dist": 5, "traces": 6, "health": 7}
_BROKER_PORTS = ("amqp", "management", "epmd", "dist")
_FIRST_GRPC = 10


@dataclass(frozen=True)
class ExternalBroker:
    """A broker that somebody else runs: AMQP address and, for `wangge status`, its management interface."""

    amqp_uri: str
    management_uri: str | None


@dataclass(frozen=True)
class Settings:
    """One platform. `home` is absolute; `port` is the gateway's and the first of thirty."""

    home: Path
    port: int
    county: str
    timezone: str
    external_broker: ExternalBroker | None

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read WANGGE_HOME, _PORT, _COUNTY, _TIMEZONE, _AMQP_URI. Raises environs.EnvError naming what is wrong."""
        env = Env()
        with env.prefixed("WANGGE_"):
            settings = cls(
                home=Path(env.str("HOME", ".wangge")).absolute(),
                port=env.int("PORT", 8400),
                county=env.str("COUNTY", "371321"),
                timezone=env.str("TIMEZONE", "Asia/Shanghai"),
                external_broker=None,
            )
            return settings._with_broker(env.str("AMQP_URI", ""), env.str("AMQP_MANAGEMENT_URI", ""))

    def _with_broker(self, amqp_uri: str, management_uri: str) -> "Settings":
        """The same platform with an external broker, unless the address is that of our own node."""
        if not amqp_uri or amqp_uri.rpartition("@")[2].startswith(f"{LOOPBACK}:{self.port_of('amqp')}/"):
            return self
        external = ExternalBroker(amqp_uri, management_uri or None)
        return replace(self, external_broker=external)

    def port_of(self, name: str) -> int:
        """The port of `gateway`, `postgres`, `amqp`, `management`, `epmd`, `dist`, `traces` or `health`."""
        return self.port + _OFFSETS[name]

    def grpc_port(self, service: str) -> int:
        """The port on which the api of `service` listens."""
        return self.port + _FIRST_GRPC + _GRPC_ORDER.index(service)

    @property
    def own_ports(self) -> tuple[int, ...]:
        """Every port that this platform's processes will listen on."""
        names = [name for name in _OFFSETS if self.external_broker is None or name not in _BROKER_PORTS]
        return (*map(self.port_of, names), *map(self.grpc_port, SERVICES))

    @property
    def rabbitmq_ports(self) -> RabbitmqPorts:
        return RabbitmqPorts.block(self.port_of("amqp"))

    @property
    def gateway_url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def api_health_address(self) -> str:
        return f"{LOOPBACK}:{self.port_of('health')}"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def run(self) -> Path:
        return self.home / "run"

    @property
    def keys(self) -> Path:
        return self.home / "keys"

    @cached_property
    def secrets(self) -> Secrets:
        return Secrets(self.home / "secrets.json")

    @property
    def instance(self) -> str:
        """A short name of this data folder, the same for its whole life and different for a new one."""
        return self.secrets.of("instance")[:12]

    def exists(self) -> bool:
        """True if this platform was prepared here before."""
        return (self.home / "secrets.json").exists()

    @property
    def demo_clock(self) -> Path:
        """The file that makes this home a demo's and says how far its clock is ahead."""
        return self.home / DEMO_CLOCK

    @property
    def profile(self) -> str:
        """`demo` for a home that `wangge demo` made, `production` for every other."""
        return DEMO if self.demo_clock.exists() else PRODUCTION

    def prepare_demo(self) -> None:
        """Prepare a home that is not there yet as a demo's; one that exists stays what it is."""
        fresh = not self.exists()
        self.prepare()
        if fresh:
            write_private(self.demo_clock, json.dumps({"ahead_seconds": 0}))

    def prepare(self) -> None:
        """Create the folders, secrets and keys that are missing. Repeatable; what exists stays as it is."""
        from infra.local.keys import ensure_field_key, ensure_token_keys

        if not self.home.exists():
            self.home.mkdir(parents=True)
            self.home.chmod(0o711)  # PostgreSQL's own user passes through; the folders inside are closed
        for folder in (self.logs, self.run, self.keys, self.home / "blobs"):
            folder.mkdir(mode=0o700, exist_ok=True)
        ensure_token_keys(self.keys / "private.json", self.keys / "public.json")
        ensure_field_key(self.keys / "field.key")
        self.environment()  # makes the passwords

    def environment(self) -> dict[str, str]:
        """The variables of docs/conventions.md for the platform's processes; they carry passwords."""
        return {
            "WANGGE_HOME": str(self.home),
            "WANGGE_PORT": str(self.port),
            "WANGGE_PROFILE": self.profile,
            "WANGGE_COUNTY": self.county,
            "WANGGE_TIMEZONE": self.timezone,
            "WANGGE_TOKEN_PUBLIC_KEYS": str(self.keys / "public.json"),
            "WANGGE_TOKEN_PRIVATE_KEY": str(self.keys / "private.json"),
            "WANGGE_FIELD_KEY": str(self.keys / "field.key"),
            "WANGGE_BLOBS": str(self.home / "blobs"),
            "WANGGE_OTLP_ENDPOINT": f"http://{LOOPBACK}:{self.port_of('traces')}/v1/traces",
            "WANGGE_API_HEALTH_ADDRESS": self.api_health_address,
            **self._broker_environment(),
            **self._service_environment(),
        }

    def _broker_environment(self) -> dict[str, str]:
        broker = self.external_broker or self._own_broker()
        management = {"WANGGE_AMQP_MANAGEMENT_URI": broker.management_uri} if broker.management_uri else {}
        return {"WANGGE_AMQP_URI": broker.amqp_uri, **management}

    def _own_broker(self) -> ExternalBroker:
        login = f"{BROKER_USER}:{self.secrets.of('broker')}@{LOOPBACK}"
        return ExternalBroker(
            f"amqp://{login}:{self.port_of('amqp')}/%2F", f"http://{login}:{self.port_of('management')}"
        )

    def _service_environment(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for service in SERVICES:
            login = f"{service}:{self.database_password(service)}"
            found[f"WANGGE_{service.upper()}_DATABASE_URI"] = (
                f"postgresql+psycopg2://{login}@{LOOPBACK}:{self.port_of('postgres')}/{service}"
            )
            found[f"WANGGE_{service.upper()}_GRPC_ADDRESS"] = f"{LOOPBACK}:{self.grpc_port(service)}"
        return found

    def database_password(self, service: str) -> str:
        """The generated password of the role `service`."""
        return self.secrets.of(f"database/{service}")


def use_local_platform() -> None:
    """Fill in what the environment does not say from the platform in WANGGE_HOME, if one was prepared there."""
    settings = Settings.from_environment()
    if settings.exists():
        for name, value in settings.environment().items():
            os.environ.setdefault(name, value)
