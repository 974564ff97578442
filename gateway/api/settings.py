"""What the gateway is told by its environment (docs/conventions.md, "Configuration")."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from environs import Env

SERVICES = ("registry", "incident", "assessment", "liaison", "patrol")


@dataclass(frozen=True)
class Settings:
    """Where everything is. `amqp_uri` may be absent: then there is no live stream, and /readyz says so."""

    public_keys: Path
    blobs: Path
    addresses: Mapping[str, str]
    amqp_uri: str | None = None
    deadline_seconds: float = 5.0
    sign_ins_per_name: str = "10/5 minutes"
    sign_ins_per_address: str = "120/minute"
    county: str = "371321"
    timezone: str = "Asia/Shanghai"
    public_url: str = ""
    open311_per_address: str = "120/minute"
    open311_url: str = ""
    open311_type: str = "production"
    open311_contact: str = "县网格化服务中心 / the county's grid service centre"
    open311_key_service: str = "请向县网格化服务中心申请应用密钥 / ask the county's grid service centre for a key"
    exchanges: tuple[str, ...] = field(default=tuple(f"{service}.events" for service in SERVICES))

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the WANGGE_… variables. Raises environs' EnvError, which names what is missing."""
        env = Env()
        home = Path(env.str("WANGGE_HOME", ".wangge"))
        return cls(
            public_keys=Path(env.str("WANGGE_TOKEN_PUBLIC_KEYS", str(home / "keys" / "public.json"))),
            blobs=Path(env.str("WANGGE_BLOBS", str(home / "blobs"))),
            addresses={name: env.str(f"WANGGE_{name.upper()}_GRPC_ADDRESS") for name in SERVICES},
            amqp_uri=env.str("WANGGE_AMQP_URI", None),
            deadline_seconds=env.float("WANGGE_GATEWAY_DEADLINE_SECONDS", 5.0),
            sign_ins_per_name=env.str("WANGGE_GATEWAY_SIGN_INS_PER_NAME", "10/5 minutes"),
            sign_ins_per_address=env.str("WANGGE_GATEWAY_SIGN_INS_PER_ADDRESS", "120/minute"),
            county=env.str("WANGGE_COUNTY", cls.county),
            timezone=env.str("WANGGE_TIMEZONE", cls.timezone),
            public_url=env.str("WANGGE_PUBLIC_URL", cls.public_url),
            **_open311(env),
        )


def _open311(env: Env) -> dict[str, Any]:
    """How Open311 presents itself (docs/open311.md)."""
    names = ("per_address", "url", "type", "contact", "key_service")
    defaults = {f"open311_{name}": getattr(Settings, f"open311_{name}") for name in names}
    return {name: env.str(f"WANGGE_{name.upper()}", default) for name, default in defaults.items()}
