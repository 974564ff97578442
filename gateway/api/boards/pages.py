"""The public pages: `/board/{grid}`, its card as a page and as PDF, and the photos that it shows.

Nothing is loaded from elsewhere and no script runs. A refusal is a page too: who scans a code is no developer.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from gateway.api.boards.drawing import draw
from gateway.api.boards.telling import address, ask_board, card
from gateway.api.errors import NoRoute, http_status
from gateway.api.printing import code_svg
from services.chassis.errors import NotFound, WanggeError

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
FRESH = {"Cache-Control": "public, max-age=60"}
TEMPLATES = Environment(
    loader=PackageLoader("gateway.api", "assets/board"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
Page = Callable[[Request, str], Awaitable[Response]]


def page_routes() -> list[Route]:
    """The routes of all pages of boards."""
    return [
        _route("/board/style.css", style),
        _route("/board/{grid}", _paged(board_page)),
        _route("/board/{grid}/card", _paged(card_page)),
        _route("/board/{grid}/card.pdf", _paged(card_pdf)),
        _route("/board/{grid}/photos/{photo}", _paged(photo)),
    ]


def _route(path: str, endpoint: Callable[[Request], Awaitable[Response]]) -> Route:
    async def named(request: Request) -> Response:
        request.scope["wangge.route"] = path
        return await endpoint(request)

    return Route(path, named, methods=["GET"])


def _paged(page: Page) -> Callable[[Request], Awaitable[Response]]:
    """`page` for the grid of the path; whatever is refused is told as a page."""

    async def answer(request: Request) -> Response:
        code = request.path_params["grid"]
        try:
            if not re.fullmatch("[0-9]{15}", code):
                raise NoRoute(path=request.url.path)
            return await page(request, code)
        except WanggeError as error:
            return _html("refused.html", {"sentence": error.sentence("zh")}, http_status(error), {})

    return answer


async def style(_: Request) -> Response:
    text = resources.files("gateway.api").joinpath("assets", "board", "style.css").read_text("utf-8")
    return Response(text, media_type="text/css", headers={"Cache-Control": "public, max-age=3600"})


async def board_page(request: Request, code: str) -> Response:
    """The notice board: map, people with duty telephones and duties, the telephone for complaints."""
    board = await ask_board(request, code)
    where = address(request, code)
    shown = {"board": board, "map": await asyncio.to_thread(draw, board), "code": Markup(code_svg(where))}  # noqa: S704
    return _html("board.html", {**shown, "address": where})


async def card_page(request: Request, code: str) -> Response:
    """The contact card, ready for the printer."""
    where = address(request, code)
    shown = card(await ask_board(request, code), where)
    return _html("card.html", {"card": shown, "code": Markup(code_svg(where))})  # noqa: S704


async def card_pdf(request: Request, code: str) -> Response:
    """The contact card as PDF, two pages of a business card's size: people, and the code of the board."""
    where = address(request, code)
    shown = card(await ask_board(request, code), where)
    content = await request.app.state.shared.press.pdf("card", shown, {"code.svg": code_svg(where).encode()})
    headers = {**FRESH, "Content-Disposition": f'inline; filename="card-{code}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


async def photo(request: Request, code: str) -> Response:
    """A photo that the board shows at this moment, no other: consent that is taken back holds within a minute."""
    wanted = request.path_params["photo"]
    if wanted not in {each["photo"] for each in (await ask_board(request, code))["people"]} - {""}:
        raise NotFound(kind="照片", id=wanted)
    blobs = request.app.state.shared.blobs
    upload = await asyncio.to_thread(blobs.find, wanted)
    return FileResponse(blobs.path(upload), media_type=upload.media_type, headers={**HEADERS, **FRESH})


def _html(
    template: str, values: Mapping[str, Any], status: int = 200, caching: Mapping[str, str] = FRESH
) -> HTMLResponse:
    text = TEMPLATES.get_template(template).render(**values)
    return HTMLResponse(text, status, {**HEADERS, **caching, "Content-Language": "zh-CN"})
