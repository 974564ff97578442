"""A grid's notice board (公示牌) and contact card (联系卡), for everybody and without an account (REG-11)."""

from gateway.api.boards.pages import page_routes

__all__ = ["page_routes"]
