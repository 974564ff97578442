"""Problem documents (RFC 9457): one table of titles, one function from error to answer, one page for each code."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.chassis.errors import Fault, TooMany, Unavailable, WanggeError

from .errors import MethodNotAllowed, NoRoute, Refused, http_status

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 2

TITLES: Mapping[int, tuple[str, str]] = {
    400: ("请求无法读取", "Bad request"),
    401: ("需要登录", "Not signed in"),
    403: ("没有权限", "Forbidden"),
    404: ("没有找到", "Not found"),
    405: ("方法不支持", "Method not allowed"),
    409: ("与当前状态冲突", "Conflict"),
    412: ("内容已被修改", "Precondition failed"),
    413: ("内容过大", "Content too large"),
    415: ("内容类型不支持", "Unsupported media type"),
    422: ("内容有误", "Unprocessable content"),
    429: ("操作过于频繁", "Too many requests"),
    500: ("平台内部错误", "Internal error"),
    501: ("尚未提供", "Not implemented"),
    503: ("服务暂时不可用", "Service unavailable"),
    504: ("处理超时", "Timed out"),
}


def title(status: int, language: str) -> str:
    """The short name of `status` in `language`; of 500 for a status that the table does not know."""
    zh, en = TITLES.get(status, TITLES[500])
    return en if language == "en" else zh


def pointer(path: str) -> str:
    """The JSON pointer (RFC 6901) of a fault's dotted path: "data.points[2].lon" gives "/data/points/2/lon"."""
    words = path.replace("[", ".").replace("]", "").split(".")
    return "".join("/" + word.replace("~", "~0").replace("/", "~1") for word in words if word)


def problem(error: WanggeError, language: str, instance: str, trace_id: str | None = None) -> dict[str, Any]:
    """The problem document of `error`: type, title, status, detail, instance, code, trace_id, errors."""
    status = http_status(error)
    document: dict[str, Any] = {
        "type": f"/problems/{error.code}",
        "title": title(status, language),
        "status": status,
        "detail": error.sentence(language),
        "instance": instance,
        "code": error.code,
    }
    if trace_id:
        document["trace_id"] = trace_id
    if error.faults:
        document["errors"] = [_fault(fault, language) for fault in error.faults]
    return document


def _fault(fault: Fault, language: str) -> dict[str, str]:
    detail = fault.en if language == "en" else fault.zh
    return {"pointer": pointer(fault.path), "code": fault.code, "detail": detail}


def answer(error: WanggeError, language: str, instance: str, trace_id: str | None = None) -> Response:
    """The response for `error`, with Retry-After, Allow or WWW-Authenticate where its status asks for them."""
    document = problem(error, language, instance, trace_id)
    headers = {"Content-Language": language, "Vary": "Accept-Language", **_headers(error, document["status"])}
    body = json.dumps(document, ensure_ascii=False).encode()
    return Response(body, document["status"], headers, MEDIA_TYPE)


def _headers(error: WanggeError, status: int) -> dict[str, str]:
    if isinstance(error, MethodNotAllowed):
        return {"Allow": str(error.params["allowed"])}
    if status == 401:
        return {"WWW-Authenticate": 'Bearer realm="wangge"'}
    if isinstance(error, TooMany):
        return {"Retry-After": str(error.params.get("seconds", RETRY_SECONDS))}
    return {"Retry-After": str(RETRY_SECONDS)} if status in (429, 503, 504) else {}


def from_router(error: HTTPException, method: str, path: str) -> WanggeError:
    """Our error for one that Starlette raised by itself (404 of the router, 405, 4xx of its parsers)."""
    if error.status_code == 404:
        return NoRoute(path=path[:200])
    if error.status_code == 405:
        return MethodNotAllowed(method=method, allowed=(error.headers or {}).get("Allow", ""))
    if error.status_code == 503:
        return Unavailable(what="gateway")
    zh, en = TITLES.get(error.status_code, TITLES[500])
    return Refused(http=error.status_code, code="http-error", zh=zh, en=error.detail or en)


def known_codes() -> dict[str, type[WanggeError]]:
    """Every error class that the edge can name by itself, by its code."""
    return {cls.code: cls for cls in _tree(WanggeError) if "code" in cls.__dict__}


def _tree(root: type[WanggeError]) -> Iterator[type[WanggeError]]:
    yield root
    for child in root.__subclasses__():
        yield from _tree(child)


@lru_cache(maxsize=1)
def service_codes() -> Mapping[str, Mapping[str, Any]]:
    """What the services' own errors mean, collected from their sources: code → status, zh, en."""
    text = resources.files("gateway.api").joinpath("assets", "problems.json").read_text("utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


def explanation(code: str, language: str) -> tuple[int, str, str] | None:
    """Status, title and sentence (placeholders and all) of `code`; None where nobody uses it."""
    known = known_codes().get(code)
    if known is not None:
        status = http_status(known()) if known is not Refused else 500
        return status, title(status, language), known.en if language == "en" else known.zh
    said = service_codes().get(code)
    return (said["status"], title(said["status"], language), said[language]) if said else None
