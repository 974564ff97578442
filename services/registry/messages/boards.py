"""Commands about notice boards, contact cards and sizes of grids (REG-05, REG-11)."""

from dataclasses import dataclass

from services.chassis.messages import Command


@dataclass(frozen=True, kw_only=True)
class SetBadge(Command):
    """The caller's own photo, an upload's id or empty, and whether it may be shown in public."""

    photo: str
    consent: bool
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class RecordCards(Command):
    """So many households of the grid `code` received the contact card on `day`."""

    code: str
    day: str
    households: int
    words: str


@dataclass(frozen=True, kw_only=True)
class WithdrawCards(Command):
    delivery_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class SizeRow:
    """How large a grid was on a day, and who says so."""

    grid_code: str
    day: str
    households: int
    persons: int
    enterprises: int | None
    source: str


@dataclass(frozen=True, kw_only=True)
class EnterSizes(Command):
    rows: tuple[SizeRow, ...]
