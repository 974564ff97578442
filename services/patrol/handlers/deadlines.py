"""What is due: each subject of deadlines has one function."""

from collections.abc import Callable, Mapping

from services.chassis.messages import DeadlinePassed
from services.patrol.handlers import succession
from services.patrol.handlers.acting import Handlers, today
from services.patrol.ports import Work


def make_tasks(message: DeadlinePassed, work: Work) -> None:
    """Make the tasks that are asked for (PAT-02)."""
    work.generation.run(message.kind, today(work))


def make_meetings(message: DeadlinePassed, work: Work) -> None:
    """Make the meetings that are asked for, and let successors take over (PAT-09)."""
    work.meeting_days.run(message.kind, today(work))


def ask_for_returns(message: DeadlinePassed, work: Work) -> None:
    """Ask for the returns that are due, and let successors take over what is owed (PAT-12)."""
    work.return_days.run(today(work))


def make_visits(message: DeadlinePassed, work: Work) -> None:
    """Make the visits that are owed (PAT-07)."""
    work.visits.run(today(work))


SUBJECTS: Mapping[str, Callable[[DeadlinePassed, Work], None]] = {
    "tasks": make_tasks,
    "meetings": make_meetings,
    "returns": ask_for_returns,
    succession.SUBJECT: succession.follow,
    "visits": make_visits,
}


def deadline_passed(message: DeadlinePassed, work: Work) -> None:
    """The function of the deadline's subject."""
    SUBJECTS[message.subject](message, work)


HANDLERS: Handlers = {DeadlinePassed: deadline_passed}
