"""Versions of the plan (方案) and their activation (REG-12). `services.registry.plan` checks what they contain.

A version is a draft until it is activated for the first time; from then on it is never changed. Activations are only
added: the plan in force on a day is the one of the latest activation whose day has come.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.chassis.messages import Aggregate
from services.registry.errors import PlanFrozen, fault
from services.registry.messages import PlanActivated
from services.registry.model.values import refuse_values


@dataclass(frozen=True)
class CheckedPlan:
    """A plan that passed the check, with its expanded document."""

    id: str
    version: int
    title: str
    effective: date
    digest: str
    document: Mapping[str, Any]


@dataclass(eq=False)
class PlanVersion(Aggregate):
    """One stored version. `sequence` counts the activations of all versions of the same id; so does the event."""

    plan_id: str
    number: int
    title: str = ""
    effective: date = date.min
    digest: str = ""
    text: str = ""
    document: Mapping[str, Any] | None = None
    stored_by: str = ""
    stored_at: datetime | None = None
    activated: bool = False
    sequence: int = 0

    def __post_init__(self) -> None:
        super().__init__(self.sequence)

    def store(self, plan: CheckedPlan, text: str, by: str, at: datetime) -> None:
        """Keep `plan`; the same content again is no change. Raises PlanFrozen once it has been activated."""
        if self.activated and self.digest != plan.digest:
            raise PlanFrozen(id=self.plan_id, version=self.number)
        if self.activated:
            return
        self.title, self.effective, self.digest = plan.title, plan.effective, plan.digest
        self.text, self.document, self.stored_by, self.stored_at = text, plan.document, by, at

    def activate(self, effective: date | None, today: date, at: datetime) -> date:
        """Announce that it holds from `effective` (its own day when None); return that day."""
        since = effective or self.effective
        if effective is not None and effective < today:
            past = f"生效日期 {effective} 已过;应为今天 {today} 或以后"
            refuse_values([fault("effective", "in-the-past", past, f"{effective} has passed; give {today} or later")])
        self.activated = True
        self.record(
            PlanActivated(
                subject=self.plan_id,
                at=at,
                plan_id=self.plan_id,
                version=self.number,
                effective=since,
                digest=self.digest,
                title=self.title,
                document=self.document or {},
            )
        )
        return since
