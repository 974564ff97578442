"""The ports of the incident service (services/incident/ports.py) fulfilled with dictionaries, and a small county.

What the database does by a transaction is left out on purpose: a case that a refused command had half changed stays
changed here, so that the tests see it.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from services.chassis.auth import Principal
from services.chassis.personal import Seal
from services.incident import messages
from services.incident.errors import CaseNotFound, MatterUnknown, MessageNotFound, PrecedentNotFound
from services.incident.model.calls import Call
from services.incident.model.case import Case, Matter, Place, Succession
from services.incident.model.case.following import FOLLOWING
from services.incident.model.intake import Duty, MatterCard
from services.incident.model.ladder import Ladder, Rung
from services.incident.model.likeness import Nearness
from services.incident.model.limits import Amount, ExtensionRule, InquiryRule, LimitRules, Notice
from services.incident.model.missed import OWN_CHANNELS, MissedRule, Walk
from services.incident.model.precedent import Arbitration, Precedent

COUNTY, GRID, OTHER_GRID = "371321", "371321106245001", "371321106245002"
INSIDE, OUTSIDE = messages.GivenPoint(118.45, 35.45), messages.GivenPoint(100.0, 20.0)
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MATTER = Matter("06026", "河道污染", "environment", bottom_line=True)
WAYS = ("settled", "coordinated", "dispatched", "urgent", "approval")
STEPS = ("file", "dispatch", "rule", "handle", "verify", "evaluate", "arrive", "act")
AREA, TOWN = "371321106000002", "371321106000001"
LEVELS = {AREA: 2, TOWN: 1}
LADDER = Ladder(
    rungs={
        "3": Rung("3", "2", automatic=True),
        "2": Rung("2", "1", automatic=True, needs="会商"),
        "1": Rung("1", "county", needs="会商", holder="county-ecology"),
    },
    callers=("department-head", "grid-leader"),
    titles={"3": "村级网格", "2": "工作区网格", "1": "镇级网格", "county": "县"},
    of_departments={"town": "1", "village": "3"},
)
NOTICES = (
    Notice("early", "none", 0.8, ("handler",)),
    Notice("yellow", "yellow", 1.0, ("handler", "grid-leader")),
    Notice("red", "red", 1.0, ("centre-operator",), Amount(1, "calendar-days")),
)


class PlainCalendar:
    """A calendar in which every unit is an hour: what the model does with limits, without what a county's days are."""

    def due(self, start: datetime, amount: float, unit: str) -> datetime:
        return start + timedelta(hours=amount)

    def elapsed(self, start: datetime, end: datetime, unit: str) -> float:
        return max((end - start) / timedelta(hours=1), 0.0)


@dataclass
class FakeCases:
    """Cases by id; a person sees a case as services.incident.visibility says, which is not what is tested here."""

    work: "FakeWork"
    by_id: dict[str, Case] = field(default_factory=dict)
    warned: list[tuple[str, str]] = field(default_factory=list)

    def add(self, case: Case) -> None:
        self.by_id[case.id] = case

    def get(self, case_id: str) -> Case:
        if case_id not in self.by_id:
            raise CaseNotFound(id=case_id)
        case = self.by_id[case_id]
        if case.main is not None:
            case.main = replace(case.main, state=self.by_id[case.main.id].state)
        return case

    def peek(self, case_id: str) -> Case:
        return copy.copy(self.get(case_id))

    def main_of(self, case: Case) -> Case:
        return self.get(case.main.id if case.main else case.id)

    def family(self, case_ids: Sequence[str]) -> Mapping[str, Case]:
        for each in case_ids:
            self.get(each)
        return dict(self.by_id)

    def next_number(self) -> str:
        return f"{COUNTY}-{self.work.now:%Y%m%d}-{len(self.by_id) + 1:06d}"

    def has_earlier(self, matter_code: str, grid: str | None) -> bool:
        return any((each.matter.code, each.grid) == (matter_code, grid) for each in self.by_id.values())

    def has_own_report(self, matter_code: str, group: str | None, grid: str, since: datetime) -> bool:
        here = [case for case in self.by_id.values() if case.grid == grid and case.reported_at >= since]
        same = [case for case in here if group == case.matter.group or matter_code == case.matter.code]
        return any(case.channel in OWN_CHANNELS for case in same)

    def warn(self, case: Case, notice: Notice) -> None:
        self.warned.append((case.id, notice.id))

    def warn_call(self, case: Case, call: Call, notice: Notice) -> None:
        self.warned.append((call.department, notice.id))


@dataclass
class FakePlan:
    """A plan with one matter that may go every way."""

    name: str = "p02/1"
    duty: str | None = "water"
    ratio: float = 0.0
    whistled_by: frozenset[str] = frozenset({"centre-operator", "grid-leader", "county-leader"})
    limit_rules: LimitRules = field(
        default_factory=lambda: LimitRules(
            PlainCalendar(),
            {step: Amount(10, "working-hours") for step in STEPS},
            NOTICES,
            Amount(100, "working-days"),
            InquiryRule(2, Amount(20, "working-days")),
            ExtensionRule(1, "department-head", Amount(8, "working-hours")),
        )
    )
    activated: list[messages.PlanActivated] = field(default_factory=list)

    def card(self, matter_code: str) -> MatterCard:
        if matter_code != MATTER.code:
            raise MatterUnknown(value=matter_code)
        return MatterCard(MATTER, "dispatched", WAYS, self.duty)

    def rules(self, matter_code: str, way: str) -> LimitRules:
        return self.limit_rules

    def reopen_until(self, closed_at: datetime) -> datetime:
        return closed_at + timedelta(days=7)

    def sampling_ratio(self) -> float:
        return self.ratio

    def arbitration(self) -> Arbitration:
        return Arbitration(("centre-operator",), "town")

    def ladder(self) -> Ladder:
        return LADDER

    def rewards_first_report(self, card: MatterCard) -> bool:
        return card.matter.bottom_line

    def nearness(self, matter_code: str, at: datetime) -> Nearness | None:
        return Nearness(50, timedelta(days=3))

    def missed_rule(self) -> MissedRule | None:
        return MissedRule(("public", "data"), harm_required=True)

    def whistlers(self) -> frozenset[str]:
        return self.whistled_by

    def callable_departments(self) -> tuple[str, ...]:
        return ("county-ecology", "county-water", "county-enforcement", "env-office")

    def activate(self, plan: messages.PlanActivated) -> None:
        self.activated.append(plan)


@dataclass
class FakeGrids:
    known: dict[str, messages.GridChanged | None] = field(default_factory=lambda: {GRID: None, OTHER_GRID: None})

    def locate(self, lon: float, lat: float) -> str | None:
        return GRID if (lon, lat) == (INSIDE.lon, INSIDE.lat) else None

    def exists(self, code: str) -> bool:
        return code in self.known

    def level(self, code: str | None) -> int | None:
        return LEVELS.get(code or "", 3)

    def above(self, code: str | None, level: int) -> str | None:
        return next((each for each, of in LEVELS.items() if of == level), None) if code in self.known else None

    def store(self, grid: messages.GridChanged) -> None:
        self.known[grid.code] = grid


@dataclass
class FakeSuccessions:
    """Grids that ended, each with its first successor."""

    work: "FakeWork"
    known: dict[str, Succession] = field(default_factory=dict)

    def store(self, succession: messages.GridSucceeded) -> None:
        said = (succession.successors, succession.change_id, succession.kind, succession.effective)
        self.known |= {code: Succession(code, *said) for code in succession.predecessors}

    def line(self, code: str, place: Place) -> tuple[str, list[Succession]]:
        found: list[Succession] = []
        while code in self.known:
            found.append(self.known[code])
            code = found[-1].successors[0]
        return code, found

    def waiting(self, code: str, most: int) -> tuple[list[str], bool]:
        ids = [
            each.id
            for each in self.work.cases.by_id.values()
            if code in (each.grid, each.held_at) and each.state in FOLLOWING
        ]
        return ids[:most], len(ids) > most


@dataclass
class FakeDeadlines:
    due: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def set(self, subject: str, kind: str, due_at: datetime) -> None:
        self.due[subject, kind] = due_at

    def put_aside(self, subject: str, kind: str, now: datetime, error: Exception) -> None:
        self.due[subject, kind] = now


@dataclass
class FakeDepartments:
    known: dict[str, messages.DepartmentChanged | None] = field(
        default_factory=lambda: dict.fromkeys(
            ("env-office", "water-station", "county-ecology", "county-water", "county-enforcement")
        )
    )

    def level(self, department: str) -> str:
        return "county" if department.startswith("county") else "town"

    def exists(self, department: str) -> bool:
        return department in self.known

    def name(self, department: str) -> str | None:
        return f"部门{department}" if department in self.known else None

    def store(self, department: messages.DepartmentChanged) -> None:
        self.known[department.id] = department


@dataclass
class FakeDuties:
    known: dict[str, Duty] = field(default_factory=lambda: {"water": Duty("env-office", ("water-station",))})

    def of(self, key: str | None) -> Duty | None:
        return self.known.get(key or "")

    def store(self, duty: messages.DutyChanged) -> None:
        self.known[duty.key] = Duty(duty.lead, duty.co_departments, duty.grid_part)


@dataclass
class FakePrecedents:
    all: list[Precedent] = field(default_factory=list)

    def of(self, matter_code: str, code: str) -> Precedent | None:
        fitting = [each for each in self._holding(matter_code) if code.startswith(each.area)]
        return max(fitting, key=lambda each: len(each.area), default=None)

    def holding(self, matter_code: str, area: str) -> Precedent | None:
        return next((each for each in self._holding(matter_code) if each.area == area), None)

    def _holding(self, matter_code: str) -> list[Precedent]:
        return [each for each in self.all if each.state == "active" and each.matter_code == matter_code]

    def get(self, precedent_id: str) -> Precedent:
        found = next((each for each in self.all if each.id == precedent_id), None)
        if found is None:
            raise PrecedentNotFound(id=precedent_id)
        return found

    def add(self, precedent: Precedent) -> None:
        self.all.append(precedent)


@dataclass
class FakeInbox:
    unread: set[str] = field(default_factory=set)

    def mark_read(self, message_id: str) -> None:
        if message_id not in self.unread:
            raise MessageNotFound(id=message_id)
        self.unread.remove(message_id)


@dataclass
class FakeWalks:
    """The last walk of each grid."""

    known: dict[str, messages.PatrolFinished] = field(default_factory=dict)

    def store(self, walk: messages.PatrolFinished) -> None:
        self.known[walk.grid] = walk

    def called_fine(self, matter_code: str, grid: str, since: datetime) -> Walk | None:
        walk = self.known.get(grid)
        if walk is None or walk.finished_at < since or matter_code not in walk.fine:
            return None
        return Walk(walk.task_id, walk.title, walk.day)


class FakeWork:
    """A unit of work that any number of messages share; `caller` and `now` are set before each."""

    def __init__(self) -> None:
        self.caller = PEOPLE["member"]
        self.now = START
        self.county = COUNTY
        self.cases = FakeCases(self)
        self.plan = FakePlan()
        self.grids = FakeGrids()
        self.successions = FakeSuccessions(self)
        self.deadlines = FakeDeadlines()
        self.departments = FakeDepartments()
        self.duties = FakeDuties()
        self.precedents = FakePrecedents()
        self.inbox = FakeInbox()
        self.walks = FakeWalks()
        self.seal = Seal(bytes(32))

    def apart(self, part: Callable[[], object]) -> Exception | None:
        try:
            part()
        except Exception as error:
            return error
        return None

    def by(self, caller: Principal) -> "FakeWork":
        """This work on behalf of `caller`, a minute later."""
        self.caller = caller
        self.now += timedelta(minutes=1)
        return self


def person(name: str, *roles: str, department: str | None = None, areas: tuple[str, ...] = ()) -> Principal:
    return Principal(f"person-{name}", name, frozenset(roles), department, areas)


PEOPLE: Mapping[str, Principal] = {
    each.name: each
    for each in (
        person("member", "grid-member", areas=(GRID,)),
        person("leader", "grid-leader", areas=(GRID,)),
        person("area-leader", "grid-leader", areas=(AREA, "371321106245")),
        person("county-head", "department-head", department="county-ecology"),
        person("neighbour", "grid-member", areas=(OTHER_GRID,)),
        person("operator", "centre-operator", areas=(COUNTY,)),
        person("verifier", "verifier", areas=(COUNTY,)),
        person("far-verifier", "verifier", areas=("371321101",)),
        person("handler", "department-handler", department="env-office"),
        person("head", "department-head", department="env-office"),
        person("helper", "department-handler", department="water-station"),
        person("officer", "enforcement-officer", department="police-station"),
        person("own-verifier", "department-handler", "verifier", department="env-office", areas=(COUNTY,)),
        person("member-verifier", "grid-member", "verifier", areas=(GRID,)),
        person("everything", "grid-leader", "centre-operator", "verifier", "department-head", areas=(COUNTY,)),
        person("ecology", "department-handler", department="county-ecology"),
        person("county-water", "department-head", department="county-water"),
        person("county-leader", "county-leader", areas=(COUNTY,)),
        person("citizen", "citizen"),
        person("auditor", "auditor", areas=(COUNTY,)),
    )
}
