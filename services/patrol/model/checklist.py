"""What is looked at on a patrol (PAT-03): the plan's classes and items, and what an answer to one may be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.patrol.errors import AnswerWrong, ItemUnknown, MatterMissing, NumberMissing

FINE, PROBLEM, NOT_APPLICABLE = "fine", "problem", "not-applicable"
ANSWERS = (FINE, PROBLEM, NOT_APPLICABLE)
ANYTHING = "other"
"""The item of what is found beyond the checklist, or where the plan gives none; only problems are entered under it."""


@dataclass(frozen=True)
class Item:
    """One thing to look at; `key` is "class/item". A `number` passes from `lowest` to `highest`, both included."""

    key: str
    name: str
    class_name: str = ""
    matter: str | None = None
    counts: bool = False
    unit: str = ""
    lowest: float | None = None
    highest: float | None = None

    @property
    def title(self) -> str:
        return f"{self.class_name}·{self.name}" if self.class_name else self.name

    def judge(self, answer: str, number: float | None) -> str:
        """fine, problem or not-applicable. Raises NumberMissing, AnswerWrong."""
        if not self.counts:
            if answer not in ANSWERS:
                raise AnswerWrong(value=answer, possible=", ".join(ANSWERS))
            return answer
        if answer in (PROBLEM, NOT_APPLICABLE):
            return answer
        if number is None:
            raise NumberMissing(item=self.name, unit=self.unit)
        low, high = self.lowest, self.highest
        passes = (low is None or number >= low) and (high is None or number <= high)
        return FINE if passes else PROBLEM


OTHER = Item(ANYTHING, "其他问题")


@dataclass(frozen=True)
class Checklist:
    """The items of one checklist by their keys, in the plan's order."""

    id: str
    name: str
    items: Mapping[str, Item]

    def item(self, key: str) -> Item:
        """Raises ItemUnknown."""
        if key == ANYTHING:
            return OTHER
        if key not in self.items:
            raise ItemUnknown(value=key)
        return self.items[key]

    @property
    def matters(self) -> Mapping[str, str]:
        """The matters of the items that name one, by the items' keys."""
        return {key: item.matter for key, item in self.items.items() if item.matter}

    def matter_of(self, key: str, given: str | None) -> str:
        """The matter that a problem with the item is. Raises MatterMissing where neither plan nor finder say."""
        matter = self.item(key).matter or given
        if not matter:
            raise MatterMissing
        return matter


NOTHING = Checklist("", "", {})


def checklist_of(entry: Mapping[str, Any]) -> Checklist:
    """A checklist of an expanded plan document."""
    items = [_item(group, each) for group in entry["classes"] for each in group["items"]]
    return Checklist(entry["id"], entry["name"], {item.key: item for item in items})


def _item(group: Mapping[str, Any], entry: Mapping[str, Any]) -> Item:
    passes = entry.get("passes") or {}
    return Item(
        key=f"{group['id']}/{entry['id']}",
        name=entry["name"],
        class_name=group["name"],
        matter=entry.get("matter"),
        counts=entry.get("answer") == "number",
        unit=entry.get("unit", ""),
        lowest=passes.get("from"),
        highest=passes.get("to"),
    )


def checklists_of(document: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Checklist]:
    """The checklists of an expanded plan document by their ids."""
    return {entry["id"]: checklist_of(entry) for entry in document.get("checklists", ())}
