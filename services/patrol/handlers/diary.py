"""Words in one's own diary, and what others tell that belongs into one (PAT-08)."""

from datetime import date

from services.patrol import messages
from services.patrol.errors import DayWrong
from services.patrol.handlers.acting import Answer, Handlers, today
from services.patrol.model.diary import NAMES, Deed, require_closed, require_open
from services.patrol.ports import Work

ON_PATROL = "patrol"
"""The channel of cases that a patrol found: these are in the diary already, as what was found."""


def write(command: messages.WriteDiary, work: Work) -> Answer:
    """Raises DayWrong, DayAhead, WeekClosed, StaleVersion."""
    day = day_of(command.day)
    require_open(day, today(work))
    words = work.diary.words(work.caller.person_id, day).written(command.words.strip(), command.expected_version)
    work.diary.write(work.caller.person_id, day, words)
    return {"id": command.day, "version": words.version, "state": "open"}


def add_note(command: messages.AddDiaryNote, work: Work) -> Answer:
    """Raises DayWrong, WeekOpen."""
    day = day_of(command.day)
    require_closed(day, today(work))
    work.diary.add_note(work.caller.person_id, day, command.words.strip())
    return {"id": command.day, "version": work.diary.words(work.caller.person_id, day).version, "state": "closed"}


def case_acted(message: messages.CaseActed, work: Work) -> None:
    """What a worker did with a case is in their diary; residents have none."""
    if message.channel == ON_PATROL or message.fact not in NAMES:
        return
    if work.posts.serves(message.person_id, today(work)):
        told = {"kind": message.fact, "subject": message.case_id, "title": f"案件 {message.number}"}
        work.diary.note(Deed(person_id=message.person_id, at=message.at, grid=message.grid or "", **told))


def day_of(text: str) -> date:
    """Raises DayWrong."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise DayWrong(value=text) from error


HANDLERS: Handlers = {
    messages.WriteDiary: write,
    messages.AddDiaryNote: add_note,
}
