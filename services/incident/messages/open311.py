"""The command of an application that reports by Open311 (INC-21)."""

from dataclasses import dataclass

from services.chassis.messages import Command
from services.incident.messages.commands import GivenPoint


@dataclass(frozen=True, kw_only=True)
class GivenAttribute:
    """The values given to one question of the matter; several only where it takes several."""

    code: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Submit(Command):
    """Report for the application that calls. `name` to `account_id` are personal and sealed."""

    service_code: str
    description: str = ""
    point: GivenPoint | None = None
    grid_code: str | None = None
    address: str = ""
    attributes: tuple[GivenAttribute, ...] = ()
    name: str = ""
    phone: str = ""
    email: str = ""
    device_id: str = ""
    account_id: str = ""
    media_url: str = ""
