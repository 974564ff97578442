"""The duty roster: entered in turns, swapped by consent (REG-18)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from services.chassis.errors import Forbidden
from services.chassis.ids import new_id
from services.registry.errors import fault
from services.registry.handlers import rights
from services.registry.handlers.answers import Answer, receipt
from services.registry.messages.rosters import AnswerSwap, EnterShifts, OfferSwap, WithdrawShift
from services.registry.model.people import Person
from services.registry.model.rosters import EVERY_DAY, Shift, check_free, series_faults, spans
from services.registry.model.values import check_version, not_among, refuse_values
from services.registry.ports import Work

KEEPING = (rights.OPERATOR, *rights.SYSTEM)


def enter(message: EnterShifts, work: Work) -> Answer:
    """One shift for each day of the rule, people taking turns; all or none."""
    given = _by_plan(message, work)
    refuse_values(series_faults(given, work.today))
    _check_keeper(work, given.area, "编排值班表")
    people = _people(given, work)
    first, last = date.fromisoformat(given.first_day), date.fromisoformat(given.last_day)
    times = spans(first, last, given.rule, given.hours, work.zone)
    shifts = [
        Shift(new_id(), given.area, given.role, given.department, given.roster, person_id, starts, ends)
        for (starts, ends), person_id in zip(times, _turns(given.person_ids, len(times)), strict=True)
    ]
    work.rosters.alone(given.person_ids)
    check_free(shifts, work.rosters.of_people(given.person_ids, times[0][0], times[-1][1]), _names(people))
    for shift in shifts:
        shift.plan(work.now)
    work.rosters.add_all(shifts)
    return {"ids": [shift.id for shift in shifts]}


def withdraw(message: WithdrawShift, work: Work) -> Answer:
    shift = work.rosters.get(message.shift_id)
    _check_keeper(work, shift.area, "撤销值班")
    check_version(message.expected_version, shift.version)
    shift.withdraw(message.reason, work.now)
    work.rosters.save_all([shift])
    return receipt(shift.id, shift.version)


def offer(message: OfferSwap, work: Work) -> Answer:
    """Ask a colleague; nothing changes before they consent."""
    shift = work.rosters.get(message.shift_id)
    check_version(message.expected_version, shift.version)
    shift.offer(work.caller.person_id, message.to_person_id, message.return_shift_id or None, work.now)
    person = work.people.many([message.to_person_id]).get(message.to_person_id)
    if person is None or not _serves(person, shift.role) or person.id == shift.person_id:
        zh, en = f"应为担任 {shift.role} 的另一位同事", f"must be another person with the role {shift.role}"
        refuse_values([fault("to_person_id", "not-a-colleague", zh, en)])
    if message.return_shift_id and work.rosters.get(message.return_shift_id).person_id != message.to_person_id:
        zh, en = "换回的班次应是对方的", "the shift in return must be theirs"
        refuse_values([fault("return_shift_id", "not-theirs", zh, en)])
    work.rosters.save_all([shift])
    return receipt(shift.id, shift.version)


def answer(message: AnswerSwap, work: Work) -> Answer:
    """With the colleague's consent the shift is theirs, and the one in return the other's."""
    shift = work.rosters.get(message.shift_id)
    check_version(message.expected_version, shift.version)
    if not message.consent:
        shift.decline(work.caller.person_id, work.now)
        work.rosters.save_all([shift])
        return receipt(shift.id, shift.version)
    _exchange(shift, work)
    return receipt(shift.id, shift.version)


def _exchange(shift: Shift, work: Work) -> None:
    before, changed = shift.person_id, [shift]
    in_return = work.rosters.get(shift.offered_return) if shift.offered_return else None
    shift.hand_over(work.caller.person_id, work.now)
    if in_return is not None:
        if in_return.person_id != work.caller.person_id:
            zh, en = "换回的班次已不是您的", "the shift in return is no longer yours"
            refuse_values([fault("shift_id", "not-theirs", zh, en)])
        in_return.give(before, work.now)
        changed.append(in_return)
    people = [before, work.caller.person_id]
    work.rosters.alone(people)
    first, last = min(each.starts for each in changed), max(each.ends for each in changed)
    moved = {each.id for each in changed}
    others = [each for each in work.rosters.of_people(people, first, last) if each.id not in moved]
    check_free(changed, others, _names(work.people.many(people)))
    work.rosters.save_all(changed)


def _by_plan(message: EnterShifts, work: Work) -> EnterShifts:
    """The series with the hours and the rule of the plan's roster where it names one and leaves them empty."""
    if not message.roster:
        return replace(message, rule=message.rule or EVERY_DAY)
    plan = work.plans.in_force("rosters") or {}
    known = {each["id"]: each for each in plan.get("rosters", ())}
    if message.roster not in known:
        refuse_values([not_among("roster", message.roster, known)])
    entry = known[message.roster]
    hours = _hours(entry.get("hours"))
    return replace(message, rule=message.rule or entry["rule"], hours=message.hours or hours)


def _hours(span: Any) -> str:
    """Hours as they are entered; an expanded plan has them as from and to."""
    return f"{span['from']}-{span['to']}" if isinstance(span, Mapping) else str(span or "")


def _people(given: EnterShifts, work: Work) -> dict[str, Person]:
    people = work.people.many(given.person_ids)
    wrong = [
        number
        for number, each in enumerate(given.person_ids)
        if each not in people or not _serves(people[each], given.role)
    ]
    zh, en = (
        f"应为担任 {given.role} 且账号启用的人员",
        f"must be a person with the role {given.role} and an open account",
    )
    refuse_values(fault(f"person_ids[{number}]", "not-on-duty", zh, en) for number in wrong)
    if given.department and given.department not in work.departments.ids():
        refuse_values([not_among("department", given.department, work.departments.ids())])
    return people


def _serves(person: Person, role: str) -> bool:
    return person.active and role in person.roles


def _turns(people: tuple[str, ...], count: int) -> list[str]:
    return [people[number % len(people)] for number in range(count)]


def _names(people: Mapping[str, Person]) -> dict[str, str]:
    return {each.id: each.name for each in people.values()}


def _check_keeper(work: Work, area: str, action: str) -> None:
    if not work.caller.has(*rights.SYSTEM) and not (work.caller.has(*KEEPING) and work.caller.covers(area)):
        raise Forbidden(action=action)


HANDLERS: Mapping[type, Callable[[Any, Work], Answer]] = {
    EnterShifts: enter,
    WithdrawShift: withdraw,
    OfferSwap: offer,
    AnswerSwap: answer,
}
