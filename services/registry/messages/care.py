"""Households, who of them is visited, and what others are told of it (REG-09, PAT-07)."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from services.chassis.messages import Command, Event


@dataclass(frozen=True, kw_only=True)
class RecordHousehold(Command):
    """A household of a grid, with no more about its people than the named purpose needs (PRV-01).

    Where anything personal is given, `purpose`, `legal_basis` and `needed_until` (ISO day) are given as well.
    """

    grid_code: str
    persons: int
    address: str = ""
    contact: str = ""
    phone: str = ""
    lon: float | None = None
    lat: float | None = None
    purpose: str = ""
    legal_basis: str = ""
    needed_until: str = ""


@dataclass(frozen=True, kw_only=True)
class ChangeHousehold(Command):
    """What is None stays as it is, "" is taken away."""

    household_id: str
    grid_code: str | None = None
    persons: int | None = None
    address: str | None = None
    contact: str | None = None
    phone: str | None = None
    lon: float | None = None
    lat: float | None = None
    purpose: str | None = None
    legal_basis: str | None = None
    needed_until: str | None = None
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class RetireHousehold(Command):
    """It is no more, or moved away: nothing about it is needed any longer."""

    household_id: str
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class LookAtHouseholds(Command):
    """The caller looks at households; recorded whether or not a purpose unmasks them (PRV-03)."""

    household_ids: tuple[str, ...]
    purpose: str


@dataclass(frozen=True, kw_only=True)
class ProposeCare(Command):
    """The household should be visited as the plan's `visit` says; `help` is what is due besides, in words."""

    household_id: str
    visit: str
    help: str


@dataclass(frozen=True, kw_only=True)
class CareCommand(Command):
    """A command about one entry of the list; `expected_version` is what its sender saw last, None for any."""

    entry_id: str
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class ConfirmCare(CareCommand):
    """It counts from now on; an entry that counts already is renewed. `help` None leaves the help as it is."""

    help: str | None = None


@dataclass(frozen=True, kw_only=True)
class DeclineCare(CareCommand):
    reason: str


@dataclass(frozen=True, kw_only=True)
class WithdrawCare(CareCommand):
    reason: str


@dataclass(frozen=True, kw_only=True)
class HouseholdChanged(Event):
    """A household was recorded, moved to another grid, or is no more; nothing about its people."""

    TYPE: ClassVar[str] = "registry.household-changed.v1"

    active: bool


@dataclass(frozen=True, kw_only=True)
class CareChanged(Event):
    """An entry of the list, the subject, counts until the day `expires`, or no longer does.

    `sealed` is for the platform's own services: JSON of the plan's `visit` and the `help` due, closed for
    "care.sealed:<subject>", since the visit's id tells why a household is on the list. None where it counts no more.
    """

    TYPE: ClassVar[str] = "registry.care-changed.v1"

    household_id: str
    active: bool
    expires: date | None
    sealed: str | None
