"""A case: one problem from report to evaluation (INC-01 to INC-03, INC-13 to INC-15, INC-19).

Every change goes through `Case._move`: the table decides whether it is possible, the relations whether this person may
do it, and the change is kept with who, when, from, to and why (INC-02). Limits follow the state by themselves.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.chassis.auth import Principal
from services.chassis.errors import Forbidden, NotAllowedNow, StaleVersion
from services.chassis.messages import Aggregate
from services.incident import messages as events
from services.incident.errors import NothingToExcuse, OwnWork, ReasonMissing, ReopenTooLate
from services.incident.model.limits import STEP_OF_STATE, Limit, LimitRules, Notice
from services.incident.model.rights import relations, took_part
from services.incident.model.workflow import ACTION_BY_NAME, INITIAL, STATE_BY_NAME, next_state, possible


@dataclass(frozen=True)
class Place:
    """Where: a point (WGS 84 degrees) where one is known, the grid that it lies in, words for people."""

    grid: str | None
    lon: float | None = None
    lat: float | None = None
    address: str = ""


@dataclass(frozen=True)
class Matter:
    """The category of a case as the plan has it (INC-04)."""

    code: str
    name: str
    group: str
    bottom_line: bool = False


@dataclass(frozen=True)
class Reporter:
    """Who called, when it is not the person who typed. Personal: encrypted at rest, masked on the way out."""

    name: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Evaluation:
    """The reporter's word (INC-15)."""

    contacted: bool
    solved: bool
    satisfaction: str = ""
    words: str = ""


@dataclass(frozen=True)
class Change:
    """One line of the history: who, when, from, to, why."""

    sequence: int
    at: datetime
    action: str
    actor_id: str
    actor_name: str
    actor_role: str
    from_state: str
    to_state: str
    reason: str = ""
    attachments: tuple[str, ...] = ()


@dataclass
class Case(Aggregate):
    """The aggregate. Its version is its event sequence; changing methods take who acts, when, and the plan's limits."""

    id: str
    number: str
    matter: Matter
    way: str
    place: Place
    county: str
    channel: str
    description: str
    reporter_id: str | None
    reported_at: datetime
    plan: str
    state: str = INITIAL
    reporter: Reporter = field(default_factory=Reporter)
    department: str | None = None
    co_departments: tuple[str, ...] = ()
    handlers: frozenset[str] = frozenset()
    result: str = ""
    settled: bool = False
    first_report: bool = False
    excused: bool = False
    reworks: int = 0
    occurred_at: datetime | None = None
    original_text: str = ""
    external_reference: str = ""
    attachments: tuple[str, ...] = ()
    replies: tuple[tuple[str, str], ...] = ()
    evaluation: Evaluation | None = None
    closed_at: datetime | None = None
    limits: list[Limit] = field(default_factory=list)
    changes: int = 0
    sequence: int = 0

    def __post_init__(self) -> None:
        super().__init__(self.sequence)
        self.new_changes: list[Change] = []

    @property
    def area(self) -> str:
        """The code by which areas see the case: its grid, or the county while no grid is known."""
        return self.place.grid or self.county

    @property
    def grid(self) -> str | None:
        return self.place.grid

    @property
    def running(self) -> Limit | None:
        """The limit that runs now."""
        return next((limit for limit in reversed(self.limits) if limit.done_at is None), None)

    def expect(self, version: int | None) -> None:
        """Raise StaleVersion unless `version` (If-Match) is absent or the present one."""
        if version is not None and version != self.sequence:
            raise StaleVersion(current=self.sequence)

    def open(self, by: Principal, at: datetime, rules: LimitRules) -> None:
        """Note the report itself: the first line of the history and the first event."""
        if self.settled:
            self.handlers |= {by.person_id}
        self._note("report", by, at, "", self.state, "", self.attachments)
        self._start_limit(at, rules)
        self._tell(events.CaseReported, at, channel=self.channel, first_report=self.first_report, settled=self.settled)

    def file(
        self, by: Principal, at: datetime, rules: LimitRules, matter: Matter, place: Place, way: str, why: str = ""
    ) -> None:
        """File the case (立案) with the matter, place and way that hold from now on."""
        limit = self.running
        self._move("file", by, at, rules, why, change=lambda: self._settle_facts(matter, place, way))
        self._tell(events.CaseFiled, at, on_time=_kept(limit, at))

    def _settle_facts(self, matter: Matter, place: Place, way: str) -> None:
        self.matter, self.place, self.way = matter, place, way

    def decline(self, by: Principal, at: datetime, rules: LimitRules, why: str) -> None:
        """Decline (不予受理) what is nobody's duty here."""
        self._move("decline", by, at, rules, why)
        self.closed_at = at
        self._tell(events.CaseDeclined, at)

    def dispatch(
        self,
        by: Principal,
        at: datetime,
        rules: LimitRules,
        lead: str | None,
        co_departments: Sequence[str],
        why: str = "",
    ) -> None:
        """Dispatch (派遣) to the lead department, or to the grid itself where `lead` is None (INC-03 coordinated)."""
        before = self.running
        self._move("dispatch", by, at, rules, why, change=lambda: self._lead_by(lead, co_departments))
        limit = self.running
        self._tell(
            events.CaseDispatched,
            at,
            matter_name=self.matter.name,
            co_departments=self.co_departments,
            due_at=limit.due_at if limit else None,
            urgent=self.way == "urgent",
            automatic=by.has("platform"),
            on_time=_kept(before, at),
        )

    def _lead_by(self, lead: str | None, co_departments: Sequence[str]) -> None:
        self.department = lead
        self.co_departments = tuple(each for each in co_departments if each != lead)

    def hand_over(self, by: Principal, at: datetime, rules: LimitRules) -> None:
        """Hand a matter that needs approval to the convenience service centre (INC-03)."""
        self._move("hand-over", by, at, rules, "")
        self._tell(events.CaseHandedOver, at, matter_name=self.matter.name)

    def register(self, by: Principal, at: datetime, rules: LimitRules, drawn: bool) -> None:
        """Register a matter settled on the spot; `drawn` ones are verified by sampling (INC-14)."""
        self._move("draw" if drawn else "register", by, at, rules, "")
        self.closed_at = None if drawn else at
        self._tell(events.CaseRegistered, at, drawn=drawn)

    def accept(self, by: Principal, at: datetime, rules: LimitRules) -> None:
        """Accept (接件): the holder begins to handle."""
        self._move("accept", by, at, rules, "", handles=True)
        self._tell(events.CaseAccepted, at)

    def answer(self, by: Principal, at: datetime, rules: LimitRules, result: str, attachments: Sequence[str]) -> None:
        """Answer with result and evidence (INC-13)."""
        limit, mine = self.running, by.person_id == self.reporter_id
        self._move("answer", by, at, rules, result, attachments, handles=True)
        self.result = result
        self._tell(events.CaseAnswered, at, round=self.reworks + 1, on_time=_kept(limit, at), by_reporter=mine)

    def contribute(self, by: Principal, at: datetime, rules: LimitRules, note: str, attachments: Sequence[str]) -> None:
        """Add what a co-department did or found."""
        self._move("contribute", by, at, rules, note, attachments, handles=True)
        self._tell(events.CaseContributed, at, contributor=by.department)

    def follow_up(self, by: Principal, at: datetime, rules: LimitRules, note: str, attachments: Sequence[str]) -> None:
        """Follow an urgent case to its end (INC-03)."""
        self._move("follow-up", by, at, rules, note, attachments)
        self._tell(events.CaseFollowed, at)

    def verify(
        self, by: Principal, at: datetime, rules: LimitRules, passed: bool, why: str, attachments: Sequence[str]
    ) -> None:
        """Verify: pass, or refuse with a reason, which counts as rework (INC-14). Raises OwnWork for who took part."""
        if passed:
            self._pass(by, at, rules, why, attachments)
        else:
            self._move("refuse", by, at, rules, why, attachments, change=self._send_back)
            self._tell(events.VerificationRefused, at, round=self.reworks)

    def _pass(self, by: Principal, at: datetime, rules: LimitRules, why: str, attachments: Sequence[str]) -> None:
        spot_check, limit = self.state == "spot-check", self.running
        self._move("pass", by, at, rules, why, attachments)
        self.closed_at = at if spot_check else None
        self._tell(events.CaseVerified, at, rounds=self.reworks + 1, spot_check=spot_check, on_time=_kept(limit, at))

    def _send_back(self) -> None:
        self.reworks += 1
        self.closed_at = None
        self.evaluation = None
        self.settled = False

    def evaluate(self, by: Principal, at: datetime, rules: LimitRules, word: Evaluation) -> None:
        """Keep the reporter's word: solved closes the case, not solved sends it back to work (INC-15)."""
        solved = word.solved or not word.contacted
        if solved:
            self._move("confirm", by, at, rules, word.words)
        else:
            self._move("dispute", by, at, rules, word.words or "未解决", change=self._send_back)
        self.evaluation = word
        self._tell(
            events.CaseEvaluated, at, contacted=word.contacted, solved=word.solved, satisfaction=word.satisfaction
        )
        if solved:
            self._close(at)
        else:
            self._tell(events.CaseDisputed, at, round=self.reworks)

    def lapse(self, by: Principal, at: datetime, rules: LimitRules) -> None:
        """Close a verified case whose reporter said nothing within the plan's time."""
        self._move("lapse", by, at, rules, "")
        self._close(at)

    def _close(self, at: datetime) -> None:
        self.closed_at = at
        handled = [limit for limit in self.limits if limit.step == "handle"]
        kept = all(limit.on_time(limit.done_at or at) for limit in handled)
        self._tell(events.CaseClosed, at, reworks=self.reworks, on_time=kept or self.excused)

    def reopen(self, by: Principal, at: datetime, rules: LimitRules, why: str, until: datetime) -> None:
        """Reopen a closed case not later than `until`. Raises ReopenTooLate."""
        if self.state == "closed" and at > until:
            raise ReopenTooLate(until=until.isoformat())
        self._move("reopen", by, at, rules, why, change=self._send_back)
        self._tell(events.CaseReopened, at, round=self.reworks)

    def excuse(self, by: Principal, at: datetime, rules: LimitRules, why: str) -> None:
        """Excuse a late answer that was made good (容错, INC-19). Raises NothingToExcuse."""
        late = any(limit.step == "handle" and not limit.on_time(limit.done_at or at) for limit in self.limits)
        if self.excused or not late:
            raise NothingToExcuse
        self._move("excuse", by, at, rules, why)
        self.excused = True
        self._tell(events.LatenessExcused, at)

    def warn(self, step: str, notice: Notice, at: datetime) -> bool:
        """Send `notice` about the running `step`; False when the step is over or it went out before (INC-08)."""
        limit = self.running
        if limit is None or limit.step != step or notice.id in limit.told:
            return False
        limit.told += (notice.id,)
        if notice.colour != "none" and limit.light != "red":
            limit.light = notice.colour
        self._tell(
            events.LimitWarned,
            at,
            step=step,
            round=limit.round,
            colour=notice.colour,
            due_at=limit.due_at,
            to=notice.to,
        )
        return True

    def _move(
        self,
        action: str,
        by: Principal,
        at: datetime,
        rules: LimitRules,
        why: str,
        attachments: Sequence[str] = (),
        change: Callable[[], None] = lambda: None,
        handles: bool = False,
    ) -> None:
        """Carry out `action`: check table, person and reason, then change state, history and limits."""
        target = self._allow(action, by, why)
        before = self.state
        change()
        self.state = target
        if handles:
            self.handlers |= {by.person_id}
        self._note(action, by, at, before, target, why, tuple(attachments))
        if STEP_OF_STATE.get(before) != STEP_OF_STATE.get(target):
            self._end_limit(at)
            self._start_limit(at, rules)

    def _allow(self, action: str, by: Principal, why: str) -> str:
        row = ACTION_BY_NAME[action]
        target = next_state(self.state, action)
        if target is None:
            titles = "、".join(ACTION_BY_NAME[name].title for name in possible(self.state)) or "无"
            raise NotAllowedNow(state=STATE_BY_NAME[self.state].title, action=row.title, possible=titles)
        if not relations(self, by).intersection(row.who):
            if "verifier" in row.who and by.has("verifier") and took_part(self, by):
                raise OwnWork
            raise Forbidden(action=row.title)
        if row.reason and not why.strip():
            raise ReasonMissing(action=row.title)
        return target

    def _note(
        self, action: str, by: Principal, at: datetime, before: str, after: str, why: str, attachments: tuple[str, ...]
    ) -> None:
        self.changes += 1
        role = ", ".join(sorted(by.roles))
        self.new_changes.append(
            Change(self.changes, at, action, by.person_id, by.name, role, before, after, why, attachments)
        )

    def _end_limit(self, at: datetime) -> None:
        if (limit := self.running) is not None:
            limit.done_at = at

    def _start_limit(self, at: datetime, rules: LimitRules) -> None:
        step = STEP_OF_STATE.get(self.state)
        if step and (limit := rules.start(step, self.reworks + 1, at)):
            self.limits.append(limit)

    def _tell(self, event: type[events.CaseEvent], at: datetime, **data: Any) -> None:
        self.record(
            event(
                subject=self.id,
                at=at,
                grid=self.area,
                department=self.department,
                concerned=self.co_departments,
                number=self.number,
                matter_code=self.matter.code,
                way=self.way,
                state=self.state,
                reporter_id=self.reporter_id,
                **data,
            )
        )


def _kept(limit: Limit | None, at: datetime) -> bool:
    return limit is None or limit.on_time(at)
