"""The standard's shapes of answers, with their fields in the order of the specification's examples."""

from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from wangge.incident.v1.open311_pb2 import PublicRequest

from . import times
from .formats import Document

Values = Mapping[str, Any]
DATATYPES: Mapping[str, tuple[str, str | None]] = {
    "text": ("text", None),
    "number": ("number", "请填写数字"),
    "datetime": ("datetime", "如 2026-11-22T09:00:00+08:00"),
    "choice": ("singlevaluelist", "选择一项"),
    "multi-choice": ("multivaluelist", "可选择多项"),
}
"""Our kinds of questions: the standard's datatype, and what helps the user to answer."""


def services(items: list[dict[str, Any]]) -> Document:
    """GET Service List. A matter whose cases may not be shown is a `blackbox`: no id is ever answered."""
    return Document("services", [_service(each) for each in items])


def _service(service: Values) -> dict[str, Any]:
    return {
        "service_code": service["code"],
        "service_name": service["name"],
        "description": service["description"],
        "metadata": bool(service["attributes"]),
        "type": "realtime" if service["published"] else "blackbox",
        "keywords": f"{service['group']}, {service['name']}",
        "group": service["group"],
    }


def definition(service: Values) -> Document:
    """GET Service Definition."""
    attributes = [_attribute(each, at) for at, each in enumerate(service["attributes"], 1)]
    return Document("service_definition", {"service_code": service["code"], "attributes": attributes})


def _attribute(question: Values, order: int) -> dict[str, Any]:
    datatype, described = DATATYPES[question["kind"]]
    shape = {
        "variable": True,
        "code": question["code"],
        "datatype": datatype,
        "required": question["required"],
        "datatype_description": described,
        "order": order,
        "description": question["text"],
    }
    if datatype.endswith("list"):
        shape["values"] = [{"key": choice, "name": choice} for choice in question["choices"]]
    return shape


def submitted(answer: Values, account_id: str) -> Document:
    """POST Service Request: an id, or a token, or neither where the matter is confidential."""
    named = {"service_request_id": answer["request_id"]} if answer["request_id"] else {}
    if answer["token"]:
        named = {"token": answer["token"]}
    notice = {"service_notice": answer["notice"] or None, "account_id": account_id or None}
    return Document("service_requests", [{**named, **notice}])


def of_token(token: str, answer: Values) -> Document:
    """GET service_request_id from a token; the id is empty while nobody could file the report."""
    return Document("service_requests", [{"service_request_id": answer["request_id"] or None, "token": token}])


def requests(items: Iterable[PublicRequest], zone: ZoneInfo) -> Document:
    """GET Service Requests, and GET Service Request with one."""
    return Document("service_requests", [_request(each, zone) for each in items])


def _request(request: PublicRequest, zone: ZoneInfo) -> dict[str, Any]:
    point = request.point if request.HasField("point") else None
    expected = request.expected_at if request.HasField("expected_at") else None
    return {
        "service_request_id": request.id,
        "status": request.status,
        "status_notes": request.status_notes or None,
        "service_name": request.service_name,
        "service_code": request.service_code,
        "description": None,
        "agency_responsible": request.agency or None,
        "service_notice": request.notice or None,
        "requested_datetime": times.of_timestamp(request.requested_at, zone),
        "updated_datetime": times.of_timestamp(request.updated_at, zone),
        "expected_datetime": times.of_timestamp(expected, zone) if expected else None,
        "address": request.address or None,
        "address_id": request.address_id or None,
        "zipcode": None,
        "lat": point.lat if point else None,
        "long": point.lon if point else None,
        "media_url": None,
    }


def discovery(changeset: str, url: str, said: Values) -> Document:
    """Service discovery: `changeset` is sortable and moves when the services do."""
    endpoint = {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": url,
        "changeset": changeset,
        "type": said["type"],
        "formats": ["text/xml", "application/json"],
    }
    top = {"changeset": changeset, "contact": said["contact"], "key_service": said["key_service"]}
    return Document("discovery", {**top, "endpoints": [endpoint]})
