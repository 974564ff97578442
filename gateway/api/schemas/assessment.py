"""Requests about scores (ASM)."""

from typing import Any

from gateway.api.declare import Paged
from gateway.api.fields import Day, Name, Pattern, Prefix, Request, Text

SUBJECT_KINDS = ("member", "grid", "department")


def Period(**options: Any) -> Pattern:
    """A day, month, quarter or year: 2026-11-22, 2026-11, 2026-Q4, 2026."""
    return Pattern(
        r"[0-9]{4}(?:-Q[1-4]|-[0-9]{2}(?:-[0-9]{2})?)?",
        "应为 2026-11-22、2026-11、2026-Q4 或 2026",
        "must be 2026-11-22, 2026-11, 2026-Q4 or 2026",
        **options,
    )


class ScoresQuery(Paged):
    subject_kind = Text(choices=SUBJECT_KINDS, required=True)
    period = Period()
    area = Prefix()


class ScoreQuery(Request):
    period = Period()


class FactsQuery(Paged):
    period = Period()
    counter = Name()


class DailyQuery(Paged):
    date = Day()
    area = Prefix()


class Recompute(Request):
    period = Period(required=True)
