"""What pages and printed cards of a board say, made of what the registry tells."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from gateway.api import protojson
from gateway.api.clients import methods
from wangge.registry.v1 import boards_pb2

BOARDS = methods(boards_pb2, "Boards")


async def ask_board(request: Request, code: str) -> Mapping[str, Any]:
    """The board of the grid `code`. Raises what the registry refuses."""
    clients = request.app.state.shared.clients
    found = await clients.ask(BOARDS["GetBoard"], boards_pb2.GetBoardRequest(code=code))
    answer: Mapping[str, Any] = protojson.to_json(found)
    return answer


def address(request: Request, code: str) -> str:
    """Where the board of the grid `code` is read: under WANGGE_PUBLIC_URL, else where it was asked for."""
    base = request.app.state.shared.settings.public_url or str(request.base_url)
    return f"{base.rstrip('/')}/board/{code}"


def card(board: Mapping[str, Any], where: str) -> dict[str, Any]:
    """What a contact card shows: who is called for what, and where the board is."""
    names = ("name", "post_name", "title", "duty_phone")
    people = [{name: each[name] for name in names} for each in board["people"]]
    plain = {name: board[name] for name in ("code", "name", "path_name", "complaint_phone")}
    return {**plain, "people": people, "address": where}
