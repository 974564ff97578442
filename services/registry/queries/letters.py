"""Duty letters for those whom they concern (REG-07)."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.chassis.ids import is_id
from services.registry.errors import ValueRefused
from services.registry.errors.letters import LetterNotFound
from services.registry.model import letters
from services.registry.model.values import not_among
from services.registry.queries.paging import fetch, starting
from services.registry.tables import duty_letter as table
from services.registry.tables import grid, person, post
from services.registry.visibility import held_on, sees_letter

Answer = dict[str, Any]

_SHOWN = (
    *("id", "upper_grid", "upper_person_id", "lower_grid", "lower_person_id", "starts", "ends", "tasks", "rewards"),
    *("penalties", "upper_signed_at", "lower_signed_at", "reason", "drafted_at", "version"),
)


def list_letters(connection: sa.Connection, request: Any, caller: Principal, today: date) -> Answer:
    """The latest first."""
    statement = _letters(today).where(sees_letter(caller))
    if request.area:
        statement = statement.where(starting(table.c.lower_grid, request.area))
    if request.code:
        statement = statement.where(table.c.lower_grid == request.code)
    if request.mine:
        mine = sa.or_(table.c.upper_person_id == caller.person_id, table.c.lower_person_id == caller.person_id)
        statement = statement.where(mine if is_id(caller.person_id) else sa.false())
    if request.state:
        if request.state not in letters.NAMES:
            raise ValueRefused(faults=[not_among("state", request.state, letters.NAMES)])
        statement = statement.where(_state(today) == request.state)
    page = fetch(connection, statement, [table.c.id], request.limit, request.cursor, descending=True)
    return {"items": [_described(row) for row in page.rows], "next_cursor": page.next_cursor}


def get_letter(connection: sa.Connection, letter_id: str, caller: Principal, today: date) -> Answer:
    """One letter. Raises LetterNotFound."""
    wanted = table.c.id == letter_id if is_id(letter_id) else sa.false()
    row = connection.execute(_letters(today).where(wanted, sees_letter(caller))).one_or_none()
    if row is None:
        raise LetterNotFound(id=letter_id)
    return _described(row)


def _letters(today: date) -> sa.Select[Any]:
    upper, lower = grid.alias("upper"), grid.alias("lower")
    above, below = person.alias("above"), person.alias("below")
    names = {"upper_grid_name": upper, "lower_grid_name": lower, "upper_person_name": above, "lower_person_name": below}
    columns = [each.c.name.label(label) for label, each in names.items()]
    return (
        sa.select(*(table.c[name] for name in _SHOWN), _state(today).label("state"), *columns)
        .join(upper, upper.c.code == table.c.upper_grid)
        .join(lower, lower.c.code == table.c.lower_grid)
        .join(above, above.c.id == table.c.upper_person_id)
        .join(below, below.c.id == table.c.lower_person_id)
    )


def _state(today: date) -> sa.ColumnElement[str]:
    """As `Letter.state`, but superseded also from the day on which one of the two no longer holds the post."""
    signatures = sa.func.num_nonnulls(table.c.upper_signed_at, table.c.lower_signed_at)
    left = sa.or_(*(sa.not_(_holds(side, today)) for side in ("upper", "lower")))
    return sa.case(
        (table.c.ended_at.is_not(None), letters.ENDED),
        (sa.or_(table.c.superseded_by.is_not(None), left), letters.SUPERSEDED),
        (signatures == 2, letters.IN_FORCE),
        (signatures == 1, letters.SIGNED),
        else_=letters.DRAFTED,
    )


def _holds(side: str, today: date) -> sa.ColumnElement[bool]:
    its = sa.and_(
        post.c.person_id == table.c[f"{side}_person_id"],
        post.c.grid_code == table.c[f"{side}_grid"],
        post.c.post == table.c[f"{side}_post"],
    )
    return sa.exists().where(its, held_on(today))


def _described(row: sa.Row[Any]) -> Answer:
    return {**row._mapping, "state_name": letters.NAMES[row.state]}
