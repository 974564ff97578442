"""`wangge dead`: what no retry helped, to be looked at, sent again or given up (XCH-05)."""

from infra.dead.command import group

__all__ = ["group"]
