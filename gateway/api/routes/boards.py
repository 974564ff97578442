"""Badges, contact cards handed out, and sizes of grids (REG-05, REG-11). The public pages are in gateway.api.boards."""

from typing import Any

from starlette.responses import Response

from gateway.api.call import Call
from gateway.api.clients import methods
from gateway.api.declare import Routes
from gateway.api.routes.registry import IMPORT_LIMIT
from gateway.api.schemas import boards as schemas
from wangge.registry.v1 import boards_pb2, registry_pb2

BOARDS = methods(boards_pb2, "Boards")
COUNTING = ("centre-operator", "system-administrator", "platform")
HANDING_OUT = (*COUNTING, "grid-member", "governance-member", "grid-leader", "instructor")
PRINTING = (*COUNTING, "grid-leader")
PDF = "application/pdf"

routes = Routes("boards", zh="公示牌与联系卡", en="Notice boards and contact cards")
routes.ask("GET", "/me/badge", BOARDS["GetBadge"], etag="version", zh="本人工作照", en="One's own photo for the badge")


@routes.add(
    "PUT", "/me/badge", body=schemas.SetBadge, reply=registry_pb2.Receipt.DESCRIPTOR, versioned=True, etag="version",
    zh="设置本人工作照及是否公开", en="Set one's own photo, and whether it may be shown in public (REG-11)",
)  # fmt: skip
async def set_badge(call: Call) -> Any:
    """The photo has to be a picture that the caller uploaded."""
    if photo := call.body.get("photo"):
        await call.in_thread(call.state.blobs.require_own_picture, photo, call.person.person_id, "photo")
    return await call.ask(BOARDS["SetBadge"], call.body)


@routes.add(
    "GET", "/grids/{code}/badges", media=(PDF,), roles=PRINTING, zh="工作牌(PDF)", en="Badges of a grid's people as PDF"
)
async def print_badges(call: Call) -> Any:
    """One page for each person of the grid today; a photo where the person agreed to show it."""
    board = await call.ask(BOARDS["GetBoard"], call.path)
    people, files = [], {}
    for number, each in enumerate(board["people"]):
        name = ""
        if each["photo"]:
            upload = await call.in_thread(call.state.blobs.find, each["photo"])
            name = f"photo-{number}.{upload.media_type.partition('/')[2]}"
            files[name] = await call.in_thread(call.state.blobs.path(upload).read_bytes)
        people.append({**each, "photo": name})
    content = await call.state.press.pdf("badges", {**_heading(board), "people": people}, files)
    shown = {"Content-Disposition": f'inline; filename="badges-{board["code"]}.pdf"', "Cache-Control": "no-store"}
    return Response(content, media_type=PDF, headers=shown)


def _heading(board: dict[str, Any]) -> dict[str, Any]:
    return {name: board[name] for name in ("name", "path_name", "complaint_phone")}


routes.ask(
    "POST", "/grids/{code}/cards", BOARDS["RecordCards"], body=schemas.RecordCards, status=201, roles=HANDING_OUT,
    zh="登记联系卡发放", en="Record that households received the contact card (REG-11)",
)  # fmt: skip
routes.ask(
    "POST", "/cards/{delivery_id}/withdraw", BOARDS["WithdrawCards"], body=schemas.WithdrawCards, roles=HANDING_OUT,
    zh="撤回发放记录", en="Take a record of cards back, with the reason",
)  # fmt: skip
routes.ask(
    "GET", "/cards", BOARDS["ListCards"], query=schemas.AreaQuery,
    zh="联系卡发放记录", en="Records of cards handed out, the latest first",
)  # fmt: skip
routes.ask(
    "GET", "/cards/reached", BOARDS["ListReached"], query=schemas.AreaQuery, name="list_cards_reached",
    zh="各网格已领联系卡户数", en="How many households of each grid received the card (REG-11)",
)  # fmt: skip
routes.ask(
    "POST", "/grid-sizes/import", BOARDS["EnterSizes"], body=schemas.EnterSizes, roles=COUNTING, limit=IMPORT_LIMIT,
    zh="录入网格户数人数", en="Enter how large grids are, all rows or none (REG-05)",
)  # fmt: skip
routes.ask(
    "GET", "/grid-sizes", BOARDS["ListSizes"], query=schemas.SizesQuery, name="list_grid_sizes",
    zh="网格规模与方案要求对照", en="Grids against the plan's range of sizes (REG-05)",
)  # fmt: skip
