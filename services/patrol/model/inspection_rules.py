"""The superior inspections that a plan has (PAT-13, P3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from services.patrol.model.checklist import NOTHING, Checklist
from services.patrol.model.recurrence import Cadence, Window

if TYPE_CHECKING:
    from services.patrol.model.plan import Office

CONCENTRATED, KEY_POINTS, RANDOM = "concentrated", "key-points", "random"
KINDS = {CONCENTRATED: "集中督查", KEY_POINTS: "重点督查", RANDOM: "随机抽查"}


@dataclass(frozen=True)
class InspectionRule:
    """One kind of inspection: by whom (None: the plan does not say), how much is drawn, by when what is wrong is put
    right (None: the plan sets no date)."""

    id: str
    name: str
    kind: str
    by: "Office | None" = None
    cadence: Cadence | None = None
    ratio: float | None = None
    checklist: Checklist = NOTHING
    correct_within: Window | None = None


def rules_of(
    entries: Any, offices: Mapping[str, "Office"], lists: Mapping[str, Checklist], effective: date
) -> dict[str, InspectionRule]:
    """The inspections of an expanded plan document by their ids."""
    return {entry["id"]: _rule(entry, offices, lists, effective) for entry in entries}


def _rule(
    entry: Mapping[str, Any], offices: Mapping[str, "Office"], lists: Mapping[str, Checklist], effective: date
) -> InspectionRule:
    within = entry.get("correct_within")
    return InspectionRule(
        id=entry["id"],
        name=entry["name"],
        kind=entry["kind"],
        by=offices.get(entry.get("by", "")),
        cadence=Cadence(effective, entry["rule"]) if entry.get("rule") else None,
        ratio=entry.get("ratio"),
        checklist=lists.get(entry.get("checklist", ""), NOTHING),
        correct_within=Window(int(within["amount"]), within["unit"]) if within else None,
    )
