"""Laws that hold for a case whatever anybody does, in any order (INC-02, INC-03, INC-07, INC-14, INC-15).

The actions are those of the workflow's table, whichever they are: `drivers.py` makes a command for each.

Hypothesis lets every person try every action on a few cases, with and without the right to, and looks after each step.
"""

import copy
import dataclasses
import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.chassis.auth import PLATFORM, Principal
from services.chassis.errors import Forbidden, WanggeError
from services.chassis.ids import new_id
from services.chassis.messages import DeadlinePassed, Event
from services.incident import messages
from services.incident.handlers import HANDLERS
from services.incident.model import rights
from services.incident.model.case import Case, Change
from services.incident.model.limits import EXTENSION_LAPSES, STEP_OF_STATE, UNANSWERED, Limit, LimitRules
from services.incident.model.precedent import Precedent
from services.incident.model.rights import may, relations, took_part
from services.incident.model.workflow import ACTION_BY_NAME, ACTIONS, STATE_BY_NAME, next_state
from tests.unit.incident.drivers import DRIVERS, ONLY_PLATFORM, driver
from tests.unit.incident.fakes import INSIDE, MATTER, NOTICES, PEOPLE, FakeWork

REASONED = {action.name for action in ACTIONS if action.reason}
MOST_CASES = 2
HANDLING = {"accept", "answer", "contribute"}
DEADLINES = [
    f"{step}:{kind}"
    for step in sorted(set(STEP_OF_STATE.values()))
    for kind in (*(each.id for each in NOTICES), "climb", "lapse", "gone", UNANSWERED, EXTENSION_LAPSES)
]
WAYS = ("dispatched", "urgent", "coordinated", "approval", "settled")

people = st.sampled_from([*PEOPLE.values()])
actions = st.sampled_from(sorted(DRIVERS))
variants = st.integers(0, 5)


@pytest.mark.parametrize("action", sorted(set(ACTION_BY_NAME) - ONLY_PLATFORM))
def test_every_action_that_a_person_may_do_has_a_driver_and_its_command_a_handler(action: str) -> None:
    assert type(driver(action)("case", "理由", 0)) in HANDLERS


def _moves(case: Case, action: str) -> bool:
    return next_state(case.state, action) != case.state


class CaseLaws(RuleBasedStateMachine):
    """Cases, everybody's attempts at them, and the laws."""

    cases = Bundle("cases")

    @initialize(ratio=st.sampled_from([0.0, 1.0]), duty=st.sampled_from(["water", None]))
    def begin(self, ratio: float, duty: str | None) -> None:
        self.work = FakeWork()
        self.work.plan.ratio, self.work.plan.duty = ratio, duty
        self.history: dict[str, list[Change]] = {}
        self.events: dict[str, list[Event]] = {}
        self.reworks: dict[str, int] = {}
        self.done: dict[tuple[str, str, int], datetime | None] = {}

    @precondition(lambda self: len(self.history) < MOST_CASES)
    @rule(target=cases, who=st.sampled_from(["member", "citizen", "everything", "handler"]), way=st.sampled_from(WAYS))
    def report(self, who: str, way: str) -> str:
        return self._report(who, way, INSIDE)

    @precondition(lambda self: len(self.history) < MOST_CASES)
    @rule(target=cases, who=st.sampled_from(["operator", "member-verifier"]))
    def report_from_an_unknown_place(self, who: str) -> str:
        return self._report(who, "dispatched", None)

    def _report(self, who: str, way: str, point: messages.GivenPoint | None) -> str:
        settled = way == "settled"
        command = messages.Report(
            matter_code=MATTER.code,
            description="黑水",
            channel="public-page" if who == "citizen" else "grid-worker",
            point=point,
            address="河边",
            way=None if settled else way,
            settled=settled,
            result="已清扫" if settled else "",
        )
        case_id = self._handle(command, PEOPLE[who])["id"]
        self._collect(case_id)
        return case_id

    @rule(case_id=cases, who=people, action=actions, why=st.sampled_from(["", "理由"]), variant=variants)
    def anybody_tries_anything(self, case_id: str, who: Principal, action: str, why: str, variant: int) -> None:
        self._try(case_id, who, action, why, variant)

    @rule(case_id=cases, data=st.data(), variant=variants)
    def somebody_does_what_is_offered(self, case_id: str, data: Any, variant: int) -> None:
        """Any action that somebody may do, the rare ones as often as those that many may."""
        case = self.work.cases.get(case_id)
        offered = {who.name: may(case, who) for who in PEOPLE.values()}
        if actions := sorted({action for each in offered.values() for action in each}):
            action = data.draw(st.sampled_from(actions))
            who = data.draw(st.sampled_from([name for name, each in offered.items() if action in each]))
            self._try(case_id, PEOPLE[who], action, "理由", variant)

    @rule(case_id=cases, data=st.data())
    def the_case_goes_on(self, case_id: str, data: Any) -> None:
        """The next step is taken by one who may, who then tries something else as well."""
        case = self.work.cases.get(case_id)
        ways = [(name, action) for name, who in PEOPLE.items() for action in may(case, who) if _moves(case, action)]
        if ways:
            name, action = data.draw(st.sampled_from(ways))
            self._try(case_id, PEOPLE[name], action, "理由", data.draw(variants))
            self._try(case_id, PEOPLE[name], data.draw(actions), "理由", data.draw(variants))

    @rule(hours=st.sampled_from([1, 11, 200]))
    def time_passes(self, hours: int) -> None:
        self.work.now += timedelta(hours=hours)

    @rule(case_id=cases, kind=st.sampled_from(DEADLINES))
    def a_deadline_passes(self, case_id: str, kind: str) -> None:
        self.a_deadline(case_id, kind)

    def a_deadline(self, case_id: str, kind: str) -> None:
        self._handle(DeadlinePassed(subject=case_id, kind=kind, due_at=self.work.now), PLATFORM)
        self._collect(case_id)

    @rule(case_id=cases)
    def a_meeting_decides(self, case_id: str) -> None:
        """About any case, in whatever state it is by then; told twice it is one decision (INC-10)."""
        decision_id = new_id()
        sealed = self.work.seal.close('{"words": "分三段治理", "name": "孙主任"}', f"patrol.decided:{decision_id}")
        decided = messages.MeetingDecided(
            meeting_id="meeting", decision_id=decision_id, case_id=case_id, title="周例会", day=self.work.now.date(),
            sealed=sealed, decided_by="chair", at=self.work.now,
        )  # fmt: skip
        for _ in range(2):
            self._handle(decided, PLATFORM)
        self._collect(case_id)
        assert [each.decision_id for each in self.work.cases.get(case_id).consultations].count(decision_id) == 1

    def _try(self, case_id: str, who: Principal, action: str, why: str, variant: int) -> None:
        case = self.work.cases.get(case_id)
        before, offered, own = self._everything(), may(case, who), took_part(case, who)
        command = self._with_others(DRIVERS[action](case_id, why, variant))
        try:
            self._handle(command, who)
        except WanggeError as refusal:
            assert not (action in offered and isinstance(refusal, Forbidden)), "offered, and refused for rights"
            assert self._everything() == before, "a refused command changed something"
        else:
            assert action in offered, "not offered, and not refused"
            assert not (action in ("pass", "refuse") and own), "verified own work"
        for each in self.work.cases.by_id:
            self._collect(each)

    def _with_others(self, command: Any) -> Any:
        """The command with real cases in place of what stands for them: first those reported after its own."""
        if not isinstance(command, messages.Merge):
            return command
        ids = [*self.work.cases.by_id]
        here = ids.index(command.case_id)
        others = [*ids[here + 1 :], *ids[:here]] or ids
        return dataclasses.replace(command, duplicates=tuple(others[: len(command.duplicates)]))

    def _everything(self) -> Any:
        """All that a command could change, as a copy."""
        cases = {case_id: copy.deepcopy(vars(case)) for case_id, case in self.work.cases.by_id.items()}
        return cases, list(self.work.cases.warned)

    def _handle(self, message: Any, who: Principal) -> dict[str, Any]:
        return HANDLERS[type(message)](message, self.work.by(who)) or {}

    def _collect(self, case_id: str) -> None:
        case = self.work.cases.get(case_id)
        self.history.setdefault(case_id, []).extend(case.new_changes)
        case.new_changes.clear()
        self.events.setdefault(case_id, []).extend(case.collect())

    @invariant()
    def the_history_replays_to_the_state(self) -> None:
        for case in self._cases():
            history = self.history[case.id]
            assert [change.sequence for change in history] == list(range(1, case.changes + 1))
            state = ""
            for change in history:
                assert change.from_state == state
                state = change.to_state
            assert state == case.state
            assert all(change.reason for change in history if change.action in REASONED)

    @invariant()
    def each_event_has_the_next_number(self) -> None:
        for case in self._cases():
            assert [event.sequence for event in self.events[case.id]] == list(range(1, case.sequence + 1))

    @invariant()
    def exactly_the_clock_of_the_state_runs(self) -> None:
        for case in self._cases():
            running = [limit.step for limit in case.limits if limit.done_at is None]
            step = STEP_OF_STATE.get(case.state)
            assert running == ([step] if step else [])
            assert not (running and STATE_BY_NAME[case.state].final)
            rounds = [(limit.step, limit.round) for limit in case.limits]
            assert len(rounds) == len(set(rounds)), "limits are stored by step and round"

    @invariant()
    def one_at_a_time_holds_a_case(self) -> None:
        """A department or the grid, never two, and nobody once the case is over."""
        for case in self._cases():
            holding = [who for who in PEOPLE.values() if "holder" in relations(case, who)]
            assert len({who.department if case.department else case.grid for who in holding}) <= 1
            if STATE_BY_NAME[case.state].final:
                assert not [who.name for who in holding if set(may(case, who)) & HANDLING]

    @invariant()
    def no_clock_goes_backwards_or_on_after_it_stopped(self) -> None:
        for case in self._cases():
            for limit in case.limits:
                assert limit.started_at <= (limit.done_at or self.work.now) <= self.work.now
                assert self.done.setdefault((case.id, limit.step, limit.round), limit.done_at) in (None, limit.done_at)
                self.done[case.id, limit.step, limit.round] = limit.done_at

    @invariant()
    def a_clock_never_runs_while_paused(self) -> None:
        for case in self._cases():
            limit, rules = case.running, self.work.plan.rules("", "")
            paused = limit is not None and limit.paused_at is not None
            assert paused is (case.inquiry is not None)
            assert sum(not each.outcome for each in case.inquiries) <= 1
            if limit is not None and paused:
                assert set(rules.deadlines(limit, True)) == {f"{limit.step}:{UNANSWERED}"}
                assert limit.light == "paused" and limit.on_time(self.work.now)

    @invariant()
    def a_step_has_exactly_its_time_however_often_it_was_stopped(self) -> None:
        """What ran before pauses and what runs after the last is what plan and grant gave (INC-07)."""
        for case in self._cases():
            limit = case.running
            if limit is None or limit.paused_at is not None:
                continue
            mine = [each for each in case.inquiries if (each.step, each.round) == (limit.step, limit.round)]
            stood = sum((min(each.ended_at, each.answer_by) - each.asked_at for each in mine), timedelta())
            ran = (limit.due_at - limit.started_at - stood) / timedelta(hours=1)
            assert ran == pytest.approx(limit.total, abs=1e-6)

    @invariant()
    def an_extension_is_granted_once_and_never_by_who_asked(self) -> None:
        for case in self._cases():
            for limit in case.limits:
                granted = [
                    each
                    for each in case.extensions
                    if (each.step, each.round, each.outcome) == (limit.step, limit.round, "granted")
                ]
                assert len(granted) <= 1 and limit.granted == sum(each.amount for each in granted)
                assert all(each.decided_at <= each.due_before or each.due_after is None for each in granted)
                assert all(each.decided_by_name != each.asked_by_name for each in granted)

    @invariant()
    def reworks_never_decrease_and_count_what_came_back(self) -> None:
        for case in self._cases():
            assert case.reworks >= self.reworks.get(case.id, 0)
            self.reworks[case.id] = case.reworks
            returned = [each for each in self.history[case.id] if each.action in ("refuse", "dispute", "reopen")]
            assert case.reworks == len(returned)

    @invariant()
    def returned_once_to_the_centre_once_to_arbitration_and_never_after_a_ruling(self) -> None:
        for case in self._cases():
            flow = [each.action for each in self.history[case.id] if each.action in ("return", "contest", "rule")]
            assert flow == ["return", "contest", "rule"][: len(flow)]
            assert len(case.returns) == len([each for each in flow if each != "rule"])
            assert case.ruled is ("rule" in flow)
            left = case.merged_from if case.state == "merged" else case.state  # to which unmerging leads back
            assert (left == "arbitration") is bool(case.arbiters)

    @invariant()
    def a_case_comes_down_only_from_where_it_went_up(self) -> None:
        for case in self._cases():
            flow = [each.action for each in self.history[case.id] if each.action in ("escalate", "send-down")]
            assert flow == [each.action for each in case.climbs]
            assert flow.count("send-down") <= flow.count("escalate")
            assert len(case.standing.below) <= flow.count("escalate") - flow.count("send-down")
            assert all(climb.reason for climb in case.climbs)
            assert case.department is None or case.standing.grid is None, "one holder at a time"

    @invariant()
    def for_one_matter_and_area_one_ruling_holds(self) -> None:
        holding = [(each.matter_code, each.area) for each in self._precedents() if each.state == "active"]
        assert len(holding) == len(set(holding))

    @invariant()
    def who_verified_neither_handled_nor_led(self) -> None:
        for case in self._cases():
            handled: set[str] = set()
            for change in self.history[case.id]:
                if change.action in ("accept", "answer", "contribute"):
                    handled.add(change.actor_id)
                assert change.action not in ("pass", "refuse") or change.actor_id not in handled

    @invariant()
    def a_case_is_closed_exactly_when_it_waits_for_nobody(self) -> None:
        for case in self._cases():
            over = case.state == "closed" or case.state in ("registered", "declined")
            assert case.state in ("handed-over", "merged") or (case.closed_at is not None) is over

    @invariant()
    def a_merged_case_follows_one_that_is_not_and_everybody_knows_it(self) -> None:
        by_id = {case.id: case for case in self._cases()}
        for case in by_id.values():
            assert (case.state == "merged") is (case.main is not None) is (case.merged_into is not None)
            if case.main is not None:
                assert by_id[case.main.id].main is None, "a chain has an end, a ring has none"
                assert not case.followers
            following = {each.id for each in by_id.values() if each.main is not None and each.main.id == case.id}
            assert {each.id for each in case.followers} == following

    def _precedents(self) -> list[Precedent]:
        return self.work.precedents.all if hasattr(self, "work") else []

    def _cases(self) -> list[Case]:
        return list(self.work.cases.by_id.values()) if hasattr(self, "work") else []


LAWS = ("INC-02", "INC-03", "INC-05", "INC-07", "INC-10", "INC-14", "INC-15", "INC-16", "INC-20")
TestCaseLaws = pytest.mark.rule(*LAWS)(CaseLaws.TestCase)
TestCaseLaws.settings = settings(
    max_examples=100, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.rule("INC-02")
def test_every_action_of_the_table_happens_to_some_case() -> None:
    """Drivers and people suffice to reach all of the table: a law about an action that never happens proves nothing."""
    happened = _many_lives(lambda happened: not set(ACTION_BY_NAME) - set(happened))
    assert sorted(set(ACTION_BY_NAME) - set(happened)) == []


def _many_lives(enough: Callable[[Counter[str]], bool]) -> Counter[str]:
    """What happened to cases that lived one after the other, until it is enough."""
    dice, happened = random.Random(6), Counter[str]()
    for number in range(300):
        happened += _life_of_a_case(dice, number)
        if enough(happened):
            break
    return happened


def _life_of_a_case(dice: random.Random, number: int) -> Counter[str]:
    """What happened to a case whose people did at random what they might, the rarer the rather."""
    laws = CaseLaws()
    laws.begin(ratio=float(number % 2), duty=dice.choice(["water", None]))
    way, point = dice.choice(WAYS), dice.choice([INSIDE, INSIDE, None])
    case_id = laws._report(
        dice.choice(["member", "citizen", "operator"]), "dispatched" if point is None else way, point
    )
    other = laws._report("operator", "dispatched", INSIDE)
    for _ in range(60):
        acted = other if dice.random() < 0.2 else case_id
        case = laws.work.cases.get(acted)
        offered = [(action, who) for who in PEOPLE.values() for action in may(case, who)]
        if offered and dice.random() < 0.9:
            seen = Counter(change.action for change in laws.history[acted])
            action, who = min(
                dice.sample(offered, min(4, len(offered))), key=lambda each: seen[each[0]] + 2 * dice.random()
            )
            laws._try(acted, who, action, "理由", dice.randrange(6))
        else:
            laws.work.now += timedelta(hours=dice.choice([1, 30]))
            laws.a_deadline(case_id, dice.choice(DEADLINES))
            laws.a_meeting_decides(acted)
        for law in laws.invariants:
            law.function(laws)
    return Counter(change.action for each in (case_id, other) for change in laws.history[each])


# --- that the laws would notice ---------------------------------------------------------------------------------------

ALLOW, RESUME = Case._allow, LimitRules.resume


def _refuse_late(case: Case, action: str, by: Principal, why: str) -> str:
    try:
        return ALLOW(case, action, by, why)
    except WanggeError:
        case.result = "写到一半"
        raise


def _resume_short(rules: LimitRules, limit: Limit, at: datetime) -> None:
    RESUME(rules, limit, at)
    limit.due_at -= timedelta(minutes=1)


FAULTS: dict[str, tuple[object, str, Callable[..., Any]]] = {
    "own work is verified": (rights, "took_part", lambda *_: False),
    "a clock is not stopped": (Case, "_end_limit", lambda *_: None),
    "a step has no clock": (Case, "_start_limit", lambda *_: None),
    "a change is not noted": (Case, "_note", lambda *_: None),
    "an event skips a number": (Case, "_tell", lambda case, *_, **__: setattr(case, "sequence", case.sequence + 1)),
    "a refused command leaves a trace": (Case, "_allow", _refuse_late),
    "everybody holds": (rights, "_holds", lambda *_: True),
    "a clock runs while paused": (LimitRules, "pause", lambda *_: None),
    "time is lost in a pause": (LimitRules, "resume", _resume_short),
    "rework is not counted": (Case, "_send_back", lambda *_: None),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_laws_notice_a_planted_fault(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*FAULTS[fault])
    planted = settings(
        TestCaseLaws.settings, max_examples=300, phases=[Phase.generate], derandomize=True, database=None
    )
    with pytest.raises(AssertionError):
        run_state_machine_as_test(CaseLaws, settings=planted)
        _many_lives(lambda happened: False)
