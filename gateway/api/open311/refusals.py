"""Errors in the standard's form: an array of {code, description}, 404 for what is not there, 403 for the key, else 400.

The status is the specification's; `code` in the body is more precise (405, 413, 415, 503 …). Beyond the text of the
specification, too many requests are answered 429 with Retry-After: a client that is told 400 would not know to wait.
"""

from collections.abc import Mapping
from typing import Any

from gateway.api.errors import Refused, http_status
from services.chassis.errors import Forbidden, TooMany, Unavailable, WanggeError

from .formats import Document

RETRY_SECONDS = 2
UNKNOWN_SERVICE = "matter-unknown"
"""The incident service's word on a service_code that left the plan since the list was asked for."""
AWAY = (502, 503, 504)
NAMES: Mapping[str, str] = {
    "point": "lat, long",
    "grid_code": "address_id",
    "matter_code": "service_code",
    "replies": "attribute",
    "header.Idempotency-Key": "Idempotency-Key",
}
"""How the services call the parameters, and how the standard does."""


class KeyMissing(Forbidden):
    code = "api-key-missing"
    zh = "缺少 api_key;请向县网格化中心申请"
    en = "api_key is missing; ask the county's grid centre for one"


class KeyRefused(Forbidden):
    code = "api-key-refused"
    zh = "api_key 无效,或不允许此操作({action})"
    en = "Invalid api_key received, or it does not allow this ({action})"


def status_of(error: WanggeError) -> int:
    """The HTTP status by the specification: 404, 403, 429, else 400."""
    faults = {fault.code for fault in error.faults}
    status = http_status(error)
    if status == 404 or error.code == UNKNOWN_SERVICE or "not-found" in faults:
        return 404
    return status if status in (403, 429) else 400


def document(error: WanggeError, language: str) -> Document:
    """The errors, one for each fault where there are several."""
    status, precise = status_of(error), http_status(error)
    general = status if precise in (401, 409, 412, 422) else precise
    if not error.faults:
        return Document("errors", [{"code": general, "description": error.sentence(language)}])
    return Document("errors", [_fault(fault, general, language) for fault in error.faults])


def _fault(fault: Any, general: int, language: str) -> dict[str, Any]:
    name = NAMES.get(fault.path, fault.path.removeprefix("query.").removeprefix("path."))
    sentence = fault.en if language == "en" else fault.zh
    code = 404 if fault.code in ("not-found", UNKNOWN_SERVICE) else 400 if general == 404 else general
    return {"code": code, "description": f"{name}: {sentence}" if name else sentence}


def headers(error: WanggeError) -> dict[str, str]:
    """Retry-After where waiting helps."""
    if isinstance(error, TooMany):
        return {"Retry-After": str(error.params.get("seconds", RETRY_SECONDS))}
    away = isinstance(error, Unavailable) or (isinstance(error, Refused) and error.http in AWAY)
    return {"Retry-After": str(RETRY_SECONDS)} if away else {}
