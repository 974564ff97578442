"""Possible missed reports: marked by the plan's rule, judged by people (INC-20)."""

from services.incident import messages
from services.incident.handlers.acting import Answer, Handlers, act, rules_of
from services.incident.model.case import Case
from services.incident.model.intake import MatterCard
from services.incident.model.missed import Finding, Walk
from services.incident.ports import Work


def mark(case: Case, card: MatterCard, work: Work) -> None:
    """Mark a case that was just filed where others report what the grid did not, within the plan's days.

    Asked are bottom-line matters, those that the plan says must be reported (必报), and whatever a patrol of the grid
    called fine within these days.
    """
    rule = work.plan.missed_rule()
    if rule is None or not rule.asks(case.channel):
        return
    near = work.plan.nearness(card.matter.code, case.reported_at)
    if near is None or case.grid is None:
        return
    since = near.since(case.reported_at)
    walk = work.walks.called_fine(card.matter.code, case.grid, since)
    if walk is None and not (card.matter.bottom_line or card.must_report):
        return
    group = card.matter.group if near.group else None
    if not work.cases.has_own_report(card.matter.code, group, case.grid, since):
        case.suspect(work.now, rules_of(case, work), walk)


def mark_overlooked(case: Case, walk: Walk, work: Work) -> None:
    """Mark a case that a check found and a patrol had called fine, where the plan counts such finds (排查)."""
    rule = work.plan.missed_rule()
    if rule is not None and rule.asks_sweeps:
        case.suspect(work.now, rules_of(case, work), walk)


def patrol_finished(message: messages.PatrolFinished, work: Work) -> None:
    """Remember what the patrol said of its grid."""
    work.walks.store(message)


def judge(command: messages.JudgeMissed, work: Work) -> Answer:
    finding = Finding(command.confirmed, command.harm, command.harm_words, command.reason)
    rule = work.plan.missed_rule()
    return act(command, work, lambda case, rules: case.judge_missed(work.caller, work.now, rules, finding, rule))


HANDLERS: Handlers = {messages.JudgeMissed: judge, messages.PatrolFinished: patrol_finished}
