"""From declarations to Starlette routes: check, call the endpoint, answer; every error becomes a problem document."""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from services.chassis.auth import Principal
from services.chassis.errors import Forbidden, Unauthenticated, WanggeError
from services.chassis.telemetry import current_trace_id

from . import headers, problems, validate
from .body import read_json
from .call import Call
from .declare import Declaration
from .errors import MethodNotAllowed, http_status
from .language import negotiate

log = structlog.get_logger(__name__)


def starlette_routes(declarations: Iterable[Declaration]) -> list[Route]:
    """One Starlette route for each path, which knows all methods of that path (405 names them)."""
    by_path: dict[str, dict[str, Declaration]] = {}
    for declaration in declarations:
        methods = by_path.setdefault(declaration.path, {})
        if declaration.method in methods:
            raise ValueError(f"declared twice: {declaration.method} {declaration.path}")
        methods[declaration.method] = declaration
    return [Route(path, Operations(path, methods)) for path, methods in by_path.items()]


class Operations:
    """ASGI application of one path: chooses the declaration by method."""

    def __init__(self, path: str, declarations: Mapping[str, Declaration]) -> None:
        self.path = path
        self.declarations = declarations

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        scope["wangge.route"] = self.path
        request = Request(scope, receive)
        await (await self._answer(request))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            return await respond(self._declaration(request.method), request)
        except (WanggeError, HTTPException) as error:
            return refuse(request, error)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception:
            log.exception("internal error", route=self.path)
            return refuse(request, WanggeError())

    def _declaration(self, method: str) -> Declaration:
        found = self.declarations.get("GET" if method == "HEAD" else method)
        if found is None:
            raise MethodNotAllowed(method=method, allowed=", ".join(sorted(self.declarations)))
        return found


def refuse(request: Request, error: Exception) -> Response:
    """The problem document for `error`, in the caller's language."""
    if isinstance(error, HTTPException):
        error = problems.from_router(error, request.method, request.scope["path"])
    if not isinstance(error, WanggeError):
        error = WanggeError()
    caller = request.scope.get("wangge.caller")
    if http_status(error) >= 500:
        log.warning("refused", code=error.code, cause=repr(error.__cause__)[:300])
    return problems.answer(error, language_of(request, caller), quote(request.scope["path"]), current_trace_id())


def language_of(request: Request, caller: Principal | None) -> str:
    """What Accept-Language asks for, else the caller's own language, else Chinese."""
    return negotiate(request.headers.get("accept-language"), caller.language if caller else "zh")


async def respond(declaration: Declaration, request: Request) -> Response:
    """Check `request` against `declaration` in the order token, role, headers, path, query, body; then answer."""
    token, caller = _identify(declaration, request)
    call = Call(
        request=request,
        declaration=declaration,
        caller=caller,
        language=language_of(request, caller),
        clients=request.app.state.shared.clients,
        token=token,
        key=headers.idempotency_key(request.headers) if declaration.writes else None,
        expected_version=headers.expected_version(request.headers) if declaration.versioned else None,
        path=validate.path_values(declaration, request.path_params),
        query=validate.query_values(declaration.query, request.query_params),
        body=await _body(declaration, request),
    )
    return finish(call, await declaration.endpoint(call))


def _identify(declaration: Declaration, request: Request) -> tuple[str | None, Principal | None]:
    if declaration.public:
        return None, None
    token = headers.bearer_token(request.headers)
    if token is None:
        raise Unauthenticated
    caller = request.app.state.shared.verifier.verify(token)
    request.scope["wangge.caller"] = caller
    if declaration.roles is not None and not caller.has(*declaration.roles):
        raise Forbidden(action=declaration.zh if language_of(request, caller) == "zh" else declaration.en)
    return token, caller


async def _body(declaration: Declaration, request: Request) -> Any:
    if declaration.body is None or declaration.upload:
        return None
    return validate.body_values(declaration.body, await read_json(request, declaration.limit))


def finish(call: Call, result: Any) -> Response:
    """The response for what an endpoint returned: a response as it is, else JSON, with ETag where it has a version."""
    if isinstance(result, Response):
        return result
    declaration = call.declaration
    extra = {"Idempotency-Key": call.key} if call.key else {}
    if declaration.status == 204:
        return Response(status_code=204, headers=extra)
    if declaration.etag and (version := _version(result, declaration.etag)) is not None:
        extra["ETag"] = f'"{version}"'
    if declaration.paged:
        result = {**result, "next_cursor": result["next_cursor"] or None}
    body = json.dumps(result, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, declaration.status, extra, "application/json")


def _version(result: Any, place: str) -> int | None:
    """The version at the dotted `place` of a reply; None where the reply does not have that part."""
    for name in place.split("."):
        result = (result or {}).get(name)
    return result if isinstance(result, int) else None
