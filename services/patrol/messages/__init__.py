"""What is asked of the patrol service, what it tells, and the copies that it keeps of what others say."""

from services.patrol.messages.copies import CalendarChanged, GridChanged, PlaceChanged, PlanActivated, PostChanged
from services.patrol.messages.tasks import (
    ExcuseTask,
    Finished,
    GivenEntry,
    GivenPoint,
    Missed,
    ProblemFound,
    SendBackTask,
    Signed,
    SignTask,
    SubmitTask,
    Submitted,
    Sync,
    TaskCommand,
    TaskEvent,
)

__all__ = [
    "CalendarChanged",
    "ExcuseTask",
    "Finished",
    "GivenEntry",
    "GivenPoint",
    "GridChanged",
    "Missed",
    "PlaceChanged",
    "PlanActivated",
    "PostChanged",
    "ProblemFound",
    "SendBackTask",
    "SignTask",
    "Signed",
    "SubmitTask",
    "Submitted",
    "Sync",
    "TaskCommand",
    "TaskEvent",
]
