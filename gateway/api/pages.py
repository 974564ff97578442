"""What is no operation of the interface: health, metrics, the OpenAPI document and its page, pages of problems."""

import html
import json
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from swagger_ui_bundle import swagger_ui_path

from services.chassis.errors import NotFound

from . import openapi
from .declare import Routes
from .language import negotiate
from .problems import explanation, known_codes

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'"
)
CACHED = {"Cache-Control": "public, max-age=3600"}


def page_routes(parts: Iterable[Routes]) -> list[Route | Mount]:
    """The routes of all pages; `parts` are documented."""
    documents = Documents(list(parts))
    return [
        _route("/", start),
        _route("/healthz", healthz),
        _route("/readyz", readyz),
        _route("/metrics", metrics),
        _route("/openapi.json", documents.latest),
        _route("/docs/openapi-3.0.json", documents.for_page),
        _route("/docs/start.js", start_script),
        _route("/docs", docs),
        _route("/problems/{code}", problem_page),
        _route("/problems", problem_list),
        Mount("/docs/ui", StaticFiles(directory=str(swagger_ui_path))),
    ]


def _route(path: str, endpoint: Any) -> Route:
    async def named(request: Request) -> Response:
        request.scope["wangge.route"] = path
        response: Response = await endpoint(request)
        return response

    return Route(path, named, methods=["GET"])


async def start(_: Request) -> Response:
    """Who opens the bare address is led to the interface's page."""
    return RedirectResponse("/docs", 307)


async def healthz(_: Request) -> Response:
    """200 as long as the event loop turns."""
    return JSONResponse({"status": "alive"})


async def readyz(request: Request) -> Response:
    """200 when every service's channel is ready (an idle one counts as ready: it connects on use), else 503."""
    shared = request.app.state.shared
    channels = shared.clients.states()
    ready = all(state in ("ready", "idle") for state in channels.values())
    stream = "absent" if shared.feed is None else "connected" if shared.hub.connected else "away"
    body = {"status": "ready" if ready else "not-ready", "services": channels, "stream": stream}
    return JSONResponse(body, 200 if ready else 503)


async def metrics(request: Request) -> Response:
    shared = request.app.state.shared
    shared.metrics.streams.set(len(shared.hub.clients))
    return Response(generate_latest(shared.metrics.registry), media_type=CONTENT_TYPE_LATEST)


class Documents:
    """The OpenAPI documents, each generated once, on first use."""

    def __init__(self, parts: list[Routes]) -> None:
        self._of = lru_cache(lambda version: json.dumps(openapi.document(parts, version), ensure_ascii=False).encode())

    async def latest(self, _: Request) -> Response:
        return Response(self._of(openapi.VERSION), media_type="application/json", headers=CACHED)

    async def for_page(self, _: Request) -> Response:
        return Response(self._of(openapi.PAGE_VERSION), media_type="application/json", headers=CACHED)


def _asset(name: str) -> str:
    return resources.files("gateway.api").joinpath("assets", name).read_text("utf-8")


async def docs(_: Request) -> Response:
    """The interactive page; everything that it loads comes from here."""
    return HTMLResponse(_asset("docs.html"), headers={"Content-Security-Policy": PAGE_POLICY, **CACHED})


async def start_script(_: Request) -> Response:
    return Response(_asset("start.js"), media_type="text/javascript", headers=CACHED)


async def problem_list(request: Request) -> Response:
    """All codes that the edge itself can name."""
    language = negotiate(request.headers.get("accept-language"))
    rows = "".join(f'<li><a href="/problems/{code}">{code}</a></li>' for code in sorted(known_codes()))
    return _page("问题代码" if language == "zh" else "Problem codes", f"<ul>{rows}</ul>", language)


async def problem_page(request: Request) -> Response:
    """What a problem's code means, in the reader's language. Raises NotFound for a code that is none."""
    language = negotiate(request.headers.get("accept-language"))
    said = explanation(request.path_params["code"], language)
    if said is None:
        raise NotFound(kind="问题代码" if language == "zh" else "problem code", id=request.path_params["code"])
    status, title, sentence = said
    body = f"<p>{status} {html.escape(title)}</p><p>{html.escape(sentence)}</p>"
    return _page(request.path_params["code"], body, language)


def _page(title: str, body: str, language: str) -> Response:
    shown = html.escape(title)
    text = (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{shown}</title>'
        f"<body><h1>{shown}</h1>{body}</body></html>"
    )
    return HTMLResponse(text, headers={"Content-Language": language, "Vary": "Accept-Language"})
