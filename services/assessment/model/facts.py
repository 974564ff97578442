"""What one event moves: which counters of which subjects (ASM-02, ASM-03).

`facts_of` looks at one event alone, so the same events give the same facts in whatever order and however often they
come. Each fact answers a question about its case ("handling-2": was the second round handled in time?). A later event
of the case may answer the same question anew; `services.assessment.model.weighing` lets the last answer count.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.assessment.messages import CaseHappened

MEMBER, GRID, DEPARTMENT = KINDS = ("member", "grid", "department")

COUNTERS: Mapping[str, str] = {
    "reported": "上报事项",
    "filed": "立案",
    "rejected": "不予受理",
    "self_handled": "自行处置",
    "dispatched": "派遣",
    "dispatched_right": "准确派遣",
    "should_be_handled": "应处置",
    "handled_on_time": "按时处置",
    "handled_extended": "经批准延期后处置",
    "answers": "处理反馈",
    "reworked": "返工",
    "verified": "核查通过",
    "closed": "结案",
    "contacted": "已回访",
    "reached": "已评价",
    "solved": "已解决",
    "satisfied": "满意",
    "rather_satisfied": "基本满意",
    "should_arrive": "应报到(吹哨)",
    "arrived_on_time": "按时报到(吹哨)",
    "should_finish": "应办结(吹哨)",
    "finished_on_time": "按时办结(吹哨)",
    "first_reports": "首报",
    "missed": "漏报(经认定追责)",
    "found": "自行发现",
    "settled_here": "本级办结(未呼叫上级)",
    "escalated": "呼叫上级",
    "merged": "并入其他案件",
    "patrols_due": "应巡查",
    "patrols_done": "已巡查",
    "patrols_on_time": "按时巡查",
    "overlooked": "检查发现、此前巡查认定正常",
}
"""Every counter that a plan's formula may name, with its title; the same names as the registry's plan check allows."""

OWN_CHANNELS = frozenset({"grid-worker", "grid-leader", "patrol"})
"""Reports by the grid's own people: found by themselves."""

COUNTY_DIGITS = 6
"""A case whose grid is not known lies in the county's code; that is no grid."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One event moves one counter of one subject by `amount` (0: it takes back what an earlier event moved).

    Of a patrol, `case_id` and `case_number` are those of the task, which counts as a case and a problem of its own.
    `day` is the event's day in the county. `area` is the grid or division of the case. `problem` is set by the report
    of a grid worker: cases with the same problem were split from one (ASM-11).
    """

    event_id: str
    counter: str
    subject_kind: str
    subject_id: str
    event_type: str
    case_id: str
    case_number: str
    sequence: int
    question: str
    amount: int
    at: datetime
    day: date
    area: str
    problem: str | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes a fact the same fact when its event comes again."""
        return self.event_id, self.counter, self.subject_kind, self.subject_id


@dataclass(frozen=True)
class Move:
    """A counter moves by `amount`, in answer to `question`, for the subjects of `kinds`."""

    question: str
    counter: str
    amount: int = 1
    kinds: tuple[str, ...] = KINDS


Rule = Callable[[CaseHappened], Iterator[Move]]

REPORTERS = (MEMBER, GRID)


def _reported(event: CaseHappened) -> Iterator[Move]:
    yield Move("report", "reported", kinds=REPORTERS)
    yield _self_handled(event)
    if event.first_report:
        yield Move("first", "first_reports", kinds=REPORTERS)
    if event.channel in OWN_CHANNELS:
        yield Move("origin", "found", kinds=REPORTERS)


def _self_handled(event: CaseHappened) -> Move:
    return Move("self", "self_handled", int(event.way == "settled"), REPORTERS)


def _filed(event: CaseHappened) -> Iterator[Move]:
    """Tells `reported` again, so that both sides of the filing rate lie in one period and in the grid found by then."""
    yield Move("report", "reported", kinds=REPORTERS)
    yield Move("filing", "filed", kinds=REPORTERS)
    yield _self_handled(event)


def _declined(event: CaseHappened) -> Iterator[Move]:
    """What is nobody's duty was neither found nor missed nor reported first: empty reports raise no rate (ASM-11)."""
    yield Move("report", "reported", kinds=REPORTERS)
    yield Move("filing", "rejected", kinds=REPORTERS)
    yield Move("origin", "found", 0, REPORTERS)
    yield Move("first", "first_reports", 0, REPORTERS)
    yield Move("missed", "missed", 0, (GRID,))


def _registered(event: CaseHappened) -> Iterator[Move]:
    yield Move("self", "self_handled", kinds=REPORTERS)


def _dispatched(event: CaseHappened) -> Iterator[Move]:
    yield Move(f"dispatch-{event.sequence}", "dispatched")
    yield Move("dispatch", "dispatched_right")


def _escalated(event: CaseHappened) -> Iterator[Move]:
    yield Move(f"climb-{event.sequence}", "escalated", kinds=REPORTERS)


def _returned(event: CaseHappened) -> Iterator[Move]:
    """What a department returned was not dispatched right; the next dispatch answers the question anew (INC-05)."""
    yield Move("dispatch", "dispatched_right", 0)


def _answered(event: CaseHappened) -> Iterator[Move]:
    if event.by_reporter:
        yield Move("self", "self_handled", kinds=REPORTERS)
    yield Move(f"answer-{event.sequence}", "answers")
    yield Move(f"handling-{event.round}", "should_be_handled")
    yield Move(f"handling-{event.round}", "handled_on_time", int(event.on_time))
    if event.extended:
        yield Move(f"extended-{event.round}", "handled_extended")


def _warned(event: CaseHappened) -> Iterator[Move]:
    """A handling limit that has passed counts as one that should have been kept, before anybody answers."""
    passed = event.due_at is not None and event.due_at <= event.at
    if event.step == "handle" and passed and event.round is not None:
        yield Move(f"handling-{event.round}", "should_be_handled")
        yield Move(f"handling-{event.round}", "handled_on_time", 0)


def _sent_back(event: CaseHappened) -> Iterator[Move]:
    yield Move(f"rework-{event.round}", "reworked")


def _verified(event: CaseHappened) -> Iterator[Move]:
    yield Move("verification", "verified")


def _evaluated(event: CaseHappened) -> Iterator[Move]:
    yield Move("word", "contacted", int(event.contacted))
    yield Move("word", "reached", int(event.contacted))
    yield Move("word", "solved", int(event.contacted and event.solved))
    yield Move("word", "satisfied", int(event.contacted and event.satisfaction == "satisfied"))
    yield Move("word", "rather_satisfied", int(event.contacted and event.satisfaction == "rather-satisfied"))


def _closed(event: CaseHappened) -> Iterator[Move]:
    yield Move("closing", "closed")
    yield Move("closing", "settled_here", int(event.climbed == 0))


def _reopened(event: CaseHappened) -> Iterator[Move]:
    yield Move("closing", "closed", 0)
    yield Move("closing", "settled_here", 0)


def _excused(event: CaseHappened) -> Iterator[Move]:
    yield Move("excuse", "handled_on_time")


def _missed_report(event: CaseHappened) -> Iterator[Move]:
    """A named person found that the grid missed it, and the plan holds that against it: where harm followed (P2)."""
    yield Move("missed", "missed", int(event.counts), (GRID,))


def _merged(event: CaseHappened) -> Iterator[Move]:
    """One problem reported twice counts once, by its main case; what was reported first stays first (ASM-11)."""
    yield Move("merging", "merged")
    yield Move("first", "first_reports", int(event.keeps_first), REPORTERS)


def _unmerged(event: CaseHappened) -> Iterator[Move]:
    yield Move("merging", "merged", 0)
    yield from _absorbed(event)


def _absorbed(event: CaseHappened) -> Iterator[Move]:
    yield Move("first", "first_reports", int(event.first_report), REPORTERS)


CALLED = (DEPARTMENT,)
"""Calls by whistle are facts about the department that was called, whoever leads the case (INC-09)."""


def _whistled(event: CaseHappened) -> Iterator[Move]:
    """A case that changes hands by whistle is the new lead's; who had it is not blamed for a wrong dispatch."""
    if event.new_lead:
        yield Move(f"dispatch-{event.sequence}", "dispatched", kinds=CALLED)
        yield Move("dispatch", "dispatched_right")


def _arrived(event: CaseHappened) -> Iterator[Move]:
    yield Move(f"arrival-{event.call}", "should_arrive", kinds=CALLED)
    yield Move(f"arrival-{event.call}", "arrived_on_time", int(event.on_time), CALLED)


def _signed_off(event: CaseHappened) -> Iterator[Move]:
    yield Move(f"part-{event.call}-{event.round}", "should_finish", kinds=CALLED)
    yield Move(f"part-{event.call}-{event.round}", "finished_on_time", int(event.on_time), CALLED)


def _call_warned(event: CaseHappened) -> Iterator[Move]:
    """A limit of a call that has passed counts as one that should have been kept, as that of the handling does."""
    if event.due_at is None or event.due_at > event.at:
        return
    yield from _arrived(event) if event.step == "arrive" else _signed_off(event)


def _call_withdrawn(event: CaseHappened) -> Iterator[Move]:
    """Nobody had to come to a call that was withdrawn."""
    yield Move(f"arrival-{event.call}", "should_arrive", 0, CALLED)
    yield Move(f"arrival-{event.call}", "arrived_on_time", 0, CALLED)


RULES: Mapping[str, Rule] = {
    "incident.reported.v1": _reported,
    "incident.filed.v1": _filed,
    "incident.declined.v1": _declined,
    "incident.registered.v1": _registered,
    "incident.dispatched.v1": _dispatched,
    "incident.returned.v1": _returned,
    "incident.escalated.v1": _escalated,
    "incident.answered.v1": _answered,
    "incident.warned.v1": _warned,
    "incident.refused.v1": _sent_back,
    "incident.disputed.v1": _sent_back,
    "incident.verified.v1": _verified,
    "incident.evaluated.v1": _evaluated,
    "incident.closed.v1": _closed,
    "incident.reopened.v1": _reopened,
    "incident.excused.v1": _excused,
    "incident.missed-report.v1": _missed_report,
    "incident.merged.v1": _merged,
    "incident.unmerged.v1": _unmerged,
    "incident.absorbed.v1": _absorbed,
    "incident.whistled.v1": _whistled,
    "incident.arrived.v1": _arrived,
    "incident.signed-off.v1": _signed_off,
    "incident.call-warned.v1": _call_warned,
    "incident.call-withdrawn.v1": _call_withdrawn,
}
"""The events that move anything. What is not here is not measured, presence and diligence above all (ASM-10)."""


def facts_of(event: CaseHappened, zone: ZoneInfo) -> list[Fact]:
    """The facts that `event` is, with days in the county's `zone`; none for an event that moves nothing."""
    rule = RULES.get(event.type)
    if rule is None:
        return []
    subjects = _subjects(event)
    return [
        _fact(event, move, kind, subjects[kind], zone)
        for move in rule(event)
        for kind in move.kinds
        if kind in subjects
    ]


def _subjects(event: CaseHappened) -> dict[str, str]:
    grid = event.grid if event.grid and len(event.grid) > COUNTY_DIGITS else None
    found = {MEMBER: event.reporter_id, GRID: grid, DEPARTMENT: event.called or event.department}
    return {kind: subject for kind, subject in found.items() if subject}


def _fact(event: CaseHappened, move: Move, kind: str, subject: str, zone: ZoneInfo) -> Fact:
    return Fact(
        event_id=event.event_id,
        counter=move.counter,
        subject_kind=kind,
        subject_id=subject,
        event_type=event.type,
        case_id=event.case_id,
        case_number=event.number,
        sequence=event.sequence,
        question=move.question,
        amount=move.amount,
        at=event.at,
        day=event.at.astimezone(zone).date(),
        area=event.grid or "",
        problem=_problem(event, zone),
    )


def _problem(event: CaseHappened, zone: ZoneInfo) -> str | None:
    """One person, one matter, one grid, one day: reported by a grid worker in several cases it still is one problem."""
    if event.channel not in OWN_CHANNELS or not event.reporter_id:
        return None
    day = event.at.astimezone(zone).date().isoformat()
    return "|".join((event.reporter_id, event.grid or "", event.matter_code, day))
