"""What the registry says changes what is to be done: tasks are made again soon (PAT-02)."""

from services.patrol import messages
from services.patrol.handlers.acting import Handlers
from services.patrol.ports import Work


def plan_activated(message: messages.PlanActivated, work: Work) -> None:
    work.plans.activate(message)
    work.generation.needed()


def grid_changed(message: messages.GridChanged, work: Work) -> None:
    work.grids.store(message)
    work.generation.needed()


def post_changed(message: messages.PostChanged, work: Work) -> None:
    work.posts.store(message)
    work.generation.needed()


def place_changed(message: messages.PlaceChanged, work: Work) -> None:
    work.places.store(message)
    work.generation.needed()


def calendar_changed(message: messages.CalendarChanged, work: Work) -> None:
    work.calendar.store(message)
    work.generation.needed()


HANDLERS: Handlers = {
    messages.PlanActivated: plan_activated,
    messages.GridChanged: grid_changed,
    messages.PostChanged: post_changed,
    messages.PlaceChanged: place_changed,
    messages.CalendarChanged: calendar_changed,
}
