"""Inspections by a superior: draw, record, put right (PAT-13)."""

import json
import secrets
from dataclasses import replace
from datetime import date

from services.chassis.ids import new_id
from services.patrol import messages
from services.patrol.errors import InspectionUnknown, MatterUnknown, NothingToInspect, NotTheInspector, RestWrong
from services.patrol.handlers.acting import Answer, Handlers, holds, title, today
from services.patrol.messages import inspections as asked
from services.patrol.model.checklist import PROBLEM
from services.patrol.model.inspection_rules import RANDOM, InspectionRule
from services.patrol.model.inspections import Answer as Found
from services.patrol.model.inspections import Correction, Inspection, Target, choose, of_ids
from services.patrol.model.plan import Office
from services.patrol.model.task import RESTS
from services.patrol.ports import Work

SEED_BYTES = 16
CORRECTORS = ("grid-leader", "governance-member", "centre-operator", "platform")
"""Who answers for what is put right in their areas; whoever inspected may say it too."""


def begin_inspection(command: asked.BeginInspection, work: Work) -> Answer:
    """Raises NoPlan, InspectionUnknown, NotTheInspector, NothingToInspect, TargetUnknown, RatioMissing."""
    plan, rule = _rule(command.rule, work)
    _require_inspector(rule, command.grid, work)
    there = work.inspections.population(command.of, command.grid, *_days(command, work))
    seed = secrets.token_hex(SEED_BYTES) if rule.kind == RANDOM else ""
    ratio = rule.ratio if rule.ratio is not None else command.ratio
    ids = choose(rule, there, command.chosen, seed, ratio)
    made = Inspection(
        id=new_id(),
        plan=plan,
        rule=rule.id,
        name=rule.name,
        kind=rule.kind,
        grid=command.grid,
        by_id=work.caller.person_id,
        begun_at=work.now,
        of=command.of,
        population=tuple(sorted(there)),
        seed=seed,
        ratio=ratio if rule.kind == RANDOM else None,
        targets=of_ids(there, ids),
        version=1,
    )
    work.inspections.add(made)
    return _receipt(made)


def record_result(command: asked.RecordResult, work: Work) -> Answer:
    """Keep what was found; each problem becomes a case, and is to be put right by the plan's date."""
    inspection = _load(command, work)
    rule = work.plans.inspection(inspection.plan, inspection.rule)
    _require_inspector(rule, inspection.grid, work)
    if command.rest not in ("", *RESTS):
        raise RestWrong(value=command.rest, possible=", ".join(RESTS))
    given = {each.item: each for each in command.answers}
    found = [_judged(each, rule, inspection.plan, work) for each in given.values()]
    if inspection.record_result(command.target_id, found, command.rest, work.now):
        for each in found:
            if each.answer == PROBLEM:
                _tell(inspection, command.target_id, each, given[each.item], rule, work)
    return _receipt(inspection)


def finish_inspection(command: asked.FinishInspection, work: Work) -> Answer:
    """Raises InspectionOver, TargetsLeft."""
    inspection = _load(command, work)
    rule = work.plans.inspection(inspection.plan, inspection.rule)
    _require_inspector(rule, inspection.grid, work)
    inspection.finish(command.gaps, work.now)
    return _receipt(inspection)


def record_correction(command: asked.RecordCorrection, work: Work) -> Answer:
    """Whoever leads the grid says how it was put right, or the inspector. Raises CorrectionNotFound, CorrectionDone."""
    inspection = work.inspections.of_correction(command.correction_id)
    if inspection.by_id != work.caller.person_id:
        work.caller.require(*CORRECTORS, action="登记整改完成")
    inspection.correct(command.correction_id, command.words.strip(), work.caller.person_id, work.now)
    return {"id": command.correction_id, "version": inspection.version, "state": "done"}


def _rule(rule_id: str, work: Work) -> tuple[str, InspectionRule]:
    plan = work.plans.in_force(today(work))
    rules = plan.inspections if plan else {}
    if plan is None or rule_id not in rules:
        raise InspectionUnknown(value=rule_id, possible=", ".join(rules) or "-")
    return plan.name, rules[rule_id]


def _require_inspector(rule: InspectionRule, grid: str, work: Work) -> None:
    if not (holds(rule.by, grid, work) or _by_role(rule.by, grid, work)):
        raise NotTheInspector(post=title(rule.by))


def _by_role(office: Office | None, grid: str, work: Work) -> bool:
    """An office that is no grid's post is held by role, in one's areas."""
    return office is not None and work.caller.has(office.post) and work.caller.covers(grid)


def _days(command: asked.BeginInspection, work: Work) -> tuple[date, date]:
    until = date.fromisoformat(command.until) if command.until else today(work)
    since = date.fromisoformat(command.since) if command.since else until
    if since > until:
        raise NothingToInspect
    return since, until


def _load(command: asked.InspectionCommand, work: Work) -> Inspection:
    inspection = work.inspections.get(command.inspection_id)
    inspection.expect(command.expected_version)
    return inspection


def _judged(given: asked.GivenAnswer, rule: InspectionRule, plan: str, work: Work) -> Found:
    """Raises ItemUnknown, AnswerWrong, NumberMissing, MatterMissing, MatterUnknown."""
    answer = rule.checklist.item(given.item).judge(given.answer, given.number)
    found = Found(given.item, answer, given.number, given.words)
    if answer != PROBLEM:
        return found
    matter = rule.checklist.matter_of(given.item, given.matter_code)
    if not work.plans.knows(plan, matter):
        raise MatterUnknown(value=matter)
    return replace(found, case_id=new_id())


def _tell(
    inspection: Inspection, target_id: str, found: Found, given: asked.GivenAnswer, rule: InspectionRule, work: Work
) -> None:
    target, case_id = inspection.targets[target_id], found.case_id or ""
    item = rule.checklist.item(found.item)
    said = {"words": found.words, "name": work.caller.name, "roles": sorted(work.caller.roles)}
    inspection.tell_problem(
        messages.ProblemFound(
            subject=inspection.id,
            at=work.now,
            grid=target.grid,
            patrol=rule.id,
            patrol_title=inspection.name,
            day=today(work),
            person_id=work.caller.person_id,
            case_id=case_id,
            item=found.item,
            title=f"{inspection.name}·{target.name}·{item.title}",
            matter_code=rule.checklist.matter_of(found.item, given.matter_code),
            sealed=work.seal.close(json.dumps(said, ensure_ascii=False), f"patrol.sealed:{case_id}"),
            lon=given.point.lon if given.point else target.lon,
            lat=given.point.lat if given.point else target.lat,
            attachments=given.attachments,
            found_at=work.now,
            found_by=work.caller.person_id,
        )
    )
    inspection.demand(_correction(target, found, item.title, rule, work))


def _correction(target: Target, found: Found, words: str, rule: InspectionRule, work: Work) -> Correction:
    within = rule.correct_within
    due_on = within.last(today(work), work.calendar.workdays()) if within else None
    named = f"{target.name}·{words}"
    return Correction(new_id(), target.id, found.item, named, found.case_id or "", target.grid, due_on)


def _receipt(inspection: Inspection) -> Answer:
    return {"id": inspection.id, "version": inspection.version, "state": inspection.state}


HANDLERS: Handlers = {
    asked.BeginInspection: begin_inspection,
    asked.RecordResult: record_result,
    asked.FinishInspection: finish_inspection,
    asked.RecordCorrection: record_correction,
}
