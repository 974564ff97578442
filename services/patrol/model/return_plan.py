"""The returns of a plan document: what is asked from below, when, by whom, for which department (PAT-12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from services.patrol.model.recurrence import ONE_DAY, Cadence, Occurrence, Window, Workdays, occurrences

if TYPE_CHECKING:
    from services.patrol.model.meeting_plan import Unit, Words
    from services.patrol.model.plan import Office

LONGEST = timedelta(days=400)
"""Within which the period before is looked for."""
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ReturnRule:
    """One return: each holder of `office` owes it to `unit`, by a cadence or once until `due`.

    `fields` are the form's, in the plan's words; `nil` says that "nothing to report" is an answer.
    """

    id: str
    name: str
    office: "Office"
    unit: "Unit"
    cadence: Cadence | None = None
    due: date | None = None
    begins: date = date.min
    fields: tuple[str, ...] = ()
    nil: bool = False

    def asked(self, first: date, last: date, workdays: Workdays) -> list[Occurrence]:
        """The periods that end from `first` to `last`: asked on `day`, owed until `until`, both included."""
        if self.cadence is not None:
            return occurrences(self.cadence, first, last, workdays)
        once = Occurrence(self.begins, self.due) if self.due is not None and self.begins <= self.due else None
        return [once] if once and once.day <= last and once.until >= first else []

    def since(self, day: date, workdays: Workdays) -> date:
        """The first day of the period that a return asked on `day` is about: that of the return before."""
        if self.cadence is None:
            return self.begins
        found = occurrences(self.cadence, day - LONGEST, day - _DAY, workdays)
        return max((each.day for each in found if each.day < day), default=self.begins)


def returns_of(section: Mapping[str, Any], words: "Words", effective: date) -> dict[str, ReturnRule]:
    """The returns of a plan's section by their ids. One that the plan gives neither rule nor day is asked by nobody."""
    made = (_return(entry, words, effective) for entry in section.get("returns", ()))
    return {rule.id: rule for rule in made if rule is not None and (rule.cadence or rule.due)}


def _return(entry: Mapping[str, Any], words: "Words", effective: date) -> ReturnRule | None:
    office, unit = words.offices.get(entry["from"]), words.unit(entry["to"])
    if office is None or unit is None:
        return None
    within = entry.get("within")
    window = Window(int(within["amount"]), within["unit"]) if within else ONE_DAY
    rule = entry.get("rule")
    due = date.fromisoformat(str(entry["due"])) if entry.get("due") else None
    return ReturnRule(
        id=entry["id"],
        name=entry["name"],
        office=office,
        unit=unit,
        cadence=Cadence(begins=effective, rule=rule, window=window) if rule else None,
        due=None if rule else due,
        begins=effective,
        fields=tuple(entry.get("fields", ())),
        nil=bool(entry.get("nil_reports")),
    )
