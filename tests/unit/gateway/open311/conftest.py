"""The gateway's Open311 in front of services whose answers a test decides: a county with three services."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import grpc
import pytest

from wangge.incident.v1 import open311_pb2 as pb
from wangge.registry.v1 import registry_pb2

KEY = "wg_good"
ID = "01936f2a-7c00-7000-8000-000000000001"
TOKEN = "0123456789abcdef0123456789abcdef"
AT = datetime(2026, 11, 22, 3, 4, 5, 678901, tzinfo=UTC)

RUBBISH = {
    "code": "06010", "name": "暴露垃圾", "group": "市容环境", "description": "市容环境·暴露垃圾(GB/T 47678.5-2026)",
    "published": True, "notice": "处理时限:5 个工作日",
}  # fmt: skip
WATER = {
    "code": "06026", "name": "河道污染", "group": "市容环境", "description": "市容环境·河道污染", "published": True,
    "attributes": [
        {"code": "colour", "text": "水体颜色", "kind": "choice", "choices": ["黄", "黑"], "required": True},
        {"code": "signs", "text": "现象", "kind": "multi-choice", "choices": ["异味", "泡沫", "死鱼"]},
        {"code": "extent", "text": "约多少米", "kind": "number"},
        {"code": "seen", "text": "何时发现", "kind": "datetime"},
        {"code": "words", "text": "补充", "kind": "text"},
    ],
}  # fmt: skip
QUARREL = {"code": "X1101", "name": "邻里纠纷", "group": "矛盾纠纷", "description": "矛盾纠纷·邻里纠纷"}
REQUEST: dict[str, Any] = {
    "id": ID, "status": "open", "status_notes": "处理中", "service_code": "06010", "service_name": "暴露垃圾",
    "agency": "环卫所", "notice": "处理时限:5 个工作日", "requested_at": AT, "updated_at": AT, "expected_at": AT,
    "address": "一网格, 幸福村", "address_id": "371321106201001", "point": {"lon": 118.45, "lat": 35.45},
}  # fmt: skip


def service_list() -> pb.ServiceList:
    return pb.ServiceList(items=[RUBBISH, WATER, QUARREL], plan="p02/1", activated_at=AT)


@pytest.fixture
def county(services: Any) -> Any:
    """The services' answers: three services, one request, one token, one key that may do both."""
    services.answers["ListServices"] = lambda *_: service_list()
    services.answers["FindRequests"] = lambda *_: pb.RequestList(items=[REQUEST])
    services.answers["FindToken"] = lambda *_: pb.FoundToken(request_id=ID)
    services.answers["Submit"] = lambda *_: pb.Submitted(id=ID, request_id=ID, notice="处理时限:5 个工作日")
    know_keys(services)
    return services


def know_keys(services: Any, may: tuple[str, ...] = ("read", "write"), per_minute: int = 1000) -> None:
    """Let the registry know KEY and no other."""
    detail = {"code": "application-key-refused", "zh": "无效", "en": "unknown", "faults": [], "http": 404}
    services.refuse("CheckApplication", grpc.StatusCode.NOT_FOUND, detail)
    refuse: Callable[..., Any] = services.answers["CheckApplication"]

    def check(request: Any, context: Any) -> Any:
        if request.key != KEY:
            return refuse(request, context)
        values = {"id": "app-1", "name": "随手拍", "may": may, "per_minute": per_minute, "access_token": "token-1"}
        return registry_pb2.CheckedApplication(**values)

    services.answers["CheckApplication"] = check
