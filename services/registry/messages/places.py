"""Commands about places (REG-10), field by field those of wangge.registry.v1.Places."""

from dataclasses import dataclass

from services.chassis.messages import Command


@dataclass(frozen=True, kw_only=True)
class PlaceValues:
    """What is known of a place. An empty `grid_code` is that of the area grid in which the point lies (WGS 84).

    A responsible person who is None stays as he or she is; empty words take the person out.
    """

    kind: str
    name: str
    grid_code: str
    lon: float
    lat: float
    address: str
    pollution_source: bool
    responsible_name: str | None
    responsible_phone: str | None


@dataclass(frozen=True, kw_only=True)
class EnterPlace(PlaceValues, Command):
    """A place that is not known yet."""


@dataclass(frozen=True, kw_only=True)
class PlaceCommand(Command):
    """A command about one place; `expected_version` is what its sender saw last (If-Match), None for any."""

    place_id: str
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class ChangePlace(PlaceValues, PlaceCommand):
    """All that is known of a place, anew."""


@dataclass(frozen=True, kw_only=True)
class AssessPlace(PlaceCommand):
    """A safety assessment of the day `assessed_on` (ISO)."""

    assessed_on: str
    grade: str
    key: bool
    words: str


@dataclass(frozen=True, kw_only=True)
class PlaceFacts:
    """The facts of P14: how business goes, how many work there, how many party members, which organisation they have.

    Numbers alone: nobody's membership is held here.
    """

    operating: str
    employees: int | None
    party_members: int | None
    organisation: str


@dataclass(frozen=True, kw_only=True)
class StatePlaceFacts(PlaceCommand):
    stated_on: str
    facts: PlaceFacts


@dataclass(frozen=True, kw_only=True)
class RetirePlace(PlaceCommand):
    reason: str


@dataclass(frozen=True, kw_only=True)
class LookAtPlace(Command):
    """Record that somebody looks; `purpose` opens the responsible person's name and telephone (PRV-02, PRV-03)."""

    place_id: str
    purpose: str
