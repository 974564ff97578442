"""What is done of the plan's phases (REG-15)."""

from collections.abc import Callable, Mapping
from typing import Any

from services.chassis.ids import new_id
from services.registry.errors import NoPlanInForce
from services.registry.handlers import rights
from services.registry.handlers.answers import Answer, receipt
from services.registry.messages.rollouts import MarkDone, WithdrawMark
from services.registry.model.rollouts import Mark, find, mark_faults
from services.registry.model.values import day, refuse_values
from services.registry.ports import Work


def mark_done(message: MarkDone, work: Work) -> Answer:
    """Note what was done: the owner's department, or who may change plans."""
    plan = work.plans.in_force("plan", "phases")
    if plan is None:
        raise NoPlanInForce
    entry = find(plan.get("phases", ()), message.phase, message.deliverable)
    _check(work, entry.get("owner"), "登记方案推进情况")
    refuse_values(mark_faults(message.count, message.day, message.words, message.proofs, work.today))
    mark = Mark(
        id=new_id(),
        plan_id=plan["plan"]["id"],
        phase=message.phase,
        deliverable=message.deliverable,
        count=message.count,
        day=day("day", message.day),
        words=message.words.strip(),
        proofs=message.proofs,
        marked_by=work.caller.person_id,
        marked_at=work.now,
    )
    work.rollouts.add(mark)
    return receipt(mark.id, mark.version)


def withdraw_mark(message: WithdrawMark, work: Work) -> Answer:
    """Take a wrong mark back: who made it, or who may change plans."""
    mark = work.rollouts.get(message.mark_id)
    if mark.marked_by != work.caller.person_id:
        rights.plan(work, "撤回方案推进记录")
    mark.withdraw(work.caller.person_id, message.reason, work.now)
    work.rollouts.save(mark)
    return receipt(mark.id, mark.version)


def _check(work: Work, owner: str | None, action: str) -> None:
    if owner is None or work.caller.department != owner:
        rights.plan(work, action)


HANDLERS: Mapping[type, Callable[[Any, Work], Answer]] = {MarkDone: mark_done, WithdrawMark: withdraw_mark}
