"""Identifiers: UUIDv7 text, so that ids sort by the time at which they were made (RFC 9562)."""

import uuid_utils


def new_id() -> str:
    """Return a new UUIDv7 as lower-case text, 36 characters."""
    return str(uuid_utils.uuid7())


def is_id(text: str) -> bool:
    """Say whether `text` is a UUID in its canonical form."""
    try:
        return str(uuid_utils.UUID(text)) == text
    except (ValueError, TypeError, AttributeError):
        return False
