"""Tables of the patrol service: tasks, what was found on them, how far tasks are made, and copies of the registry's."""

from services.patrol.tables.copies import calendar_years, grids, places, plans, posts, successions
from services.patrol.tables.coverage import COUNTED, DONE, KEY, counting, coverage_changes, coverage_months
from services.patrol.tables.diary import deeds, diaries, notes
from services.patrol.tables.inspections import corrections, inspections, targets
from services.patrol.tables.meetings import COMING, UNRESOLVED, arrangements, cases, decisions, meetings, officers
from services.patrol.tables.metadata import METADATA
from services.patrol.tables.points import inspected_points
from services.patrol.tables.returns import returns
from services.patrol.tables.tasks import IS_OPEN, LIVE, findings, generations, tasks
from services.patrol.tables.visits import care, visits

__all__ = [
    "COMING",
    "COUNTED",
    "DONE",
    "IS_OPEN",
    "KEY",
    "LIVE",
    "METADATA",
    "UNRESOLVED",
    "arrangements",
    "calendar_years",
    "care",
    "cases",
    "corrections",
    "counting",
    "coverage_changes",
    "coverage_months",
    "decisions",
    "deeds",
    "diaries",
    "findings",
    "generations",
    "grids",
    "inspected_points",
    "inspections",
    "meetings",
    "notes",
    "officers",
    "places",
    "plans",
    "posts",
    "returns",
    "successions",
    "targets",
    "tasks",
    "visits",
]
