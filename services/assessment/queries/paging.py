"""Cursor paging: a cursor is where the last page ended, opaque to who carries it."""

import base64
import binascii
import json
from typing import Any

from services.assessment.errors import CursorWrong

DEFAULT_LIMIT, MOST = 50, 200


def size(limit: int) -> int:
    """The page size that `limit` asks for: 50 when it says nothing, 200 at the most."""
    return min(limit, MOST) if limit > 0 else DEFAULT_LIMIT


def encode(*values: str | float) -> str:
    """A cursor for the row with these sort values."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode("ascii").rstrip("=")


def decode(cursor: str, *kinds: type) -> list[Any]:
    """The sort values of a cursor, of exactly these types. Raises CursorWrong."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as error:
        raise CursorWrong from error
    if not isinstance(values, list) or [type(value) for value in values] != list(kinds):
        raise CursorWrong
    return values
