"""What the assessment service learns from others: facts about cases, and the copies that it keeps.

It has no commands and no events of its own: scores follow from events alone (ASM-02).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class CaseHappened:
    """One event about a case, as far as assessment counts it.

    `sequence` counts the case's events from 1, so that the order of arrival never matters. Details that an event does
    not tell keep their defaults; `by_reporter` says that whoever acted is the person who reported.
    `called` is the department that an event about a call by whistle is about, `call` the number of its call.
    """

    event_id: str
    type: str
    case_id: str
    sequence: int
    at: datetime
    grid: str | None
    department: str | None
    number: str
    matter_code: str
    way: str
    reporter_id: str | None
    channel: str = ""
    first_report: bool = False
    round: int | None = None
    on_time: bool = False
    by_reporter: bool = False
    extended: bool = False
    contacted: bool = False
    solved: bool = False
    satisfaction: str = ""
    step: str = ""
    due_at: datetime | None = None
    climbed: int = 0
    keeps_first: bool = False
    counts: bool = False
    called: str | None = None
    call: int | None = None
    new_lead: bool = False


@dataclass(frozen=True, kw_only=True)
class TaskHappened:
    """One event about a patrol task of one day, as far as assessment counts it.

    `person_id` and `grid` are whom it is about: of a check that found what a patrol had called fine, the patrol's.
    """

    event_id: str
    type: str
    task_id: str
    sequence: int
    at: datetime
    grid: str | None
    person_id: str | None
    title: str
    day: date
    late: bool = False
    item: str = ""


@dataclass(frozen=True, kw_only=True)
class GridChanged:
    """A grid has this name from now on."""

    code: str
    sequence: int
    name: str
    active: bool


@dataclass(frozen=True, kw_only=True)
class DepartmentChanged:
    """A department has this name from now on."""

    id: str
    sequence: int
    name: str
    active: bool


@dataclass(frozen=True, kw_only=True)
class PlanActivated:
    """A version of a plan was activated at `at`; `document` is the whole expanded plan."""

    plan_id: str
    version: int
    at: datetime
    document: Mapping[str, Any]
