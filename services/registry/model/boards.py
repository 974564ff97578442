"""What a grid shows to everybody, cards handed out, and how large grids are (REG-05, REG-11)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.chassis.errors import Fault
from services.chassis.ids import is_id
from services.registry.errors import fault
from services.registry.errors.boards import CardsWithdrawn
from services.registry.messages.boards import SizeRow
from services.registry.model.values import bad_day, check_version, few, is_day, not_among, refuse_values, repeated

COMPLAINTS = "complaint-telephone"
"""The plan's parameter with the telephone for complaints."""

MOST_ROWS = 1_000
MOST_COUNTED = 10_000_000
MOST_WORDS = 500


@dataclass
class Badge:
    """One person's photo, and whether the person lets it be shown in public."""

    person_id: str
    photo: str | None = None
    consent: bool = False
    decided_at: datetime | None = None
    version: int = 0

    def decide(self, photo: str, consent: bool, expected: int | None, at: datetime) -> None:
        """Take the person's own word. Raises StaleVersion, ValueRefused."""
        check_version(expected, self.version)
        if photo and not is_id(photo):
            zh, en = "应为已上传照片的编号,或留空", "must be the id of an uploaded photo, or empty"
            refuse_values([fault("photo", "not-an-upload", zh, en)])
        self.photo, self.consent, self.decided_at = photo or None, consent, at
        self.version += 1


@dataclass
class Delivery:
    """So many households of a grid received the contact card on a day."""

    id: str
    grid_code: str
    day: date
    households: int
    words: str
    recorded_by: str
    recorded_at: datetime
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None
    reason: str = ""
    version: int = 1

    def withdraw(self, by: str, reason: str, at: datetime) -> None:
        """Take it back with a reason. Raises CardsWithdrawn, ValueRefused."""
        if self.withdrawn_at is not None:
            raise CardsWithdrawn(reason=self.reason)
        refuse_values(wording("reason", reason, needed=True))
        self.withdrawn_by, self.withdrawn_at, self.reason = by, at, reason.strip()
        self.version += 1


@dataclass(frozen=True)
class Size:
    """How large a grid was on a day."""

    grid_code: str
    day: date
    households: int
    persons: int
    enterprises: int | None
    source: str


def delivery_faults(day: str, households: int, words: str, today: date) -> Iterator[Fault]:
    """What is wrong with a record of cards."""
    yield from past("day", day, today)
    yield from counted("households", households, least=1)
    yield from wording("words", words)


def size_faults(rows: Sequence[SizeRow], grids: Collection[str], today: date) -> Iterator[Fault]:
    """What is wrong with rows of sizes; `grids` are the codes for which the caller may enter them."""
    yield from few(rows, MOST_ROWS)
    yield from repeated((f"rows[{number}].grid_code", f"{row.grid_code} {row.day}") for number, row in enumerate(rows))
    for number, row in enumerate(rows):
        path = f"rows[{number}]"
        if row.grid_code not in grids:
            yield not_among(f"{path}.grid_code", row.grid_code, grids)
        yield from past(f"{path}.day", row.day, today)
        yield from counted(f"{path}.households", row.households)
        yield from counted(f"{path}.persons", row.persons)
        yield from counted(f"{path}.enterprises", row.enterprises or 0)
        yield from wording(f"{path}.source", row.source, needed=True)


def past(path: str, day: str, today: date) -> Iterator[Fault]:
    """A fault unless `day` is a day up to today."""
    if not is_day(day):
        yield bad_day(path, day)
    elif date.fromisoformat(day) > today:
        zh, en = f"{day} 尚未到来;应为今天 {today} 或以前", f"{day} is to come; give {today} or earlier"
        yield fault(path, "in-the-future", zh, en)


def counted(path: str, number: int, least: int = 0) -> Iterator[Fault]:
    """A fault unless `number` can be a count."""
    if not least <= number <= MOST_COUNTED:
        zh, en = f"应为 {least} 至 {MOST_COUNTED} 的整数", f"must be a whole number from {least} to {MOST_COUNTED}"
        yield fault(path, "out-of-range", zh, en)


def wording(path: str, words: str, needed: bool = False) -> Iterator[Fault]:
    """A fault where `words` are too long, or missing where they are `needed`."""
    if needed and not words.strip():
        yield fault(path, "required", "必填", "is required")
    if len(words) > MOST_WORDS:
        yield fault(path, "too-long", f"最多 {MOST_WORDS} 字", f"at most {MOST_WORDS} characters")
