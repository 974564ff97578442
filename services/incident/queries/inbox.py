"""What a person was told, newest first: each way of being addressed is read in the order of its own index.

As with the work list, a page is taken from the first rows of every way; what the person has read is left out within
each way, so that a page of unread messages costs as many look-ups as messages were read before it.
"""

from typing import Any

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.incident import tables, visibility
from services.incident.model import telling
from services.incident.queries import paging


def page(caller: Principal, unread: bool, limit: int, cursor: str) -> sa.Select[Any]:
    """The messages of the page and one more, if there are more. Raises Invalid for a wrong cursor."""
    table, reads = tables.messages, tables.message_reads
    most = paging.size(limit) + 1
    conditions = []
    if cursor:
        conditions.append(paging.after((table.c.at, table.c.id), True, paging.decode(cursor)))
    if unread:
        conditions.append(~sa.exists().where(*_read_by(caller)))
    ways = [_first(way, conditions, caller, most) for way in visibility.ways_of_messages(caller)]
    found = sa.union_all(*(sa.select(each.c.id) for each in ways))
    return (
        sa.select(table, tables.cases.c.number.label("case_number"), reads.c.at.label("read_at"))
        .join(tables.cases, tables.cases.c.id == table.c.case_id)
        .outerjoin(reads, sa.and_(*_read_by(caller)))
        .where(table.c.id.in_(found), visibility.of_messages(caller))
        .order_by(table.c.at.desc(), table.c.id.desc())
        .limit(most)
    )


def _first(
    way: visibility.MessageWay, conditions: list[sa.ColumnElement[bool]], caller: Principal, most: int
) -> sa.Subquery:
    table = tables.messages
    query = sa.select(table.c.id).where(way.condition, *conditions)
    if way.to_grid:
        query = query.where(~sa.exists().where(*_told_in_person(caller)))
    return query.order_by(table.c.at.desc(), table.c.id.desc()).limit(most).subquery()


def _read_by(caller: Principal) -> tuple[sa.ColumnElement[bool], ...]:
    reads = tables.message_reads.c
    return reads.message_id == tables.messages.c.id, reads.person_id == caller.person_id


def _told_in_person(caller: Principal) -> tuple[sa.ColumnElement[bool], ...]:
    """Messages to a grid that the caller, as the reporter, was sent as well."""
    cases, kind = tables.cases.c, tables.messages.c.kind
    return (
        cases.id == tables.messages.c.case_id,
        cases.reporter_id == caller.person_id,
        kind.in_(telling.REPORTER),
    )
