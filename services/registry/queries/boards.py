"""A grid's notice board, a person's badge, and how many households received the contact card (REG-11)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.chassis.ids import is_id
from services.registry.errors import GridNotFound, GridRetired
from services.registry.model.boards import COMPLAINTS
from services.registry.model.posts import POSTS, spoken_duties
from services.registry.queries.grids import BRIEF, briefs, plan_level
from services.registry.queries.paging import fetch, starting
from services.registry.queries.sizes import latest_sizes
from services.registry.tables import badge, card_delivery, grid, person, post
from services.registry.visibility import held_on, plan_in_force, sees_grid

Answer = dict[str, Any]

MOST_AREAS = 60
"""Neighbours and lower grids that a map of one board shows."""
STANDS = card_delivery.c.withdrawn_at.is_(None)


def board(connection: sa.Connection, code: str, today: date) -> Answer:
    """What the grid shows to everybody. Raises GridNotFound, GridRetired."""
    row = connection.execute(BRIEF.add_columns(grid.c.boundary, grid.c.duties).where(grid.c.code == code)).one_or_none()
    if row is None:
        raise GridNotFound(id=code)
    if row.state != "active":
        raise GridRetired(grid=code)
    found = plan_in_force(connection, today, "levels", "posts", "parameters")
    document: Mapping[str, Any] = found.document if found else {}
    level = plan_level(document, row)
    (brief,) = briefs(connection, [row])
    return {
        **{name: brief[name] for name in ("code", "name", "path_name")},
        "level_name": level.get("name", ""),
        "people": [_person(each, document, row) for each in _holders(connection, code, today)],
        "duties": [
            *({"text": text, "source": "grid"} for text in row.duties),
            *({"text": text, "source": "plan"} for text in level.get("duties", ())),
        ],
        "complaint_phone": _complaint_phone(document),
        "boundary": row.boundary,
        "neighbours": _areas(connection, _beside(row)) if row.boundary else [],
        "children": _areas(connection, grid.c.parent_code == code),
        "households_reached": connection.scalar(_reached_of(code)),
    }


def _holders(connection: sa.Connection, code: str, today: date) -> Sequence[Any]:
    """Leaders first. No private number is selected, so that none can be shown."""
    shown = sa.case((badge.c.consent, badge.c.photo), else_=None).label("photo")
    order = sa.case({name: place for place, name in enumerate(POSTS)}, value=post.c.post)
    statement = (
        sa.select(person.c.name, post.c.post, person.c.duty_phone, shown)
        .join(person, person.c.id == post.c.person_id)
        .outerjoin(badge, badge.c.person_id == person.c.id)
        .where(post.c.grid_code == code, held_on(today))
        .order_by(order, post.c.starts, post.c.id)
    )
    return connection.execute(statement).all()


def _person(row: sa.Row[Any], document: Mapping[str, Any], of: sa.Row[Any]) -> Answer:
    title, duties = spoken_duties(document, row.post, of.level, of.kind)
    return {
        "name": row.name,
        "post_name": POSTS[row.post],
        "title": title,
        "duty_phone": row.duty_phone,
        "duties": duties,
        "photo": row.photo,
    }


def _complaint_phone(document: Mapping[str, Any]) -> str:
    found = (each["value"] for each in document.get("parameters", ()) if each["id"] == COMPLAINTS)
    return str(next(found, ""))


def _beside(row: sa.Row[Any]) -> sa.ColumnElement[bool]:
    """Grids of the same kind and level whose box meets the box of `row`, a tenth wider."""
    wide, high = (row.east - row.west) / 10, (row.north - row.south) / 10
    return sa.and_(
        grid.c.kind == row.kind,
        grid.c.level == row.level,
        grid.c.code != row.code,
        grid.c.west <= row.east + wide,
        grid.c.east >= row.west - wide,
        grid.c.south <= row.north + high,
        grid.c.north >= row.south - high,
    )


def _areas(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[Answer]:
    statement = (
        sa.select(grid.c.code, grid.c.name, grid.c.boundary)
        .where(which, grid.c.state == "active", grid.c.boundary.is_not(None))
        .order_by(grid.c.code)
        .limit(MOST_AREAS)
    )
    return [dict(row._mapping) for row in connection.execute(statement)]


def _reached_of(code: str) -> sa.Select[Any]:
    total = sa.func.coalesce(sa.func.sum(card_delivery.c.households), 0)
    return sa.select(total).where(card_delivery.c.grid_code == code, STANDS)


def own_badge(connection: sa.Connection, caller: Principal) -> Answer:
    """The caller's own photo and consent; nothing decided yet is version 0."""
    wanted = badge.c.person_id == caller.person_id if is_id(caller.person_id) else sa.false()
    row = connection.execute(sa.select(badge).where(wanted)).one_or_none()
    if row is None:
        return {"version": 0}
    return {name: row._mapping[name] for name in ("photo", "consent", "decided_at", "version")}


def list_cards(connection: sa.Connection, request: Any, caller: Principal) -> Answer:
    """Records of cards in the caller's areas, the latest first."""
    statement = (
        sa.select(card_delivery, grid.c.name.label("grid_name"))
        .join(grid, grid.c.code == card_delivery.c.grid_code)
        .where(sees_grid(caller, card_delivery.c.grid_code))
    )
    if request.area:
        statement = statement.where(starting(card_delivery.c.grid_code, request.area))
    page = fetch(connection, statement, [card_delivery.c.id], request.limit, request.cursor, descending=True)
    names = [name for name in page.rows[0]._mapping if name != "withdrawn_at"] if page.rows else []
    items = [{name: row._mapping[name] for name in names} for row in page.rows]
    return {"items": items, "next_cursor": page.next_cursor}


def list_reached(connection: sa.Connection, request: Any, caller: Principal) -> Answer:
    """Active grids by code, each with the households that received the card and the last day."""
    sizes = latest_sizes()
    handed = card_delivery.c.grid_code == grid.c.code
    total = sa.select(sa.func.coalesce(sa.func.sum(card_delivery.c.households), 0)).where(handed, STANDS)
    last = sa.select(sa.func.max(card_delivery.c.day)).where(handed, STANDS)
    statement = (
        sa.select(
            grid.c.code,
            grid.c.name,
            total.scalar_subquery().label("households_reached"),
            last.scalar_subquery().label("last_day"),
            sizes.c.households,
        )
        .outerjoin(sizes, sa.true())
        .where(grid.c.state == "active", sees_grid(caller, grid.c.code))
    )
    if request.area:
        statement = statement.where(starting(grid.c.code, request.area))
    page = fetch(connection, statement, [grid.c.code], request.limit, request.cursor)
    return {"items": [dict(row._mapping) for row in page.rows], "next_cursor": page.next_cursor}
