"""What the handlers need of the world, as Protocols; `repository` fulfils them with PostgreSQL, fakes with lists."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from services.chassis.auth import Principal
from services.incident import messages
from services.incident.model.calls import Call
from services.incident.model.case import Case, Place, Succession
from services.incident.model.intake import Duty, MatterCard
from services.incident.model.ladder import Ladder
from services.incident.model.likeness import Nearness
from services.incident.model.limits import LimitRules, Notice
from services.incident.model.missed import MissedRule, Walk
from services.incident.model.office_days import CalendarChange
from services.incident.model.precedent import Arbitration, Precedent
from services.incident.model.publication import Publication


class Cases(Protocol):
    def add(self, case: Case) -> None: ...

    def get(self, case_id: str) -> Case:
        """The case, locked for a change. Raises CaseNotFound where it does not exist or the caller may not see it."""
        ...

    def peek(self, case_id: str) -> Case:
        """The case as it is now, not locked; nothing that is done to it is kept. Raises CaseNotFound as `get`."""
        ...

    def main_of(self, case: Case) -> Case:
        """The case that a merged one follows, whoever may see it, else the case itself; locked for a change."""
        ...

    def family(self, case_ids: Sequence[str]) -> Mapping[str, Case]:
        """Those cases, what they follow and all that follows it, by id and locked for a change.

        Raises CaseNotFound for one of `case_ids` that does not exist or that the caller may not see.
        """
        ...

    def next_number(self) -> str:
        """The next readable case number: day in the county and a running number."""
        ...

    def has_earlier(self, matter_code: str, grid: str | None) -> bool:
        """Whether the same matter was reported in the same grid within the plan's days (INC-19)."""
        ...

    def has_own_report(self, matter_code: str, group: str | None, grid: str, since: datetime) -> bool:
        """Whether the grid's own people reported the matter, or one of `group`, in `grid` since then (INC-20)."""
        ...

    def warn(self, case: Case, notice: Notice) -> None:
        """Tell those whom the plan names (INC-08)."""
        ...

    def warn_call(self, case: Case, call: Call, notice: Notice) -> None:
        """Tell those whom the plan names about the clock of a call (INC-08, INC-09)."""
        ...


class Plan(Protocol):
    """The section of the active plan that this service keeps. Each method raises NoPlan where none is active."""

    @property
    def name(self) -> str: ...

    def card(self, matter_code: str) -> MatterCard:
        """Raises MatterUnknown."""
        ...

    def publication(self, matter_code: str) -> Publication:
        """What of the matter's cases the public may see. Raises MatterUnknown."""
        ...

    def rules(self, matter_code: str, way: str) -> LimitRules: ...

    def reopen_until(self, closed_at: datetime) -> datetime: ...

    def sampling_ratio(self) -> float: ...

    def arbitration(self) -> Arbitration: ...

    def ladder(self) -> Ladder: ...

    def rewards_first_report(self, card: MatterCard) -> bool: ...

    def nearness(self, matter_code: str, at: datetime) -> Nearness | None:
        """How near a report of `at` about a matter is to another; None where the plan does not say."""
        ...

    def missed_rule(self) -> MissedRule | None:
        """None where the plan knows no missed reports."""
        ...

    def whistlers(self) -> frozenset[str]:
        """The roles that may blow the whistle (INC-09); none where the plan has no whistle."""
        ...

    def callable_departments(self) -> tuple[str, ...]:
        """The departments that a whistle may call; none named means all."""
        ...

    def activate(self, plan: messages.PlanActivated) -> None: ...


class Walks(Protocol):
    def store(self, walk: messages.PatrolFinished) -> None: ...

    def called_fine(self, matter_code: str, grid: str, since: datetime) -> Walk | None:
        """The last patrol of the grid, if it was over after `since`, that called the matter fine (INC-20)."""
        ...


class Grids(Protocol):
    def locate(self, lon: float, lat: float) -> str | None:
        """The lowest area grid at the point, by the border rule of chassis.geography."""
        ...

    def exists(self, code: str) -> bool: ...

    def level(self, code: str | None) -> int | None: ...

    def above(self, code: str | None, level: int) -> str | None:
        """The active grid of `level` above the grid `code`."""
        ...

    def store(self, grid: messages.GridChanged) -> None: ...


class Successions(Protocol):
    """Which grids came in the place of which (REG-04)."""

    def store(self, succession: messages.GridSucceeded) -> None:
        """Keep it, and let no further report into the predecessors; waits for those that are being taken in."""
        ...

    def line(self, code: str, place: Place) -> tuple[str, Sequence[Succession]]:
        """The grid that has `code`'s work at `place` today, and the successions that lead there; itself and () else.

        Where one grid became several it is the one around the point, else the first named. Raises SuccessorUnknown
        where the registry has not told of it yet.
        """
        ...

    def waiting(self, code: str, most: int) -> tuple[Sequence[str], bool]:
        """At most `most` ids of cases that have to follow from `code` and nobody holds; whether there are more.

        Without those that were put aside.
        """
        ...


class Deadlines(Protocol):
    def set(self, subject: str, kind: str, due_at: datetime) -> None: ...

    def put_aside(self, subject: str, kind: str, now: datetime, error: Exception) -> None:
        """Try what failed with `error` again alone, with growing pauses, and show it meanwhile."""
        ...


class Departments(Protocol):
    def exists(self, department: str) -> bool: ...

    def name(self, department: str) -> str | None:
        """The name of an active department; None where there is no such department."""
        ...

    def level(self, department: str) -> str:
        """The registry's level: village, town, county, city; town where it is not known."""
        ...

    def store(self, department: messages.DepartmentChanged) -> None: ...


class Duties(Protocol):
    def of(self, key: str | None) -> Duty | None: ...

    def store(self, duty: messages.DutyChanged) -> None: ...


class Rosters(Protocol):
    """Who is on duty at which desk (REG-18)."""

    def store(self, shift: messages.DutyRosterChanged) -> None: ...


class Precedents(Protocol):
    """Rulings that route the next such case (INC-05)."""

    def of(self, matter_code: str, code: str) -> Precedent | None:
        """The narrowest one that holds for the matter at the division or grid `code`."""
        ...

    def holding(self, matter_code: str, area: str) -> Precedent | None:
        """The one that holds for just this matter and area, locked for a change."""
        ...

    def get(self, precedent_id: str) -> Precedent:
        """The precedent, locked for a change. Raises PrecedentNotFound."""
        ...

    def add(self, precedent: Precedent) -> None: ...


class Calendar(Protocol):
    """The county's working days, and the changes of them that are being carried out."""

    def store(self, told: messages.CalendarChanged) -> CalendarChange | None:
        """Keep what the registry tells; the change to carry out, None where it is old or turns no day."""
        ...

    def go_on(self, change: CalendarChange) -> None: ...

    def change(self, change_id: str) -> CalendarChange | None: ...

    def spanning(self, change: CalendarChange, most: int) -> Sequence[str]:
        """The next cases whose running limit spans a turned day."""
        ...

    def note_moved(
        self, change: CalendarChange, case_id: str, step: str, before: datetime, after: datetime
    ) -> None: ...

    def reach(self, change: CalendarChange, case_id: str, examined: int) -> None:
        """Note how far the change was carried out."""
        ...

    def finish(self, change: CalendarChange) -> None: ...

    def count_moved(self, change: CalendarChange, moved: int) -> None: ...


class Inbox(Protocol):
    def mark_read(self, message_id: str) -> None:
        """Raises MessageNotFound where the caller has no such message."""
        ...


@dataclass(frozen=True)
class Submission:
    """A report by Open311: its case, the application, the token where one was answered, the sealed contact."""

    case_id: str
    application_id: str
    token: str | None
    contact: Mapping[str, str]


class Submissions(Protocol):
    def add(self, submission: Submission) -> None: ...


class Sealed(Protocol):
    def open(self, sealed: str, bound_to: str) -> str:
        """The text that was closed for `bound_to`."""
        ...


class Work(Protocol):
    """The unit of work of one message."""

    caller: Principal
    now: datetime

    def apart(self, part: Callable[[], object]) -> Exception | None:
        """Do `part` so that what it fails with is returned and undoes nothing else."""
        ...

    @property
    def county(self) -> str: ...

    @property
    def seal(self) -> Sealed: ...

    @property
    def cases(self) -> Cases: ...

    @property
    def plan(self) -> Plan: ...

    @property
    def grids(self) -> Grids: ...

    @property
    def walks(self) -> Walks: ...

    @property
    def successions(self) -> Successions: ...

    @property
    def deadlines(self) -> Deadlines: ...

    @property
    def departments(self) -> Departments: ...

    @property
    def duties(self) -> Duties: ...

    @property
    def rosters(self) -> Rosters: ...

    @property
    def precedents(self) -> Precedents: ...

    @property
    def calendar(self) -> Calendar: ...

    @property
    def inbox(self) -> Inbox: ...

    @property
    def submissions(self) -> Submissions: ...


Answer = Mapping[str, Any]
