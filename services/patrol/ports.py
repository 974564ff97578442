"""What the handlers need, as protocols."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from services.chassis.auth import Principal
from services.patrol import messages
from services.patrol.model.decision import Decision
from services.patrol.model.diary import Deed, Words
from services.patrol.model.inspection_rules import InspectionRule
from services.patrol.model.inspections import Inspection, Target
from services.patrol.model.meeting import Meeting, Suggested
from services.patrol.model.meeting_plan import MeetingRule
from services.patrol.model.plan import Office, Patrol, Plan
from services.patrol.model.points import Point
from services.patrol.model.questions import Question
from services.patrol.model.recurrence import Window, Workdays
from services.patrol.model.report import Return
from services.patrol.model.return_plan import ReturnRule
from services.patrol.model.task import Task
from services.patrol.model.visits import Visit


class Tasks(Protocol):
    def get(self, task_id: str) -> Task:
        """A task that the caller may see, locked. Raises TaskNotFound."""
        ...

    def of_entries(self, task_ids: Collection[str]) -> Mapping[str, Task]:
        """Those of the tasks that the caller may enter findings in, locked in the order of their ids."""
        ...

    def called_fine(self, patrol: str, task: Task, item: str, grid: str) -> Task | None:
        """The latest task of `patrol` where `task` is or in `grid`, not after its day, that called the item fine."""
        ...

    def instead_of(self, task: Task) -> Task | None:
        """The task of the same person that asks for what `task` did, which was withdrawn with its grid; locked."""
        ...


class Plans(Protocol):
    def activate(self, plan: messages.PlanActivated) -> None: ...

    def patrol(self, plan: str, patrol: str) -> Patrol:
        """The patrol as the plan said when its task was made. Raises NoPlan."""
        ...

    def knows(self, plan: str, matter_code: str) -> bool:
        """Whether the plan has the matter."""
        ...

    def in_force(self, day: date) -> Plan | None:
        """The plan that holds on the day, None while there is none."""
        ...

    def inspection(self, plan: str, rule: str) -> InspectionRule:
        """The inspection as the plan said when it was begun. Raises NoPlan."""
        ...

    def meeting(self, plan: str, meeting: str) -> MeetingRule:
        """The meeting as the plan said when it was made. Raises NoPlan."""
        ...

    def return_(self, plan: str, form: str) -> ReturnRule:
        """The return as the plan said when it was asked for. Raises NoPlan."""
        ...

    def has_department(self, plan: str, department: str) -> bool:
        """Whether the plan has the department."""

    def questions(self, plan: str, matter_code: str) -> Sequence[Question]:
        """What the plan asks about the matter."""
        ...

    def last_day(self, window: Window, first: date) -> date:
        """The last day of a window of the plan that opens on `first`, by the county's working days."""
        ...


class Grids(Protocol):
    def store(self, grid: messages.GridChanged) -> None: ...

    def lies_in(self, grid: str, area: str) -> bool:
        """Whether `grid` is active, and is the grid or lies in the grid or county `area`."""

    def below_at(self, grid: str, lon: float, lat: float) -> str | None:
        """The lowest grid under `grid` that holds the point; None where none does."""
        ...


class Successions(Protocol):
    def store(self, succession: messages.GridSucceeded) -> None: ...

    def heirs(self, code: str) -> Sequence[str]:
        """The grids of today that came in the place of one, which is there itself where none did."""
        ...

    def follow(self, code: str, today: date) -> bool:
        """Move the tasks of a grid that are not over to its successors; False while one of these is not known yet."""
        ...


class Posts(Protocol):
    def store(self, post: messages.PostChanged) -> None: ...

    def holds(self, person_id: str, office: Office, grid: str, day: date) -> bool:
        """Whether the person has the post on the day in the grid, or in one above it that is of the post's levels."""
        ...

    def leads_above(self, person_id: str, grid: str, day: date) -> bool:
        """Whether the person leads a grid above this one on the day."""
        ...

    def serves(self, person_id: str, day: date) -> bool:
        """Whether the person has any post on the day."""
        ...

    def of_offices(self, offices: Sequence[Office], grid: str, day: date) -> Collection[str]:
        """Who holds one of the offices on the day, in the grid or below it."""
        ...


class Places(Protocol):
    def store(self, place: messages.PlaceChanged) -> None: ...

    def get(self, place_id: str) -> messages.PlaceChanged | None:
        """What was last heard of the place; None where nothing was."""
        ...


class Points(Protocol):
    """The points of joint inspections (PAT-06)."""

    def of(self, task: Task) -> Mapping[str, Point]:
        """Those that are there now in the task's grid, by their ids."""
        ...

    def settle(self, task: Task, points: Mapping[str, Point]) -> None:
        """Keep which points the task had when it was over."""
        ...


class Calendar(Protocol):
    def store(self, calendar: messages.CalendarChanged) -> None: ...

    def workdays(self) -> Workdays:
        """Which days are worked."""
        ...


class Inspections(Protocol):
    """Inspections by a superior; locked when loaded (PAT-13)."""

    def population(self, of: str, grid: str, since: date, until: date) -> Mapping[str, Target]:
        """What lies in `grid`, by ids: grids, places, key-places, or tasks finished from `since` to `until`."""
        ...

    def add(self, made: Inspection) -> None: ...

    def get(self, inspection_id: str) -> Inspection:
        """One that the caller may see. Raises InspectionNotFound."""
        ...

    def of_correction(self, correction_id: str) -> Inspection:
        """The inspection of a correction that the caller may see. Raises CorrectionNotFound."""
        ...


class Generation(Protocol):
    def needed(self) -> None:
        """What tasks follow from has changed: generate again soon."""
        ...

    def run(self, kind: str, today: date) -> None:
        """Make the tasks of the days that are not made yet, up to tomorrow, and set the deadline of the next day."""
        ...


class Diary(Protocol):
    def note(self, deed: Deed) -> None:
        """Keep what somebody did in their diary."""
        ...

    def words(self, person_id: str, day: date) -> Words:
        """What the person wrote about the day."""
        ...

    def write(self, person_id: str, day: date, words: Words) -> None: ...

    def add_note(self, person_id: str, day: date, words: str) -> None: ...


class Meetings(Protocol):
    def get(self, meeting_id: str) -> Meeting:
        """A meeting that the caller may see, locked. Raises MeetingNotFound."""
        ...

    def held(self, meeting_id: str) -> tuple[str, str, str]:
        """The meeting's plan, the plan's id of it, and its grid."""
        ...


class MeetingDays(Protocol):
    def needed(self) -> None:
        """What meetings follow from has changed: make them again soon."""
        ...

    def run(self, kind: str, today: date) -> None:
        """Make the meetings of the next days, and let successors take over."""
        ...

    def fill(self, meeting: Meeting) -> None:
        """Put on its agenda what belongs there by itself."""
        ...

    def fill_around(self, grid: str) -> None:
        """The same for the coming meetings of `grid` and of what it lies in."""
        ...


class Decisions(Protocol):
    def get(self, decision_id: str) -> Decision:
        """A decision that the caller may see, locked. Raises DecisionNotFound."""
        ...

    def of_case(self, case_id: str) -> Sequence[Decision]:
        """The decisions that a case carries out, locked."""
        ...

    def add(self, decision: Decision) -> None: ...


class Cases(Protocol):
    def hear(self, told: messages.CaseChanged) -> bool:
        """Keep what was told of a case; say whether agendas have to follow."""
        ...

    def settle(self, case_id: str) -> str | None:
        """A meeting decided about it: it comes on no agenda until something new happens. Where the case lies."""
        ...

    def is_open(self, case_id: str, grid: str) -> Suggested | None:
        """The case as an item of a meeting in `grid`, if it is not over and lies there."""
        ...


class Returns(Protocol):
    def get(self, return_id: str) -> Return:
        """A return that the caller may see, locked. Raises ReturnNotFound."""
        ...

    def known(self, found: Return, rule: ReturnRule) -> Mapping[str, str]:
        """The fields of its form that the platform counts, with their numbers."""
        ...


class ReturnDays(Protocol):
    def needed(self) -> None:
        """What returns follow from has changed: ask for them again soon."""
        ...

    def run(self, today: date) -> None:
        """Ask for what is due, and let successors take over what is owed."""
        ...


class Officers(Protocol):
    def store(self, told: messages.OfficerChanged) -> None: ...

    def unknown(self, people: Collection[str], day: date) -> Sequence[str]:
        """Those of `people` who are not in office on `day`."""
        ...


class Deadlines(Protocol):
    def set(self, subject: str, kind: str, due_at: datetime) -> None: ...


class Care(Protocol):
    def store(self, told: messages.CareChanged) -> None: ...


class Visits(Protocol):
    def get(self, visit_id: str) -> Visit:
        """A visit that the caller may see, locked. Raises VisitNotFound."""
        ...

    def of_entries(self, visit_ids: Collection[str]) -> Mapping[str, Visit]:
        """Those of the visits that the caller may make, locked in the order of their ids."""
        ...

    def needed(self) -> None:
        """What visits follow from has changed: make them again soon."""
        ...

    def run(self, today: date) -> None:
        """Make the visits of today and tomorrow, and set the deadline of the next day."""
        ...


class Sealing(Protocol):
    def close(self, text: str, bound_to: str) -> str: ...


class Work(Protocol):
    """The unit of work of one message."""

    now: datetime
    zone: ZoneInfo
    caller: Principal

    @property
    def tasks(self) -> Tasks: ...

    @property
    def plans(self) -> Plans: ...

    @property
    def grids(self) -> Grids: ...

    @property
    def successions(self) -> Successions: ...

    @property
    def deadlines(self) -> Deadlines: ...

    @property
    def posts(self) -> Posts: ...

    @property
    def places(self) -> Places: ...

    @property
    def points(self) -> Points: ...

    @property
    def inspections(self) -> Inspections: ...

    @property
    def calendar(self) -> Calendar: ...

    @property
    def generation(self) -> Generation: ...

    @property
    def diary(self) -> Diary: ...

    @property
    def meetings(self) -> Meetings: ...

    @property
    def meeting_days(self) -> MeetingDays: ...

    @property
    def decisions(self) -> Decisions: ...

    @property
    def cases(self) -> Cases: ...

    @property
    def returns(self) -> Returns: ...

    @property
    def return_days(self) -> ReturnDays: ...

    @property
    def officers(self) -> Officers: ...

    @property
    def care(self) -> Care: ...

    @property
    def visits(self) -> Visits: ...

    @property
    def seal(self) -> Sealing: ...
