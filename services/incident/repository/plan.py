"""The section of the active plan that this service keeps, and the rules that follow from it (REG-12)."""

from collections.abc import Mapping
from datetime import datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.asked import Asked
from services.chassis.working_calendar import WorkingCalendar
from services.incident import messages, tables
from services.incident.errors import MatterUnknown, NoPlan
from services.incident.model.calls import ACT, ARRIVE
from services.incident.model.case import Matter
from services.incident.model.intake import MatterCard, Question
from services.incident.model.ladder import Ladder
from services.incident.model.likeness import Nearness
from services.incident.model.limits import Amount, ExtensionRule, InquiryRule, LimitRules, Notice
from services.incident.model.missed import MissedRule
from services.incident.model.office_days import OwnDays
from services.incident.model.precedent import Arbitration
from services.incident.model.publication import Publication, publication
from services.incident.repository.calendar import own_days
from services.incident.repository.ladder import SECTIONS, ladder_of

if TYPE_CHECKING:
    from services.incident.repository.work import IncidentWork

Versions = tuple[tuple[str, int], ...]

KEPT = ("plan", "matters", "notices", "verification", "credit", "office_hours")
KEPT_WHERE_THERE = (*SECTIONS, "duplicates", "arbitration", "inquiries", "extensions", "whistle")


class Section:
    """A plan's section, read once and kept in memory: plans do not change, new versions come."""

    def __init__(self, name: str, section: Mapping[str, Any], own: OwnDays) -> None:
        self.name = name
        self.section = section
        self.matters: dict[str, Mapping[str, Any]] = {each["code"]: each for each in section["matters"]}
        self.calendar = calendar_of(section, own)
        # A plan that was activated before plans had this section: who dispatches rules, for the town.
        self.arbitration = section.get("arbitration", {"by": ["centre-operator"], "precedent": "town"})
        self.whistle: Mapping[str, Any] = section.get("whistle", {})
        self.ladder = ladder_of(section)
        self.notices = tuple(_notice(each) for each in section["notices"])
        self.inquiries = _inquiries(section.get("inquiries"))
        self.extensions = _extensions(section.get("extensions"))

    def card(self, code: str) -> MatterCard:
        if code not in self.matters:
            raise MatterUnknown(value=code)
        matter = self.matters[code]
        return MatterCard(
            matter=Matter(code, matter["name"], matter["class"], bool(matter.get("bottom_line"))),
            way=matter["way"],
            ways=tuple(matter["ways"]),
            duty=matter.get("duty"),
            questions=tuple(_question(each) for each in matter.get("questions", ())),
            must_report=bool(matter.get("must_report")),
        )

    def publication(self, code: str) -> Publication:
        if code not in self.matters:
            raise MatterUnknown(value=code)
        return publication(self.matters[code])

    def rules(self, code: str, way: str) -> LimitRules:
        """The limits of a matter; none for one that has left the plan, so that its open cases can go on."""
        steps = self.matters.get(code, {}).get("steps_by_way", {}).get(way, {})
        verification = self.section["verification"]
        amounts = {step: _amount(each) for step, each in steps.items()}
        amounts |= {step: _amount(self.whistle[step]) for step in (ARRIVE, ACT) if self.whistle}
        if within := verification.get("contact_within"):
            amounts.setdefault("evaluate", _amount(within))
        if ruling := self.arbitration.get("limit"):
            amounts["rule"] = _amount(ruling)
        return LimitRules(
            self.calendar, amounts, self.notices, _amount(verification["reopen"]), self.inquiries, self.extensions
        )

    def nearness(self, code: str, at: datetime) -> Nearness | None:
        """How near a report of `at` about a matter is to another (INC-16); None where the plan does not say."""
        said = self.matters.get(code, {}).get("duplicates") or self.section.get("duplicates")
        if said is None:
            return None
        span = self.calendar.due(at, said["within"]["amount"], said["within"]["unit"]) - at
        return Nearness(said["radius_metres"], span, said["same"] == "group")

    @property
    def whistlers(self) -> frozenset[str]:
        """The roles that may blow the whistle (INC-09)."""
        return frozenset(self.whistle.get("by", ()))


def _question(entry: Mapping[str, Any]) -> Question:
    choices = ("是", "否") if entry["kind"] == "yes-no" else tuple(entry.get("choices", ()))
    return Question(entry["id"], entry["text"], entry["kind"], choices, bool(entry.get("required")))


def _amount(entry: Mapping[str, Any]) -> Amount:
    return Amount(entry["amount"], entry["unit"])


def _inquiries(entry: Mapping[str, Any] | None) -> InquiryRule | None:
    return InquiryRule(entry["times"], _amount(entry["within"])) if entry else None


def _extensions(entry: Mapping[str, Any] | None) -> ExtensionRule | None:
    if not entry:
        return None
    most = entry.get("at_most")
    return ExtensionRule(entry["times"], entry["approved_by"], _amount(most) if most else None)


def _notice(entry: Mapping[str, Any]) -> Notice:
    after = entry["at"].get("after")
    share = entry["at"]["percent"] / 100
    return Notice(entry["id"], entry["colour"], share, tuple(entry["to"]), _amount(after) if after else None)


def calendar_of(section: Mapping[str, Any], own: OwnDays) -> WorkingCalendar:
    """The county's calendar: office hours by the plan, days by the county's own table, then the State Council's."""
    spans = section["office_hours"]["spans"]
    hours = [(time.fromisoformat(span["from"]), time.fromisoformat(span["to"])) for span in spans]
    return WorkingCalendar(section["plan"]["timezone"], hours, own.days, own.complete, assume_weekends=True)


@lru_cache(maxsize=8)
def _section(engine: sa.Engine, name: str, activated_at: datetime, calendar: Versions) -> Section:
    with engine.connect() as connection:
        section = connection.execute(sa.select(tables.plans.c.section).where(tables.plans.c.name == name)).scalar_one()
        return Section(name, section, own_days(connection))


def active_section(connection: sa.Connection, engine: sa.Engine) -> Section:
    """The section of the plan that is active now. Raises NoPlan."""
    found = _ACTIVE.of(connection).one_or_none()
    if found is None:
        raise NoPlan(what="plan")
    return _section(engine, found.name, found.activated_at, tuple(sorted((found.calendar or {}).items())))


_CALENDAR = sa.select(sa.func.jsonb_object_agg(tables.calendar_years.c.year, tables.calendar_years.c.sequence))
_ACTIVE = Asked(
    sa.select(tables.plans.c.name, tables.plans.c.activated_at, _CALENDAR.scalar_subquery().label("calendar")).where(
        tables.plans.c.active
    )
)
"""Which plan is active, and what tells a calendar that was changed since from the one in memory."""


class PlanRepository:
    """The active plan as one unit of work sees it."""

    def __init__(self, work: "IncidentWork") -> None:
        self._work = work
        self._active: Section | None = None

    @property
    def active(self) -> Section:
        """The active section. Raises NoPlan."""
        if self._active is None:
            self._active = active_section(self._work.connection, self._work.engine)
        return self._active

    @property
    def name(self) -> str:
        return self.active.name

    def card(self, matter_code: str) -> MatterCard:
        return self.active.card(matter_code)

    def publication(self, matter_code: str) -> Publication:
        return self.active.publication(matter_code)

    def rules(self, matter_code: str, way: str) -> LimitRules:
        return self.active.rules(matter_code, way)

    def reopen_until(self, closed_at: datetime) -> datetime:
        reopen = self.active.section["verification"]["reopen"]
        return self.active.calendar.due(closed_at, reopen["amount"], reopen["unit"])

    def sampling_ratio(self) -> float:
        return float(self.active.section["verification"]["sampling"]["ratio"])

    def arbitration(self) -> Arbitration:
        entry = self.active.arbitration
        return Arbitration(tuple(entry["by"]), entry["precedent"])

    def ladder(self) -> Ladder:
        return self.active.ladder

    def rewards_first_report(self, card: MatterCard) -> bool:
        first = self.active.section["credit"].get("first_report")
        return first is not None and (first["applies"] == "every-matter" or card.matter.bottom_line)

    def nearness(self, matter_code: str, at: datetime) -> Nearness | None:
        return self.active.nearness(matter_code, at)

    def missed_rule(self) -> MissedRule | None:
        said = self.active.section["credit"].get("missed_report")
        return MissedRule(tuple(said["found_by"]), said["harm_required"]) if said else None

    def whistlers(self) -> frozenset[str]:
        return self.active.whistlers

    def callable_departments(self) -> tuple[str, ...]:
        return tuple(self.active.whistle.get("departments", ()))

    def activate(self, plan: messages.PlanActivated) -> None:
        """Keep the sections that this service needs; what was activated last is active, whatever came last."""
        newest = self._newest()
        if newest is not None and newest >= plan.activated_at:
            return
        table, name = tables.plans, f"{plan.plan_id}/{plan.version}"
        self._work.connection.execute(sa.update(table).where(table.c.active).values(active=False))
        row = insert(table).values(name=name, section=_kept(plan), active=True, activated_at=plan.activated_at)
        changed = {"section": row.excluded.section, "active": True, "activated_at": plan.activated_at}
        self._work.connection.execute(row.on_conflict_do_update(index_elements=["name"], set_=changed))

    def _newest(self) -> datetime | None:
        newest = sa.select(sa.func.max(tables.plans.c.activated_at))
        return self._work.connection.execute(newest).scalar_one_or_none()


def _kept(plan: messages.PlanActivated) -> dict[str, Any]:
    there = (key for key in KEPT_WHERE_THERE if key in plan.document)
    return {key: plan.document[key] for key in (*KEPT, *there)}
