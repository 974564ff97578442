"""Cursor paging: a cursor is where the last page ended, opaque to who carries it."""

import base64
import binascii
import json

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
