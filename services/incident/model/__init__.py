"""The model of a case: aggregates and their rules, pure Python without I/O and without a clock of its own."""

from services.incident.model.case import Case, Change, Evaluation, Matter, Place, Reporter
from services.incident.model.limits import Amount, Limit, LimitRules, Notice
from services.incident.model.rights import may, relations
from services.incident.model.workflow import ACTIONS, STAGES, STATES

__all__ = [
    "ACTIONS",
    "STAGES",
    "STATES",
    "Amount",
    "Case",
    "Change",
    "Evaluation",
    "Limit",
    "LimitRules",
    "Matter",
    "Notice",
    "Place",
    "Reporter",
    "may",
    "relations",
]
