"""The commands about applications that use Open311 (INC-21)."""

from dataclasses import dataclass

from services.chassis.messages import Command
from services.registry.messages.commands import Secret


@dataclass(frozen=True, kw_only=True)
class RegisterApplication(Command):
    """`key` is made by the api and leaves only in its answer; what is stored is its hash."""

    name: str
    may: tuple[str, ...]
    per_minute: int
    key: Secret


@dataclass(frozen=True, kw_only=True)
class RevokeApplication(Command):
    application_id: str
