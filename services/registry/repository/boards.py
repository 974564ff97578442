"""Badges, cards handed out and sizes as rows."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.ids import is_id
from services.chassis.unit_of_work import UnitOfWork
from services.registry.errors.boards import CardsNotFound
from services.registry.model.boards import Badge, Delivery, Size
from services.registry.repository import rows
from services.registry.tables import badge, card_delivery, grid_size
from services.registry.visibility import sees_grid


class SqlBoards:
    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def badge(self, person_id: str) -> Badge:
        found = rows.load(self._work.connection, badge.c.person_id, [person_id])
        return Badge(**found[0]._mapping) if found else Badge(person_id)

    def put_badge(self, kept: Badge) -> None:
        statement = insert(badge).values(kept.__dict__)
        again = {name: value for name, value in kept.__dict__.items() if name != "person_id"}
        self._work.connection.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=again))

    def delivery(self, delivery_id: str) -> Delivery:
        wanted = card_delivery.c.id == delivery_id if is_id(delivery_id) else sa.false()
        seen = sees_grid(self._work.caller, card_delivery.c.grid_code)
        statement = sa.select(card_delivery).where(wanted, seen).with_for_update()
        found = self._work.connection.execute(statement).one_or_none()
        if found is None:
            raise CardsNotFound(id=delivery_id)
        return Delivery(**found._mapping)

    def add_delivery(self, delivery: Delivery) -> None:
        rows.insert(self._work.connection, card_delivery, [delivery.__dict__])

    def save_delivery(self, delivery: Delivery) -> None:
        rows.update(self._work.connection, card_delivery.c.id, [delivery.__dict__])

    def put_sizes(self, sizes: Sequence[Size]) -> set[tuple[str, str]]:
        keys = [(each.grid_code, each.day) for each in sizes]
        known = sa.select(grid_size.c.grid_code, grid_size.c.day).where(
            sa.tuple_(grid_size.c.grid_code, grid_size.c.day).in_(keys)
        )
        before = {(row.grid_code, row.day.isoformat()) for row in self._work.connection.execute(known)}
        by = {"entered_by": self._work.caller.person_id, "entered_at": self._work.now}
        statement = insert(grid_size).values([{**each.__dict__, **by} for each in sizes])
        names = ("households", "persons", "enterprises", "source", *by)
        again = {name: statement.excluded[name] for name in names}
        statement = statement.on_conflict_do_update(index_elements=["grid_code", "day"], set_=again)
        self._work.connection.execute(statement)
        return before
