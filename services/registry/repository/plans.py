"""Versions of the plan and their activations as rows, and the plan's check behind its port."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.errors import Fault
from services.chassis.unit_of_work import UnitOfWork
from services.registry.errors import PlanNotFound, PlanRefused
from services.registry.model.plans import CheckedPlan, PlanVersion
from services.registry.plan import Plan, Problem, check
from services.registry.repository import rows
from services.registry.tables import plan_activation, plan_version
from services.registry.visibility import plan_in_force


class SqlPlans:
    def __init__(self, work: UnitOfWork, today: date) -> None:
        self._work, self._today = work, today

    def get(self, plan_id: str, number: int) -> PlanVersion:
        found = self.find(plan_id, number)
        if found is None:
            raise PlanNotFound(id=plan_id, version=number)
        return found

    def find(self, plan_id: str, number: int) -> PlanVersion | None:
        """The version; whoever asks holds the plan's id, since all its versions share one sequence of events."""
        self._work.connection.execute(
            sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:id, 12))"), {"id": plan_id}
        )
        its = sa.and_(plan_version.c.plan_id == plan_id, plan_version.c.number == number)
        row = self._work.connection.execute(sa.select(plan_version).where(its)).one_or_none()
        if row is None:
            return None
        numbers = sa.select(plan_activation.c.number).where(plan_activation.c.plan_id == plan_id)
        activated = self._work.connection.scalars(numbers).all()
        version = PlanVersion(**row._mapping, activated=number in activated, sequence=len(activated))
        self._work.track(version)
        return version

    def put(self, plan: PlanVersion) -> None:
        """Write a draft, in place of what was stored of it; an activated version stays as it is."""
        if plan.activated:
            return
        values = {column.name: getattr(plan, column.name) for column in plan_version.columns}
        statement = upsert(plan_version).values(values)
        self._work.connection.execute(
            statement.on_conflict_do_update(index_elements=["plan_id", "number"], set_=values)
        )

    def add_activation(self, plan: PlanVersion, effective: date) -> None:
        by = {"activated_by": self._work.caller.person_id, "activated_at": self._work.now}
        values = {"plan_id": plan.plan_id, "number": plan.number, "effective": effective, **by}
        rows.insert(self._work.connection, plan_activation, [values])

    def in_force(self, *sections: str) -> Mapping[str, Any] | None:
        found = plan_in_force(self._work.connection, self._today, *sections)
        return found.document if found else None


class CheckedPlans:
    """The check of `services.registry.plan`; its problems become faults with line, place and remedy (ALL-05)."""

    def require(self, text: str) -> CheckedPlan:
        report = check(text)
        if report.plan is None:
            raise PlanRefused(faults=[to_fault(error) for error in report.errors], count=len(report.errors))
        return _checked(report.plan)


def to_fault(problem: Problem) -> Fault:
    """One problem of a plan as a fault: its path, and a sentence with line, what is wrong and what would be right."""
    zh = f"第 {problem.line} 行:{problem.zh};{problem.remedy_zh}"
    return Fault(problem.path, problem.code, zh, f"line {problem.line}: {problem.en}; {problem.remedy_en}")


def _checked(plan: Plan) -> CheckedPlan:
    title = str(plan.document["plan"]["title"])
    return CheckedPlan(plan.id, plan.version, title, plan.effective, plan.digest, plan.document)
