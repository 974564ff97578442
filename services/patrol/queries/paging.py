"""Cursor paging: a cursor is where the last page ended, opaque to who carries it."""

import base64
import binascii
import json
from collections.abc import Sequence

import sqlalchemy as sa

from services.patrol.errors import CursorWrong

DEFAULT_LIMIT, MOST = 50, 200


def size(limit: int) -> int:
    """The page size that `limit` asks for: 50 when it says nothing, 200 at the most."""
    return min(limit, MOST) if limit > 0 else DEFAULT_LIMIT


def encode(*place: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode("ascii").rstrip("=")


def decode(cursor: str, parts: int) -> tuple[str, ...]:
    """The texts that a cursor stands for, `parts` of them. Raises CursorWrong."""
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error) as error:
        raise CursorWrong from error
    if not (isinstance(place, list) and len(place) == parts and all(isinstance(each, str) for each in place)):
        raise CursorWrong
    return tuple(place)


def latest(
    table: sa.Table, sights: Sequence[sa.ColumnElement[bool]], conditions: Sequence[sa.ColumnElement[bool]], most: int
) -> sa.CTE:
    """The ids of the `most` latest rows by `day` and `id` that any of `sights` shows.

    Each sight finds its own by its own index; one condition of them all, joined by OR, would read the whole table.
    """
    order = table.c.day.desc(), table.c.id.desc()
    each = [
        sa.select(table.c.id, table.c.day).where(sight, *conditions).order_by(*order).limit(most).subquery()
        for sight in sights
    ]
    seen = sa.union(*(sa.select(one.c.id, one.c.day) for one in each)).subquery()
    first = sa.select(seen.c.id).order_by(seen.c.day.desc(), seen.c.id.desc()).limit(most)
    return first.cte("latest").prefix_with("MATERIALIZED", dialect="postgresql")
