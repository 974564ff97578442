"""Meetings: arranged, opened, decided, written down (PAT-09)."""

import json
from datetime import date

from services.chassis.ids import new_id
from services.patrol import messages
from services.patrol.errors import (
    CaseNotInArea,
    DecisionIncomplete,
    DecisionNeedsMatter,
    DepartmentNotKnown,
    DueInThePast,
    GridNotInArea,
    MatterUnknown,
    NotTheConvener,
    PersonNotKnown,
    PresentNotKnown,
    TopicMissing,
)
from services.patrol.handlers.acting import Answer, Handlers, today
from services.patrol.model.decision import CASE, INCIDENT, TASK, Decision
from services.patrol.model.diary import Deed
from services.patrol.model.meeting import CASE as CASE_ITEM
from services.patrol.model.meeting import TOPIC, AgendaItem, Meeting
from services.patrol.model.meeting_plan import MeetingRule
from services.patrol.ports import Work

CENTRE = ("centre-operator", "county-leader")
"""They convene where the plan names nobody, and may cancel any meeting of their area."""


def arrange(command: messages.ArrangeMeeting, work: Work) -> Answer:
    meeting, _ = _load(command, work, "调整")
    day = date.fromisoformat(command.day) if command.day else None
    meeting.arrange(day, command.starts, command.place, command.reason, today(work))
    return receipt(meeting)


def add_item(command: messages.AddAgendaItem, work: Work) -> Answer:
    """A case of the meeting's area, or a topic."""
    meeting, _ = _load(command, work, "增加议题")
    if command.case_id:
        case = work.cases.is_open(command.case_id, meeting.grid)
        if case is None:
            raise CaseNotInArea(value=command.case_id)
        item = _item(CASE_ITEM, case.title, work, case.case_id, case.why)
    elif command.words.strip():
        item = _item(TOPIC, command.words.strip(), work)
    else:
        raise TopicMissing
    meeting.add(item)
    return receipt(meeting)


def remove_item(command: messages.RemoveAgendaItem, work: Work) -> Answer:
    meeting, _ = _load(command, work, "移出议题")
    meeting.remove(command.item_id, command.reason)
    return receipt(meeting)


def open_meeting(command: messages.OpenMeeting, work: Work) -> Answer:
    """Its agenda is filled for the last time: what came until now is on it."""
    meeting, _ = _load(command, work, "开始")
    work.meeting_days.fill(meeting)
    meeting.open(work.caller.person_id, work.now, today(work))
    return receipt(meeting)


def record_present(command: messages.RecordPresent, work: Work) -> Answer:
    meeting, _ = _load(command, work, "登记到会人员")
    if unknown := work.officers.unknown(command.people, today(work)):
        raise PresentNotKnown(value=unknown[0])
    meeting.record_present(command.people, command.guests)
    return receipt(meeting)


def decide(command: messages.Decide, work: Work) -> Answer:
    """A decision becomes a case, a task, or a line on the item's case (INC-10)."""
    meeting, _ = _load(command, work, "作出决定")
    item = meeting.decide(command.item_id, command.kind == CASE)
    decision = Decision(
        id=new_id(),
        meeting_id=meeting.id,
        item_id=item.id,
        kind=command.kind,
        grid=meeting.grid,
        words=command.words.strip(),
        decided_by=work.caller.person_id,
        decided_at=work.now,
    )
    _COMES_OF[command.kind](command, decision, item, meeting, work)
    work.decisions.add(decision)
    return {**receipt(meeting), "id": decision.id}


def _raise_case(command: messages.Decide, decision: Decision, item: AgendaItem, meeting: Meeting, work: Work) -> None:
    if not command.matter_code:
        raise DecisionNeedsMatter
    if not work.plans.knows(meeting.plan, command.matter_code):
        raise MatterUnknown(value=command.matter_code)
    grid = command.grid_code or meeting.grid
    if not work.grids.lies_in(grid, meeting.grid):
        raise GridNotInArea(value=grid)
    decision.case_id, decision.grid = new_id(), grid
    who = {"words": decision.words, "name": work.caller.name, "roles": sorted(work.caller.roles)}
    sealed = work.seal.close(json.dumps(who, ensure_ascii=False), f"patrol.sealed:{decision.case_id}")
    told = {**_told(meeting, decision, work), "grid": grid, "matter_code": command.matter_code}
    meeting.record(messages.CaseRaised(**told, sealed=sealed))


def _give_task(command: messages.Decide, decision: Decision, item: AgendaItem, meeting: Meeting, work: Work) -> None:
    if not (command.person_id or command.department) or not command.due_on:
        raise DecisionIncomplete
    due_on = date.fromisoformat(command.due_on)
    if due_on < today(work):
        raise DueInThePast(value=command.due_on)
    if command.person_id and work.officers.unknown((command.person_id,), today(work)):
        raise PersonNotKnown(value=command.person_id)
    if command.department and not work.plans.has_department(meeting.plan, command.department):
        raise DepartmentNotKnown(value=command.department)
    decision.person_id, decision.department = command.person_id, command.department
    decision.due_on, decision.case_id = due_on, item.case_id


def _rule_case(command: messages.Decide, decision: Decision, item: AgendaItem, meeting: Meeting, work: Work) -> None:
    decision.case_id = item.case_id
    said = json.dumps({"words": decision.words, "name": work.caller.name}, ensure_ascii=False)
    sealed = work.seal.close(said, f"patrol.decided:{decision.id}")
    meeting.record(messages.MeetingDecided(**_told(meeting, decision, work), sealed=sealed))
    if grid := work.cases.settle(item.case_id or ""):
        work.meeting_days.fill_around(grid)


def _told(meeting: Meeting, decision: Decision, work: Work) -> Answer:
    about = {"decision_id": decision.id, "case_id": decision.case_id, "decided_by": work.caller.person_id}
    return {**meeting.about(work.now), **about, "title": meeting.name}


_COMES_OF = {INCIDENT: _raise_case, TASK: _give_task, CASE: _rule_case}


def close(command: messages.CloseMeeting, work: Work) -> Answer:
    meeting, rule = _load(command, work, "结束")
    meeting.close(command.minutes, work.caller.person_id, work.now, today(work), rule.record)
    for person_id in dict.fromkeys((work.caller.person_id, *meeting.present)):
        told = {"kind": "met", "subject": meeting.id, "title": meeting.name, "grid": meeting.grid}
        work.diary.note(Deed(person_id=person_id, at=meeting.opened_at or work.now, **told))
    return receipt(meeting)


def cancel(command: messages.CancelMeeting, work: Work) -> Answer:
    meeting = work.meetings.get(command.meeting_id)
    meeting.expect(command.expected_version)
    if not (work.caller.has(*CENTRE) and work.caller.covers(meeting.grid)):
        _require_convener(work.plans.meeting(meeting.plan, meeting.meeting), meeting.grid, work, "取消")
    meeting.cancel(command.reason, work.now)
    return receipt(meeting)


def convenes(rule: MeetingRule, grid: str, work: Work) -> bool:
    """Whether the caller convenes the meeting in `grid` now: a successor does, whoever had the post before."""
    if rule.office is not None:
        by_role = work.caller.has(rule.office.post) and work.caller.covers(grid)
        return by_role or work.posts.holds(work.caller.person_id, rule.office, grid, today(work))
    if rule.unit is not None:
        inside = work.caller.department == rule.unit.id or work.caller.has(*rule.unit.roles)
        return inside and work.caller.covers(grid)
    return work.caller.has(*CENTRE) and work.caller.covers(grid)


def receipt(meeting: Meeting) -> Answer:
    return {"id": meeting.id, "version": meeting.version, "state": meeting.state}


def _load(command: messages.MeetingCommand, work: Work, action: str) -> tuple[Meeting, MeetingRule]:
    meeting = work.meetings.get(command.meeting_id)
    meeting.expect(command.expected_version)
    rule = work.plans.meeting(meeting.plan, meeting.meeting)
    _require_convener(rule, meeting.grid, work, action)
    return meeting, rule


def _require_convener(rule: MeetingRule, grid: str, work: Work, action: str) -> None:
    if not convenes(rule, grid, work):
        named = rule.office.title if rule.office else rule.unit.name if rule.unit else "网格化服务中心"
        raise NotTheConvener(action=action, convener=named)


def _item(kind: str, title: str, work: Work, case_id: str | None = None, why: tuple[str, ...] = ()) -> AgendaItem:
    by = work.caller.person_id
    return AgendaItem(id=new_id(), number=0, kind=kind, title=title, case_id=case_id, why=why, added_by=by)


HANDLERS: Handlers = {
    messages.ArrangeMeeting: arrange,
    messages.AddAgendaItem: add_item,
    messages.RemoveAgendaItem: remove_item,
    messages.OpenMeeting: open_meeting,
    messages.RecordPresent: record_present,
    messages.Decide: decide,
    messages.CloseMeeting: close,
    messages.CancelMeeting: cancel,
}
