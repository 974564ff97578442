"""The patrols of a plan document as this service uses them (PAT-01, PAT-03, PAT-04)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.patrol.model.checklist import NOTHING, Checklist, checklists_of
from services.patrol.model.inspection_rules import InspectionRule, rules_of
from services.patrol.model.meeting_plan import MeetingRule, Words, meetings_of
from services.patrol.model.questions import Question, questions_of
from services.patrol.model.recurrence import ONE_DAY, Cadence, Window
from services.patrol.model.return_plan import ReturnRule, returns_of


@dataclass(frozen=True)
class Level:
    """Which grids a patrol is walked in: those of the level and, if the plan names one, of the kind."""

    number: int
    kind: str | None = None

    def holds(self, number: int, kind: str) -> bool:
        """Whether a grid of this level and kind is of it."""
        return self.number == number and self.kind in (None, kind)


@dataclass(frozen=True)
class Office:
    """A post of the plan: what the registry calls it, in grids of which levels; of any where `levels` is empty."""

    id: str
    title: str
    post: str
    levels: tuple[Level, ...] = ()

    def is_in(self, level: int, kind: str) -> bool:
        """Whether a post in a grid of this level and kind is this office."""
        return not self.levels or any(each.holds(level, kind) for each in self.levels)


@dataclass(frozen=True)
class Patrol:
    """One patrol of the plan: `who` looks, people of the posts `joined` take part, `sign` signs, `submit` submits.

    `verifies` is the patrol whose findings this one tests (PAT-05); leaders of grids above may send it back within
    `look_through` from the day it was finished, at any time where that is None. `grades` are cadences by the safety
    grade of the places it looks at (P6).
    """

    id: str
    name: str
    who: Office
    cadence: Cadence
    level: Level | None = None
    checklist: Checklist = NOTHING
    joined: tuple[Office, ...] = ()
    sign: Office | None = None
    submit: Office | None = None
    verifies: str | None = None
    hours: str = ""
    look_through: Window | None = None
    objects: str = "grid"
    covers: str = "named"
    grades: Mapping[str, Cadence] = field(default_factory=dict)

    @property
    def recurs(self) -> bool:
        """Whether it is due of itself on any day."""
        return any(each.recurs for each in (self.cadence, *self.grades.values()))

    @property
    def has_points(self) -> bool:
        """Whether one leads it and every checkpoint of the area is to be reached (PAT-06)."""
        return self.covers == EVERY_CHECKPOINT

    @property
    def looks_at_places(self) -> bool:
        """Whether it goes from place to place, not through a grid (REG-10)."""
        return bool(self.grades) or self.objects in OBJECTS

    @property
    def levels(self) -> tuple[Level, ...]:
        """Where it is walked."""
        return (self.level,) if self.level else self.who.levels


@dataclass(frozen=True)
class VisitRule:
    """When households on the list are visited, by whom, within which hours (PAT-07)."""

    id: str
    who: Office
    cadence: Cadence
    hours: str = ""


@dataclass(frozen=True)
class Plan:
    """What a version of a plan says about patrols; it holds from the day `effective`."""

    name: str
    effective: date
    patrols: Mapping[str, Patrol]
    matters: frozenset[str] = frozenset()
    inspections: Mapping[str, InspectionRule] = field(default_factory=dict)
    meetings: Mapping[str, MeetingRule] = field(default_factory=dict)
    returns: Mapping[str, ReturnRule] = field(default_factory=dict)
    matter_names: Mapping[str, str] = field(default_factory=dict)
    departments: frozenset[str] = frozenset()
    questions: Mapping[str, tuple[Question, ...]] = field(default_factory=dict)
    visits: Mapping[str, VisitRule] = field(default_factory=dict)


ENTERPRISES, PLACES, POLLUTION_SOURCES = "enterprises", "places", "pollution-sources"
EVERY_CHECKPOINT = "every-checkpoint"
OBJECTS = (ENTERPRISES, PLACES, POLLUTION_SOURCES)
"""What a plan calls the places that are looked at one by one."""

POST = ("id", "title", "role", "grid_post", "levels", "held_by", "department")
LEVEL = ("id", "level", "kind", "covers")
SECTIONS = ("patrols", "checklists", "visits", "inspections", "returns", "meetings", "bodies", "departments", "rosters")


def plan_of(name: str, effective: date, section: Mapping[str, Any], begins: date | None = None) -> Plan:
    """The patrols of the section that `section_of` made.

    `begins` is the first day of the plan's first version: a new one in the middle of a period neither asks again for
    what was done nor lets fall what was open.
    """
    since = begins or effective
    levels = {entry["id"]: Level(entry["level"], entry.get("kind")) for entry in section["levels"]}
    lists = checklists_of(section)
    offices = {entry["id"]: _office(entry, levels) for entry in section["posts"]}
    made = [_patrol(entry, levels, offices, lists, since) for entry in section["patrols"]]
    recurring = {each.id: each for each in made if each.recurs}
    words = Words(
        levels,
        {entry["id"]: entry.get("covers", "") for entry in section["levels"]},
        offices,
        {entry["id"]: entry for entry in section["posts"]},
        {entry["id"]: entry for entry in section.get("departments", ())},
    )
    visits = {entry["id"]: _visit(entry, offices, since) for entry in section.get("visits", ())}
    return Plan(
        name=name,
        effective=effective,
        patrols=recurring,
        matters=frozenset(section["matters"]),
        inspections=rules_of(section.get("inspections", ()), offices, lists, since),
        meetings=meetings_of(section, words, since),
        returns=returns_of(section, words, since),
        matter_names=section.get("matter_names", {}),
        departments=frozenset(words.departments),
        questions=questions_of(section.get("questions", {})),
        visits=visits,
    )


def section_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """What this service keeps of an expanded plan document."""
    levels = [{name: entry[name] for name in LEVEL if name in entry} for entry in document.get("levels", ())]
    return {
        "levels": levels,
        "posts": [{name: entry[name] for name in POST if name in entry} for entry in document.get("posts", ())],
        **{name: document.get(name, []) for name in SECTIONS},
        "matters": [entry["code"] for entry in document.get("matters", ())],
        "matter_names": {
            entry["code"]: "保密事项" if entry.get("confidential") else entry["name"]
            for entry in document.get("matters", ())
        },
        "questions": {
            entry["code"]: entry["questions"] for entry in document.get("matters", ()) if entry.get("questions")
        },
    }


def _office(entry: Mapping[str, Any], levels: Mapping[str, Level]) -> Office:
    """The registry calls a grid's leader and member `leader` and `member`, others by their role or as the plan says."""
    held = tuple(levels[level] for level in entry.get("levels", ()) if level in levels)
    post = entry.get("grid_post") or entry["role"].removeprefix("grid-")
    return Office(entry["id"], entry["title"], post, held)


def _patrol(
    entry: Mapping[str, Any],
    levels: Mapping[str, Level],
    offices: Mapping[str, Office],
    lists: Mapping[str, Checklist],
    effective: date,
) -> Patrol:
    return Patrol(
        id=entry["id"],
        name=entry["name"],
        who=offices[entry["who"]],
        cadence=cadence_of(entry, effective),
        level=levels.get(entry.get("level", "")),
        checklist=lists.get(entry.get("checklist", ""), NOTHING),
        joined=tuple(offices[each] for each in entry.get("with", ()) if each in offices),
        sign=offices.get(entry.get("sign", "")),
        submit=offices.get(entry.get("submit", "")),
        verifies=entry.get("verifies"),
        hours=_hours(entry.get("hours")),
        look_through=_window(entry.get("look_through")),
        objects=entry.get("objects", "grid"),
        covers=entry.get("covers", "named"),
        grades={each["grade"]: cadence_of({**entry, **each}, effective) for each in entry.get("by_grade", ())},
    )


def _visit(entry: Mapping[str, Any], offices: Mapping[str, Office], effective: date) -> VisitRule:
    return VisitRule(entry["id"], offices[entry["who"]], cadence_of(entry, effective), _hours(entry.get("hours")))


def cadence_of(entry: Mapping[str, Any], effective: date) -> Cadence:
    """When an entry of the plan recurs, be it a patrol, a visit or a meeting, from the day `effective` on."""
    within, times = entry.get("within"), entry.get("times") or {}
    return Cadence(
        begins=effective,
        rule=entry.get("rule"),
        times=times.get("at_least", 0),
        per=times.get("per", "month"),
        shift=entry.get("shift", "none"),
        window=Window(int(within["amount"]), within["unit"]) if within else ONE_DAY,
        festivals=tuple(entry.get("festivals", ())),
    )


def _window(amount: Mapping[str, Any] | None) -> Window | None:
    return Window(int(amount["amount"]), amount["unit"]) if amount else None


def _hours(span: Mapping[str, str] | None) -> str:
    return f"{span['from']}-{span['to']}" if span else ""
