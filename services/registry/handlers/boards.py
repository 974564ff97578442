"""Badges, contact cards handed out, sizes of grids (REG-05, REG-11)."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from services.chassis.errors import Forbidden
from services.chassis.ids import new_id
from services.registry.errors import GridRetired
from services.registry.handlers import rights
from services.registry.handlers.answers import Answer, imported, receipt
from services.registry.messages.boards import EnterSizes, RecordCards, SetBadge, WithdrawCards
from services.registry.model.boards import Delivery, Size, delivery_faults, size_faults
from services.registry.model.values import day, refuse_import, refuse_values
from services.registry.ports import Work

HANDING_OUT = ("grid-member", "governance-member", "grid-leader", "instructor", rights.OPERATOR, *rights.SYSTEM)
"""Who records that cards were handed out, each in the own areas."""
COUNTING = (rights.OPERATOR, *rights.SYSTEM)


def set_badge(message: SetBadge, work: Work) -> Answer:
    """Keep the caller's own photo and word; nobody else's can be named."""
    person = work.people.get(work.caller.person_id)
    badge = work.boards.badge(person.id)
    badge.decide(message.photo, message.consent, message.expected_version, work.now)
    work.boards.put_badge(badge)
    return receipt(badge.person_id, badge.version)


def record_cards(message: RecordCards, work: Work) -> Answer:
    """Note that households of a grid have received the card."""
    action = "登记联系卡发放"
    work.caller.require(*HANDING_OUT, action=action)
    grid = work.grids.get(message.code)
    if not _may(work, grid.code):
        raise Forbidden(action=f"{action}({grid.code})")
    if not grid.active:
        raise GridRetired(grid=grid.code)
    refuse_values(delivery_faults(message.day, message.households, message.words, work.today))
    delivery = Delivery(
        id=new_id(),
        grid_code=grid.code,
        day=day("day", message.day),
        households=message.households,
        words=message.words.strip(),
        recorded_by=work.caller.person_id,
        recorded_at=work.now,
    )
    work.boards.add_delivery(delivery)
    return receipt(delivery.id, delivery.version)


def withdraw_cards(message: WithdrawCards, work: Work) -> Answer:
    """Take a wrong record back: who made it, or who administers the grid."""
    action = "撤回联系卡发放记录"
    work.caller.require(*HANDING_OUT, action=action)
    delivery = work.boards.delivery(message.delivery_id)
    if delivery.recorded_by != work.caller.person_id:
        work.caller.require(*COUNTING, action=action)
    delivery.withdraw(work.caller.person_id, message.reason, work.now)
    work.boards.save_delivery(delivery)
    return receipt(delivery.id, delivery.version)


def enter_sizes(message: EnterSizes, work: Work) -> Answer:
    """All rows or none; a grid's figures of a day that is entered again replace the old ones."""
    work.caller.require(*COUNTING, action="录入网格规模")
    codes = _own(work, {row.grid_code for row in message.rows})
    refuse_import(size_faults(message.rows, codes, work.today))
    sizes = [
        Size(row.grid_code, day("day", row.day), row.households, row.persons, row.enterprises, row.source.strip())
        for row in message.rows
    ]
    known = work.boards.put_sizes(sizes)
    lines = [(each.grid_code, each.day.isoformat()) for each in sizes]
    return imported([(code, on, 1, "changed" if (code, on) in known else "created") for code, on in lines])


def _own(work: Work, codes: Collection[str]) -> set[str]:
    """Those of the grids that exist, are active and the caller's to count."""
    return {code for code, grid in work.grids.many(codes).items() if grid.active and _may(work, code)}


def _may(work: Work, code: str) -> bool:
    return work.caller.has(*rights.SYSTEM) or work.caller.covers(code)


HANDLERS: Mapping[type, Callable[[Any, Work], Answer]] = {
    SetBadge: set_badge,
    RecordCards: record_cards,
    WithdrawCards: withdraw_cards,
    EnterSizes: enter_sizes,
}
