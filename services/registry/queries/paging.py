"""Cursor paging: the cursor holds the sort key of the last row, so that rows added meanwhile shift nothing."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from services.registry.errors import ValueRefused, fault

DEFAULT_LIMIT, MOST = 50, 200


@dataclass(frozen=True)
class Page:
    """The rows and the cursor of the next page, empty at the end."""

    rows: Sequence[sa.Row[Any]]
    next_cursor: str


def fetch(
    connection: sa.Connection,
    statement: sa.Select[Any],
    keys: Sequence[sa.Column[Any]],
    limit: int,
    cursor: str,
    descending: bool = False,
) -> Page:
    """The page of `statement` after `cursor`, ordered by `keys` (unique together, part of the statement's columns)."""
    size = min(limit, MOST) if limit > 0 else DEFAULT_LIMIT
    if cursor:
        last = sa.tuple_(*(sa.literal(value, key.type) for value, key in zip(_decode(cursor, keys), keys, strict=True)))
        statement = statement.where(sa.tuple_(*keys) < last if descending else sa.tuple_(*keys) > last)
    order = [key.desc() if descending else key.asc() for key in keys]
    rows = connection.execute(statement.order_by(*order).limit(size + 1)).all()
    return Page(rows[:size], _encode(rows[size - 1], keys) if len(rows) > size else "")


def _encode(row: sa.Row[Any], keys: Sequence[sa.Column[Any]]) -> str:
    text = json.dumps([row._mapping[key.name] for key in keys])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str, keys: Sequence[sa.Column[Any]]) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        values = None
    if not isinstance(values, list) or len(values) != len(keys):
        zh, en = "分页游标无效;请从第一页重新查询", "The cursor is not valid; start again from the first page"
        raise ValueRefused(faults=[fault("cursor", "cursor", zh, en)])
    return values


def containing(column: sa.Column[str], text: str) -> sa.ColumnElement[bool]:
    """Whether `column` contains `text`, whatever the case and with no wildcards."""
    return column.icontains(text, autoescape=True)


def starting(column: sa.Column[str], prefix: str) -> sa.ColumnElement[bool]:
    """Whether `column` begins with `prefix`; the prefix indexes serve it."""
    return column.startswith(prefix, autoescape=True)
