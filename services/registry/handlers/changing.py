"""Split, merge, re-parent, retire: decide, wait for the day, take effect, cancel (REG-04).

All changes of the tree hold one lock, so that each is checked on what the one before left.
"""

from collections.abc import Collection
from functools import partial
from typing import Any

from services.chassis.ids import new_id
from services.chassis.messages import DeadlinePassed
from services.registry.errors import GridChangePending
from services.registry.handlers import households, rights
from services.registry.handlers.answers import Answer
from services.registry.handlers.places import follow_grids
from services.registry.handlers.succeeding import hand_over
from services.registry.messages import CancelGridChange, MergeGrids, ReparentGrid, RetireGrid, SplitGrid
from services.registry.model.grid_changes import TITLES, GridChange, kind_of, written
from services.registry.model.grids import Origin, next_code
from services.registry.model.successions import Ground, Succession, named_codes, succession_of
from services.registry.model.values import day, refuse_values
from services.registry.ports import Work

TAKE_EFFECT = "grid-change"
Wanted = SplitGrid | MergeGrids | ReparentGrid | RetireGrid


def change_grids(message: Wanted, work: Work) -> Answer:
    """Carry the change out where its day has come, else keep it for that. Raises ValueRefused, GridChangePending."""
    kind = kind_of(message)
    rights.system(work, TITLES[kind])
    effective = day("effective", message.effective)
    change = GridChange(
        id=new_id(),
        kind=kind,
        effective=effective,
        document=written(message),
        codes=named_codes(message),
        reason=message.reason,
        decided_by=work.caller.person_id,
        decided_at=work.now,
    )
    work.grids.number_lock()
    succession = _succession(message, change, work)
    refuse_values(succession.faults())
    refuse_pending(change.codes, work)
    work.changes.add(change)
    if effective > work.today:
        work.deadlines.set(change.id, TAKE_EFFECT, work.midnight(effective))
    else:
        _carry_out(change, succession, work)
    return _answer(change)


def take_effect(message: DeadlinePassed, work: Work) -> Answer:
    """Carry out a change whose day has come; one that no longer fits fails with the reason, and nothing is changed."""
    work.grids.number_lock()
    change = work.changes.get(message.subject)
    if change.state != "pending":
        return {}
    succession = _succession(change.command(), change, work)
    faults = list(succession.faults())
    if faults:
        change.fail(faults[0].zh, faults[0].en, work.now)
        work.changes.save(change)
        work.note("GridChangeFailed", change.id, "failed", fault=faults[0].code)
    else:
        _carry_out(change, succession, work)
    return _answer(change)


def cancel_grid_change(message: CancelGridChange, work: Work) -> Answer:
    """Withdraw a change before its day. Raises GridChangeNotFound, GridChangeDone."""
    rights.system(work, "取消网格变更")
    work.grids.number_lock()
    change = work.changes.get(message.change_id)
    change.cancel(work.now)
    work.changes.save(change)
    work.deadlines.cancel(change.id, TAKE_EFFECT)
    return _answer(change)


def refuse_pending(codes: Collection[str], work: Work) -> None:
    """Raise GridChangePending where a change of one of `codes` is to come: it was checked on what they are now."""
    for change in work.changes.pending(codes):
        grid = next(code for code in change.codes if code in codes)
        raise GridChangePending(grid=grid, change=change.id, effective=change.effective)


def _succession(command: Any, change: GridChange, work: Work) -> Succession:
    work.grids.get(command.code)
    people = [each.person_id for part in (command, *getattr(command, "parts", ())) for each in _named(part)]
    named_divisions = {code for part in getattr(command, "parts", ()) for code in part.division_codes}
    ground = Ground(
        grids=work.grids.many(change.codes),
        below=work.grids.below([command.code, *getattr(command, "others", ())]),
        divisions=work.divisions.existing(named_divisions),
        people=work.people.many(people),
    )
    return succession_of(command, ground, change.effective)


def _named(part: Any) -> Any:
    return getattr(part, "people", ())


def _carry_out(change: GridChange, succession: Succession, work: Work) -> None:
    origin = Origin(change.id, change.effective, work.now)
    outcome = succession.carry_out(partial(_allocate, {}, work), origin)
    work.grids.add_all(outcome.created)
    work.grids.save_all(outcome.changed)
    hand_over(outcome, origin, work)
    follow_grids(outcome, work)
    households.follow(outcome, work)
    work.publish(outcome.event)
    change.take_effect(outcome.event.successors, work.now)
    work.changes.save(change)


def _allocate(numbers: dict[str, int], work: Work, division: str) -> str:
    """The next code under `division`; `numbers` are those that this change gave."""
    highest = numbers.get(division) or work.grids.highest_number(division)
    numbers[division] = highest + 1
    return next_code(division, highest)


def _answer(change: GridChange) -> Answer:
    return {
        "id": change.id,
        "version": change.version,
        "state": change.state,
        "effective": change.effective.isoformat(),
        "successors": list(change.successors),
    }
