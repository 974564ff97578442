"""Commands about duty letters (REG-07)."""

from dataclasses import dataclass

from services.chassis.messages import Command


@dataclass(frozen=True, kw_only=True)
class DraftLetter(Command):
    """Between the grid `code` and the one above it; empty persons stand for the grids' leaders."""

    code: str
    lower_person_id: str
    upper_person_id: str
    starts: str
    ends: str
    tasks: tuple[str, ...]
    rewards: tuple[str, ...]
    penalties: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ChangeLetter(Command):
    letter_id: str
    starts: str
    ends: str
    tasks: tuple[str, ...]
    rewards: tuple[str, ...]
    penalties: tuple[str, ...]
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class SignLetter(Command):
    letter_id: str
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class EndLetter(Command):
    letter_id: str
    reason: str
    expected_version: int | None = None
