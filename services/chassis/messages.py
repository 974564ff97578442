"""Commands and events: frozen dataclasses that say what is wanted and what has happened."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class Command:
    """Something that somebody wants, named in the imperative. It may be refused."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact, named in the past tense. It leaves in the transaction that made it true.

    `subject` is the aggregate's id and `sequence` counts that aggregate's events from 1. `grid` (a division or grid
    code) and `department` choose who receives it; `concerned` names further departments, which receive a copy.
    Events carry no personal data: ids, codes and what routing needs (design, "Data that crosses").
    """

    TYPE: ClassVar[str]

    subject: str
    at: datetime
    sequence: int = 0
    grid: str | None = None
    department: str | None = None
    concerned: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DeadlinePassed(Command):
    """The deadline of `kind` set for `subject` passed at `due_at`."""

    subject: str
    kind: str
    due_at: datetime


class Aggregate:
    """A thing that changes as a whole; it keeps the events that it made until the unit of work collects them."""

    def __init__(self, sequence: int = 0) -> None:
        self.sequence = sequence
        self._events: list[Event] = []

    def record(self, event: Event) -> None:
        """Note `event` as the next one of this aggregate."""
        self.sequence += 1
        self._events.append(replace(event, sequence=self.sequence))

    def collect(self) -> Sequence[Event]:
        """Hand over the events made since the last call, oldest first."""
        events, self._events = self._events, []
        return events
