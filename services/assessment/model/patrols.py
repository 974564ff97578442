"""What an event about a patrol moves: coverage, and what a check found that the patrols before it had called fine.

Facts about tasks are weighed as those about cases are; a task is a case and a problem of its own. What nobody had to
do is in neither numerator nor denominator: an excused task is not due (PAT-02, PAT-05, ASM-03).
"""

from collections.abc import Callable, Iterator, Mapping
from zoneinfo import ZoneInfo

from services.assessment.messages import CaseHappened, TaskHappened
from services.assessment.model.facts import COUNTY_DIGITS, GRID, MEMBER, REPORTERS, Fact, Move
from services.assessment.model.facts import facts_of as facts_of_case

DONE = "patrol"
"""The question whether the task was done; the last event that answers it counts."""


def _finished(event: TaskHappened) -> Iterator[Move]:
    yield from _standing(due=1, done=1, on_time=int(not event.late))


def _undone(_: TaskHappened) -> Iterator[Move]:
    """A task counts as due when it was done or its last day is over, so that nobody is behind in the morning."""
    yield from _standing(due=1, done=0, on_time=0)


def _excused(_: TaskHappened) -> Iterator[Move]:
    yield from _standing(due=0, done=0, on_time=0)


def _standing(due: int, done: int, on_time: int) -> Iterator[Move]:
    yield Move(DONE, "patrols_due", due, REPORTERS)
    yield Move(DONE, "patrols_done", done, REPORTERS)
    yield Move(DONE, "patrols_on_time", on_time, REPORTERS)


def _missed(event: TaskHappened) -> Iterator[Move]:
    """The event is the check's, the subjects are those who had called it fine; one item of a check is missed once."""
    yield Move(f"missed-{event.item}", "overlooked", 1, REPORTERS)


RULES: Mapping[str, Callable[[TaskHappened], Iterator[Move]]] = {
    "patrol.finished.v1": _finished,
    "patrol.sent-back.v1": _undone,
    "patrol.overdue.v1": _undone,
    "patrol.excused.v1": _excused,
    "patrol.missed.v1": _missed,
}
"""The events about patrols that move anything."""


def facts_of(happened: CaseHappened | TaskHappened, zone: ZoneInfo) -> list[Fact]:
    """The facts that an event is, whatever it is about, with days in the county's `zone`."""
    if isinstance(happened, CaseHappened):
        return facts_of_case(happened, zone)
    subjects = _subjects(happened)
    moves = RULES[happened.type](happened)
    return [
        _fact(happened, move, kind, subjects[kind], zone) for move in moves for kind in move.kinds if kind in subjects
    ]


def _subjects(event: TaskHappened) -> dict[str, str]:
    """A task that nobody holds is its grid's alone."""
    grid = event.grid if event.grid and len(event.grid) > COUNTY_DIGITS else None
    return {kind: subject for kind, subject in ((MEMBER, event.person_id), (GRID, grid)) if subject}


def _fact(event: TaskHappened, move: Move, kind: str, subject: str, zone: ZoneInfo) -> Fact:
    return Fact(
        event_id=event.event_id,
        counter=move.counter,
        subject_kind=kind,
        subject_id=subject,
        event_type=event.type,
        case_id=event.task_id,
        case_number=f"{event.title} {event.day.isoformat()}",
        sequence=event.sequence,
        question=move.question,
        amount=move.amount,
        at=event.at,
        day=event.at.astimezone(zone).date(),
        area=event.grid or "",
        problem=f"task|{event.task_id}",
    )
