"""Addresses of GeoReport v2: each resource with .xml, with .json, and bare, which means JSON."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.api.errors import MethodNotAllowed, NoRoute
from gateway.api.language import negotiate
from gateway.api.problems import from_router
from services.chassis.errors import WanggeError

from . import methods, refusals
from .formats import JSON, MEDIA_TYPES, XML, Document, write
from .methods import Asked

log = structlog.get_logger(__name__)

ROOT = "/open311"
V2 = f"{ROOT}/v2"
OPEN_TO_PAGES = {"Access-Control-Allow-Origin": "*", "Vary": "Accept-Language"}
"""Any web page may ask: nothing here depends on cookies, and what is answered is public."""

Method = Callable[[Asked], Awaitable[Document]]
RESOURCES: Mapping[str, Mapping[str, Method]] = {
    f"{ROOT}/discovery": {"GET": methods.discover},
    f"{V2}/discovery": {"GET": methods.discover},
    f"{V2}/services": {"GET": methods.list_services},
    f"{V2}/services/{{service_code}}": {"GET": methods.define_service},
    f"{V2}/requests": {"GET": methods.find_requests, "POST": methods.submit},
    f"{V2}/requests/{{service_request_id}}": {"GET": methods.find_request},
    f"{V2}/tokens/{{token}}": {"GET": methods.find_token},
}


def routes() -> list[Route]:
    """All routes; what else lies below /open311 is refused in the standard's form too."""
    forms = ((".xml", XML), (".json", JSON), ("", JSON))
    found = [
        Route(path + suffix, Resource(path, form, known)) for path, known in RESOURCES.items() for suffix, form in forms
    ]
    beyond = [Route(f"{ROOT}/{{rest:path}}{suffix}", Resource(ROOT, form, None)) for suffix, form in forms]
    return found + beyond


class Resource:
    """ASGI application of one address in one format. `known` None: there is nothing at the address."""

    def __init__(self, path: str, form: str, known: Mapping[str, Method] | None) -> None:
        self.path, self.form, self.known = path, form, known

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        scope["wangge.route"] = self.path
        request = Request(scope, receive)
        await (await self._answer(request))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        asked = Asked(request, request.app.state.shared.open311, {})
        try:
            return self._response(await self._method(request)(asked), 200, asked.extra)
        except (WanggeError, HTTPException) as error:
            return self._refuse(request, error)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception:
            log.exception("internal error", route=self.path)
            return self._refuse(request, WanggeError())

    def _method(self, request: Request) -> Method:
        if self.known is None:
            raise NoRoute(path=request.scope["path"][:200])
        found = self.known.get("GET" if request.method == "HEAD" else request.method)
        if found is None:
            raise MethodNotAllowed(method=request.method, allowed=", ".join(sorted(self.known)))
        return found

    def _refuse(self, request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException):
            error = from_router(error, request.method, request.scope["path"])
        if not isinstance(error, WanggeError):
            error = WanggeError()
        language = negotiate(request.headers.get("accept-language"))
        extra = {"Content-Language": language, **refusals.headers(error)}
        return self._response(refusals.document(error, language), refusals.status_of(error), extra)

    def _response(self, document: Document, status: int, extra: Mapping[str, str]) -> Response:
        return Response(
            write(document, self.form),
            status,
            {**OPEN_TO_PAGES, **extra, "Content-Type": MEDIA_TYPES[self.form]},
        )
