"""Rollout of a plan: what its phases and batches are to deliver, and what is done of it (REG-15).

Lights need no number of the county's: red is past the deadline, yellow is begun and not done, green is done or not yet
begun. A deliverable's deadline is its own, else the last day of its phase; a phase without a first day has begun when
the plan took effect.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.chassis.errors import Fault
from services.registry.errors import fault
from services.registry.errors.rollouts import MarkWithdrawn
from services.registry.model.boards import counted, past, wording
from services.registry.model.values import not_among, refuse_values

GREEN, YELLOW, RED = "green", "yellow", "red"
WORST_LAST = (GREEN, YELLOW, RED)
LIGHTS = {"waiting": GREEN, "done": GREEN, "under-way": YELLOW, "overdue": RED}
MOST_PROOFS = 9

Entry = Mapping[str, Any]


@dataclass
class Mark:
    """So much of a deliverable of a plan was done on a day."""

    id: str
    plan_id: str
    phase: str
    deliverable: str
    count: int
    day: date
    words: str
    proofs: tuple[str, ...]
    marked_by: str
    marked_at: datetime
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None
    reason: str = ""
    version: int = 1

    def withdraw(self, by: str, reason: str, at: datetime) -> None:
        """Take it back with a reason. Raises MarkWithdrawn, ValueRefused."""
        if self.withdrawn_at is not None:
            raise MarkWithdrawn(reason=self.reason)
        refuse_values(wording("reason", reason, needed=True))
        self.withdrawn_by, self.withdrawn_at, self.reason = by, at, reason.strip()
        self.version += 1


def find(phases: Sequence[Entry], phase: str, deliverable: str) -> Entry:
    """The plan's entry of a deliverable. Raises ValueRefused."""
    found = next((each for each in phases if each["id"] == phase), None)
    if found is None:
        refuse_values([not_among("phase", phase, [each["id"] for each in phases])])
    names = {each["name"]: each for each in (found or {}).get("deliverables", ())}
    if deliverable not in names:
        refuse_values([not_among("deliverable", deliverable, names)])
    entry: Entry = names[deliverable]
    return entry


def mark_faults(count: int, day: str, words: str, proofs: Sequence[str], today: date) -> Iterator[Fault]:
    """What is wrong with a mark."""
    yield from counted("count", count, least=1)
    yield from past("day", day, today)
    yield from wording("words", words)
    if len(proofs) > MOST_PROOFS:
        yield fault("proofs", "too-many", f"最多 {MOST_PROOFS} 个附件", f"at most {MOST_PROOFS} files")


def state_of(entry: Entry, phase: Entry, done: int, today: date) -> str:
    """waiting, under-way, done or overdue on that day."""
    deadline, first = deadline_of(entry, phase), phase.get("from")
    if done >= entry.get("expected", 1):
        return "done"
    if deadline is not None and deadline < today.isoformat():
        return "overdue"
    return "waiting" if first is not None and first > today.isoformat() and not done else "under-way"


def deadline_of(entry: Entry, phase: Entry) -> str | None:
    """The ISO day up to which it is to be done; None where the plan has none."""
    found = entry.get("deadline") or phase.get("to")
    return None if found is None else str(found)
