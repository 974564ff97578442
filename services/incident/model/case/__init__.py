"""A case: one problem from report to evaluation (INC-01 to INC-03, INC-13 to INC-15, INC-19).

Every change goes through `Case._move`: the table decides whether it is possible, the relations whether this person may
do it, and the change is kept with who, when, from, to and why (INC-02). Limits follow the state by themselves.
"""

from services.incident.model.case.climbing import Climbing
from services.incident.model.case.closing import Closing
from services.incident.model.case.consulting import Consulting
from services.incident.model.case.facts import (
    Change,
    Evaluation,
    Extension,
    Follower,
    Inquiry,
    Main,
    Matter,
    Place,
    Reporter,
)
from services.incident.model.case.filing import Filing
from services.incident.model.case.following import Following, Succession
from services.incident.model.case.handling import Handling
from services.incident.model.case.merging import Merging
from services.incident.model.case.missing import Missing
from services.incident.model.case.routing import Rerouting
from services.incident.model.case.waiting import Waiting
from services.incident.model.case.whistling import Whistling

__all__ = [
    "Case",
    "Change",
    "Evaluation",
    "Extension",
    "Follower",
    "Inquiry",
    "Main",
    "Matter",
    "Place",
    "Reporter",
    "Succession",
]


class Case(Filing, Rerouting, Climbing, Handling, Waiting, Closing, Merging, Missing, Following, Whistling, Consulting):
    """The aggregate; changing methods take who acts, when, and the plan's limits."""
