"""Cursor paging: a cursor is where the last page ended, opaque to who carries it."""

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.errors import Fault, Invalid

DEFAULT_LIMIT, MOST = 50, 200


def size(limit: int) -> int:
    """The page size that `limit` asks for: 50 when it says nothing, 200 at the most."""
    return min(limit, MOST) if limit > 0 else DEFAULT_LIMIT


def encode(value: Any, row_id: str) -> str:
    text = value.isoformat() if isinstance(value, datetime) else value
    return base64.urlsafe_b64encode(json.dumps([text, row_id]).encode()).decode("ascii").rstrip("=")


def decode(cursor: str) -> tuple[datetime | None, str]:
    """The moment and id that a cursor stands for. Raises Invalid naming `cursor`."""
    try:
        moment, row_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return (datetime.fromisoformat(moment) if moment else None), str(row_id)
    except (ValueError, TypeError, binascii.Error) as error:
        fault = Fault(
            "cursor", "cursor-wrong", "翻页标记无效,请从第一页重新查询", "The cursor is not valid; start again"
        )
        raise Invalid(faults=[fault]) from error


def after(
    columns: Sequence[sa.ColumnElement[Any]], descending: bool, cursor: tuple[Any, str]
) -> sa.ColumnElement[bool]:
    """The condition for rows behind `cursor` in the order of `columns`."""
    here = sa.tuple_(*columns)
    there = sa.tuple_(*(sa.literal(value, column.type) for value, column in zip(cursor, columns, strict=True)))
    return here < there if descending else here > there
