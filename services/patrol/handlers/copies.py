"""What the registry says changes what is to be done: tasks are made again soon (PAT-02)."""

from services.patrol import messages
from services.patrol.handlers.acting import Handlers
from services.patrol.ports import Work


def _again(work: Work) -> None:
    """Tasks, meetings and what else follows from the registry's facts are made again soon."""
    work.generation.needed()
    work.meeting_days.needed()
    work.return_days.needed()
    work.visits.needed()


def plan_activated(message: messages.PlanActivated, work: Work) -> None:
    work.plans.activate(message)
    _again(work)


def grid_changed(message: messages.GridChanged, work: Work) -> None:
    work.grids.store(message)
    _again(work)


def post_changed(message: messages.PostChanged, work: Work) -> None:
    work.posts.store(message)
    _again(work)


def place_changed(message: messages.PlaceChanged, work: Work) -> None:
    work.places.store(message)
    work.generation.needed()


def calendar_changed(message: messages.CalendarChanged, work: Work) -> None:
    work.calendar.store(message)
    _again(work)


HANDLERS: Handlers = {
    messages.PlanActivated: plan_activated,
    messages.GridChanged: grid_changed,
    messages.PostChanged: post_changed,
    messages.PlaceChanged: place_changed,
    messages.CalendarChanged: calendar_changed,
}
