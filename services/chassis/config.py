"""Configuration from the environment (docs/conventions.md lists every variable)."""

from dataclasses import dataclass
from pathlib import Path

from environs import Env

from .clock import PRODUCTION


@dataclass(frozen=True)
class Config:
    """What one service needs to know. Paths may not exist yet; URIs carry passwords and are never logged."""

    service: str
    county: str
    timezone: str
    home: Path
    database_uri: str
    grpc_address: str
    token_public_keys: Path
    token_private_key: Path
    field_key: Path
    pool_size: int
    profile: str = PRODUCTION

    @property
    def source(self) -> str:
        """The CloudEvents source of this service's events."""
        return f"/wangge/{self.county}/{self.service}"


def read(service: str, environ: Env | None = None) -> Config:
    """Read the configuration of `service`. Raises environs.EnvError naming the variable that is missing or wrong."""
    env = environ or Env()
    upper = service.upper()
    with env.prefixed("WANGGE_"):
        home = env.path("HOME", Path(".wangge"))
        return Config(
            service=service,
            county=env.str("COUNTY", "371321"),
            timezone=env.str("TIMEZONE", "Asia/Shanghai"),
            home=home,
            database_uri=env.str(f"{upper}_DATABASE_URI"),
            grpc_address=env.str(f"{upper}_GRPC_ADDRESS", "127.0.0.1:0"),
            token_public_keys=env.path("TOKEN_PUBLIC_KEYS", home / "keys" / "public.json"),
            token_private_key=env.path("TOKEN_PRIVATE_KEY", home / "keys" / "private.json"),
            field_key=env.path("FIELD_KEY", home / "keys" / "field.key"),
            pool_size=env.int("POOL_SIZE", 5),
            profile=env.str("PROFILE", PRODUCTION),
        )
