"""Posts, who holds them, and grids without (REG-06). Names and duty telephones of posts are public (REG-11)."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from services.chassis.ids import is_id
from services.registry.errors import ValueRefused
from services.registry.model.posts import POSTS, most_leaders
from services.registry.model.values import bad_day, is_day
from services.registry.queries.paging import fetch, starting
from services.registry.tables import grid, person, post
from services.registry.visibility import held_on, plan_in_force

Answer = dict[str, Any]


def _posts() -> sa.Select[Any]:
    held = sa.select(
        post,
        person.c.name.label("person_name"),
        grid.c.name.label("grid_name"),
        person.c.duty_phone,
    )
    return held.join(person, person.c.id == post.c.person_id).join(grid, grid.c.code == post.c.grid_code)


def _not_over(today: date) -> sa.ColumnElement[bool]:
    return sa.or_(post.c.ends.is_(None), post.c.ends >= today)


def list_posts(connection: sa.Connection, request: Any, today: date) -> Answer:
    """Posts in the order in which they were given."""
    statement = _posts().where(_on_day(request.on) if request.on else _not_over(today))
    if request.area:
        statement = statement.where(starting(post.c.grid_code, request.area))
    if request.grid_code:
        statement = statement.where(post.c.grid_code == request.grid_code)
    if request.person_id:
        statement = statement.where(post.c.person_id == request.person_id if is_id(request.person_id) else sa.false())
    if request.post:
        statement = statement.where(post.c.post == request.post)
    page = fetch(connection, statement, [post.c.id], request.limit, request.cursor)
    return {"items": [_post(row) for row in page.rows], "next_cursor": page.next_cursor}


def _on_day(text: str) -> sa.ColumnElement[bool]:
    if not is_day(text):
        raise ValueRefused(faults=[bad_day("on", text)])
    return held_on(date.fromisoformat(text))


def posts_of(connection: sa.Connection, person_id: str, today: date, only_current: bool = False) -> list[Answer]:
    """A person's posts of today and later, or only those in effect today."""
    when = held_on(today) if only_current else _not_over(today)
    statement = _posts().where(post.c.person_id == person_id, when).order_by(post.c.id)
    return [_post(row) for row in connection.execute(statement)]


def _post(row: sa.Row[Any]) -> Answer:
    values = {name: value for name, value in row._mapping.items() if name not in ("required", "steps", "sequence")}
    return {
        **values,
        "post_name": POSTS[row.post],
        "steps": [{"id": step, "date": day} for step, day in row.steps.items()],
        "missing_steps": [step for step in row.required if step not in row.steps],
    }


def staffing(connection: sa.Connection, prefix: str, today: date) -> Answer:
    """Grids where nobody is responsible, no leader is, or more are than the plan in force wants."""
    found = plan_in_force(connection, today, "levels", "posts")
    document = found.document if found else None
    rows = connection.execute(_staffed(prefix, today)).all()
    kinds = [(row, _finding(row, most_leaders(document, row.level, row.kind))) for row in rows]
    findings = [_described(row, kind) for row, kind in kinds if kind]
    return {"grids": len(rows), "findings": findings}


def _staffed(prefix: str, today: date) -> sa.Select[Any]:
    leaders = sa.func.count(post.c.id).filter(post.c.post == "leader").label("leaders")
    people = sa.func.count(sa.distinct(post.c.person_id)).label("people")
    held = sa.and_(post.c.grid_code == grid.c.code, held_on(today))
    return (
        sa.select(grid.c.code, grid.c.name, grid.c.level, grid.c.kind, leaders, people)
        .outerjoin(post, held)
        .where(grid.c.state == "active", starting(grid.c.code, prefix))
        .group_by(grid.c.code)
        .order_by(grid.c.code)
    )


def _finding(row: sa.Row[Any], most: int | None) -> str | None:
    if row.people == 0:
        return "nobody"
    if row.leaders == 0:
        return "no-leader"
    return "too-many-leaders" if most is not None and row.leaders > most else None


def _described(row: sa.Row[Any], kind: str) -> Answer:
    counts = {"leaders": row.leaders, "people": row.people}
    return {"kind": kind, "grid_code": row.code, "grid_name": row.name, "level": row.level, **counts}
