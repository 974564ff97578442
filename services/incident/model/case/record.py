"""A case as a record: its facts, and the one way in which they change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.chassis.auth import PLATFORM, Principal
from services.chassis.errors import Forbidden, NotAllowedNow, StaleVersion
from services.chassis.messages import Aggregate
from services.incident import messages as events
from services.incident.errors import OwnRequest, OwnWork, ReasonMissing
from services.incident.model.calls import Call
from services.incident.model.case.facts import (
    Change,
    Evaluation,
    Extension,
    Follower,
    Inquiry,
    Main,
    Matter,
    Place,
    Reporter,
)
from services.incident.model.case.paths import Climb, Consultation, Returned, Routing, Standing
from services.incident.model.hindrance import hindrance
from services.incident.model.limits import STEP_OF_STATE, Limit, LimitRules
from services.incident.model.missed import Missed
from services.incident.model.rights import CONDITIONS, fits, relations, took_part
from services.incident.model.workflow import ACTION_BY_NAME, INITIAL, STATE_BY_NAME, next_state, possible


@dataclass
class CaseRecord(Aggregate):
    """Facts, history and clocks of a case. Its version is its event sequence.

    `merged_into` is the case that this one was merged into, `merged_from` the state that it had then; `main` and
    `followers` say who stands at the end of the chain, and who follows this one (INC-16).
    `whistlers` are the roles that the active plan lets blow the whistle; whoever loads the case says so (INC-09).
    """

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
    routing: Routing | None = None
    returns: tuple[Returned, ...] = ()
    standing: Standing = field(default_factory=Standing)
    climbs: tuple[Climb, ...] = ()
    consultations: tuple[Consultation, ...] = ()
    arbiters: tuple[str, ...] = ()
    ruled: bool = False
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
    inquiries: list[Inquiry] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)
    missed: Missed | None = None
    merged_into: str | None = None
    merged_from: str = ""
    main: Main | None = None
    followers: tuple[Follower, ...] = ()
    calls: list[Call] = field(default_factory=list)
    whistlers: frozenset[str] = frozenset()
    changes: int = 0
    sequence: int = 0

    def __post_init__(self) -> None:
        super().__init__(self.sequence)
        self.new_changes: list[Change] = []
        self.left: tuple[str, ...] = ()
        """The grids that it left and their successors, told when it follows (REG-04)."""

    @property
    def area(self) -> str:
        """The code by which areas see the case: its grid, or the county while no grid is known."""
        return self.place.grid or self.county

    @property
    def grid(self) -> str | None:
        return self.place.grid

    @property
    def held_at(self) -> str:
        """The grid that holds the case where no department does; its own unless it climbed."""
        return self.standing.grid or self.area

    @property
    def running(self) -> Limit | None:
        """The limit that runs now."""
        return next((limit for limit in reversed(self.limits) if limit.done_at is None), None)

    @property
    def on_agenda(self) -> bool:
        """Whether it waits for a meeting to decide, since it came to where it is now (INC-10)."""
        last, running = (self.consultations or (None,))[-1], self.running
        return last is not None and last.kind == "asked" and (running is None or running.started_at <= last.at)

    @property
    def consulted(self) -> Consultation | None:
        """What the meeting that comes before the next climb decided, since the case is where it is (INC-06)."""
        since = self.climbs[-1].at if self.climbs else self.reported_at
        wanted = (each for each in reversed(self.consultations) if each.kind == "decided" and each.at >= since)
        return next((each for each in wanted if each.meeting == self.standing.needs), None)

    @property
    def inquiry(self) -> Inquiry | None:
        """The question that the reporter must answer; while there is one, the clock stands still."""
        return next((each for each in self.inquiries if not each.outcome), None)

    @property
    def extension(self) -> Extension | None:
        """The request for a longer limit that nobody has decided yet."""
        return next((each for each in self.extensions if not each.outcome), None)

    @property
    def leading_call(self) -> Call | None:
        """The call of the department that leads by whistle; None where the case is not led so."""
        return next((call for call in self.calls if call.leading), None)

    def call_of(self, department: str | None) -> Call | None:
        """The valid call of `department`, if it was called."""
        return next((call for call in self.calls if call.valid and call.department == department), None)

    def is_withdrawable(self, call: Call) -> bool:
        """Whether `call` can be taken back: nobody came yet, and somebody else leads."""
        return call.open and call.arrived is None and not call.leading

    def is_callable_again(self, call: Call) -> bool:
        """Whether the department did its part and can be asked for more; the lead has its part back by itself."""
        return call.valid and call.signed_off is not None and not call.leading

    def expect(self, version: int | None) -> None:
        """Raise StaleVersion unless `version` (If-Match) is absent or the present one."""
        if version is not None and version != self.sequence:
            raise StaleVersion(current=self.sequence)

    def check_call(self, by: Principal, why: str) -> None:
        """Raise what `escalate` would raise before it looks who is above."""
        self._allow("escalate", by, why)

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
        about: Sequence[str] = (),
        anew: bool = False,
    ) -> None:
        """Carry out `action`: check table, person and reason, then change state, history and limits.

        The limit starts `anew` where somebody else has the same step from now on.
        """
        target = self._allow(action, by, why)
        before = self.state
        change()
        self.state = target
        if handles:
            self.handlers |= {by.person_id}
        self._note(action, by, at, before, target, why, tuple(attachments), tuple(about))
        if anew or STEP_OF_STATE.get(before) != STEP_OF_STATE.get(target):
            self._end_limit(at)
            self._start_limit(at, rules)
        self._entail(action, by, at, rules, why)

    def _entail(self, action: str, by: Principal, at: datetime, rules: LimitRules, why: str) -> None:
        """What else `action` brings with it; parts of the case say so."""

    def _allow(self, action: str, by: Principal, why: str) -> str:
        row = ACTION_BY_NAME[action]
        target = next_state(self.state, action, self.merged_from)
        if target is None:
            titles = "、".join(ACTION_BY_NAME[name].title for name in possible(self.state)) or "无"
            raise NotAllowedNow(state=STATE_BY_NAME[self.state].title, action=row.title, possible=titles)
        if not relations(self, by).intersection(row.who):
            if "approver" in row.who and self.extension and by.person_id == self.extension.asked_by:
                raise OwnRequest
            if "verifier" in row.who and by.has("verifier") and took_part(self, by):
                raise OwnWork
            raise Forbidden(action=row.title)
        if not fits(self, action):
            raise CONDITIONS[action][1](action=row.title)
        if row.reason and not why.strip():
            raise ReasonMissing(action=row.title)
        if (error := hindrance(self, action, by)) is not None:
            raise error
        return target

    def _lead_by(
        self, lead: str | None, co_departments: Sequence[str], routing: Routing | None, standing: Standing | None = None
    ) -> None:
        self.department, self.routing, self.standing = lead, routing, standing or Standing()
        self.co_departments = tuple(each for each in co_departments if each != lead)

    def _send_back(self) -> None:
        self.reworks += 1
        self.closed_at = None
        self.evaluation = None
        self.settled = False

    def _note(
        self,
        action: str,
        by: Principal,
        at: datetime,
        before: str,
        after: str,
        why: str,
        attachments: tuple[str, ...],
        about: tuple[str, ...] = (),
    ) -> None:
        self.changes += 1
        role = ", ".join(sorted(by.roles))
        self.new_changes.append(
            Change(self.changes, at, action, by.person_id, by.name, role, before, after, why, attachments, about)
        )

    def _end_limit(self, at: datetime) -> None:
        """End the running limit; what was still asked about it is over with it."""
        if (limit := self.running) is not None:
            limit.done_at = at
        if (inquiry := self.inquiry) is not None:
            inquiry.outcome, inquiry.ended_at = "withdrawn", at
        if (extension := self.extension) is not None:
            extension.outcome, extension.decided_at = "lapsed", at

    def _start_limit(self, at: datetime, rules: LimitRules) -> None:
        step = STEP_OF_STATE.get(self.state)
        round = 1 + sum(each.step == step for each in self.limits)
        if step and (limit := rules.start(step, round, at)):
            self.limits.append(limit)

    @property
    def _actor(self) -> str | None:
        """Who did what happened last; None for the platform itself."""
        last = self.new_changes[-1].actor_id if self.new_changes else PLATFORM.person_id
        return None if last == PLATFORM.person_id else last

    def _tell(self, event: type[events.CaseEvent], at: datetime, **data: Any) -> None:
        told: dict[str, Any] = {"department": self.department, "concerned": self.co_departments, **data}
        self.record(
            event(
                subject=self.id,
                at=at,
                grid=self.area,
                number=self.number,
                matter_code=self.matter.code,
                way=self.way,
                state=self.state,
                reporter_id=self.reporter_id,
                actor_id=self._actor,
                **told,
            )
        )

    def _tell_of_dispatch(self, at: datetime, automatic: bool, on_time: bool) -> None:
        limit = self.running
        self._tell(
            events.CaseDispatched,
            at,
            matter_name=self.matter.name,
            co_departments=self.co_departments,
            due_at=limit.due_at if limit else None,
            urgent=self.way == "urgent",
            automatic=automatic,
            on_time=on_time,
        )


def kept(limit: Limit | None, at: datetime) -> bool:
    """Whether the step that ends at `at` kept its limit; one without a limit did."""
    return limit is None or limit.on_time(at)
