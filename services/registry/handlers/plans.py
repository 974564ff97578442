"""The plan: store a checked version, activate it, announce it (REG-12)."""

from services.registry.handlers import departments, rights
from services.registry.handlers.answers import Answer, receipt
from services.registry.messages import ActivatePlan, StorePlan
from services.registry.model.plans import PlanVersion
from services.registry.model.values import day
from services.registry.ports import Work


def store_plan(message: StorePlan, work: Work) -> Answer:
    """Keep a draft; a plan with errors is refused, each with its line and remedy."""
    rights.plan(work, "保存方案")
    checked = work.plan_rules.require(message.text)
    version = work.plans.find(checked.id, checked.version) or PlanVersion(checked.id, checked.version)
    version.store(checked, message.text, work.caller.person_id, work.now)
    work.plans.put(version)
    return receipt(version.plan_id, version.number)


def activate_plan(message: ActivatePlan, work: Work) -> Answer:
    """Put a stored version in force from a day on; it must pass the check of today, not only that of its storing."""
    rights.plan(work, "启用方案")
    version = work.plans.get(message.plan_id, message.version)
    work.plan_rules.require(version.text)
    given = day("effective", message.effective) if message.effective else None
    effective = version.activate(given, work.today, work.now)
    work.plans.add_activation(version, effective)
    departments.follow_plan(version.document or {}, work)
    return receipt(version.plan_id, version.number)
