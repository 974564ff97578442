"""The approval by which a duty joins the grid's list (REG-17)."""

from dataclasses import dataclass

from services.chassis.messages import Command


@dataclass(frozen=True, kw_only=True)
class ApproveDuty(Command):
    """`body` (党委、政府) approved the grid's part of the duty by its `document` of `day`; `files` are uploads."""

    duty: str
    document: str
    day: str
    body: str
    files: tuple[str, ...]
    expected_version: int | None = None
