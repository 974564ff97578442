"""What the patrol service refuses, beyond the chassis errors."""

from services.patrol.errors.tasks import (
    AnswerWrong,
    CursorWrong,
    InputWrong,
    ItemUnknown,
    MatterMissing,
    MatterUnknown,
    NoPlan,
    NotTheSigner,
    NotYetDue,
    NumberMissing,
    ProblemReported,
    ReasonMissing,
    SignedAlready,
    TaskNotFound,
    TaskStateWrong,
    TooManyEntries,
)

__all__ = [
    "AnswerWrong",
    "CursorWrong",
    "InputWrong",
    "ItemUnknown",
    "MatterMissing",
    "MatterUnknown",
    "NoPlan",
    "NotTheSigner",
    "NotYetDue",
    "NumberMissing",
    "ProblemReported",
    "ReasonMissing",
    "SignedAlready",
    "TaskNotFound",
    "TaskStateWrong",
    "TooManyEntries",
]
