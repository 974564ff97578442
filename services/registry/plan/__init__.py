"""A county's plan (方案) as data: read, checked, expanded, compared (REG-12).

`check` tells everything that is wrong with a document, `load` makes a Plan of one that is right, `difference`
lists what changes between two. What a county writes is in docs/plan.md; the shape is schema.yaml beside this
file. Pure Python: no database, no broker, no network.
"""

from services.registry.plan.checking import Plan, PlanInvalid, Report, check, load
from services.registry.plan.differences import Change, difference
from services.registry.plan.facts import FACTS, Fact
from services.registry.plan.problems import Problem

__all__ = ["FACTS", "Change", "Fact", "Plan", "PlanInvalid", "Problem", "Report", "check", "difference", "load"]
