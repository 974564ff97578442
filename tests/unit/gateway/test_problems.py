"""Every error of the edge and of the services leaves as the right problem document (ALL-05)."""

import grpc
import pytest

from gateway.api import problems
from gateway.api.errors import HTTP, Malformed, MethodNotAllowed, Refused, http_status
from gateway.api.problems import explanation, known_codes, pointer, problem
from services.chassis.errors import (
    STATUS,
    Fault,
    Invalid,
    NotFound,
    TimedOut,
    TooMany,
    Unauthenticated,
    Unavailable,
    WanggeError,
)
from wangge.registry.v1 import registry_pb2

pytestmark = pytest.mark.rule("ALL-05")

ROWS = [(error, status.http) for error, status in STATUS.items()] + list(HTTP.items())


@pytest.mark.parametrize(("error", "status"), ROWS, ids=lambda value: getattr(value, "__name__", str(value)))
def test_each_row_of_the_tables_gives_its_status_with_title_and_sentences(
    error: type[WanggeError], status: int
) -> None:
    for language in ("zh", "en"):
        document = problem(error(), language, "/api/v1/cases", "a" * 32)
        assert document["status"] == status
        assert document["title"] == problems.title(status, language)
        assert document["detail"]
        assert document["type"] == f"/problems/{error.code}"
        assert document["code"] == error.code
        assert document["instance"] == "/api/v1/cases"
        assert document["trace_id"] == "a" * 32


@pytest.mark.parametrize("status", sorted({status for _, status in ROWS}))
def test_each_status_has_a_title(status: int) -> None:
    assert status in problems.TITLES


def test_a_fault_says_where_in_both_languages() -> None:
    error = Invalid(faults=[Fault("points[2].lon", "range", "应在范围内", "must be within range")])
    assert problem(error, "zh", "/")["errors"] == [
        {"pointer": "/points/2/lon", "code": "range", "detail": "应在范围内"}
    ]
    assert problem(error, "en", "/")["errors"][0]["detail"] == "must be within range"


@pytest.mark.parametrize(
    ("path", "expected"),
    [("", ""), ("a", "/a"), ("rows[3].code", "/rows/3/code"), ("a/b~c", "/a~1b~0c"), ("a[0][1]", "/a/0/1")],
)
def test_pointer_follows_rfc_6901(path: str, expected: str) -> None:
    assert pointer(path) == expected


def test_headers_that_belong_to_a_status() -> None:
    assert problems.answer(TooMany(seconds=7), "zh", "/").headers["retry-after"] == "7"
    for away in (Unavailable(what="registry"), TimedOut()):
        assert int(problems.answer(away, "zh", "/").headers["retry-after"]) >= 1
    assert problems.answer(MethodNotAllowed(method="PUT", allowed="GET"), "zh", "/").headers["allow"] == "GET"
    assert problems.answer(Unauthenticated(), "zh", "/").headers["www-authenticate"].startswith("Bearer")
    assert problems.answer(NotFound(kind="x", id="1"), "en", "/").headers["content-language"] == "en"


def test_a_services_refusal_keeps_its_own_words_and_status() -> None:
    refused = Refused(http=409, code="verifier-was-handler", zh="不能核查自己办理的案件", en="You handled this case")
    assert http_status(refused) == 409
    assert problem(refused, "zh", "/")["detail"] == "不能核查自己办理的案件"
    assert problem(refused, "en", "/")["code"] == "verifier-was-handler"


def test_every_code_of_the_edge_is_explained() -> None:
    for code in known_codes():
        for language in ("zh", "en"):
            said = explanation(code, language)
            assert said is not None
            assert said[2]
    assert explanation("no-such-code", "zh") is None
    assert explanation(Malformed.code, "en") == (400, "Bad request", Malformed.en)


@pytest.mark.anyio
async def test_the_page_of_a_problem_speaks_the_readers_language(client) -> None:
    zh = await client.get("/problems/not-found")
    assert zh.status_code == 200
    assert 'lang="zh"' in zh.text
    en = await client.get("/problems/not-found", headers={"Accept-Language": "en"})
    assert "There is no" in en.text
    missing = await client.get("/problems/nothing-of-the-kind")
    assert missing.status_code == 404
    assert missing.headers["content-type"] == problems.MEDIA_TYPE


@pytest.mark.anyio
async def test_the_routers_own_refusals_are_problems_too(client) -> None:
    missing = await client.get("/api/v1/nowhere")
    assert (missing.status_code, missing.json()["code"]) == (404, "no-route")
    wrong = await client.delete("/api/v1/cases")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method-not-allowed")
    assert wrong.headers["allow"] == "GET, POST"


BARE = [
    (grpc.StatusCode.INVALID_ARGUMENT, 422, "invalid"),
    (grpc.StatusCode.OUT_OF_RANGE, 422, "invalid"),
    (grpc.StatusCode.UNAUTHENTICATED, 401, "unauthenticated"),
    (grpc.StatusCode.PERMISSION_DENIED, 403, "forbidden"),
    (grpc.StatusCode.NOT_FOUND, 404, "not-found"),
    (grpc.StatusCode.ALREADY_EXISTS, 409, "already-exists"),
    (grpc.StatusCode.FAILED_PRECONDITION, 409, "conflict"),
    (grpc.StatusCode.ABORTED, 409, "conflict"),
    (grpc.StatusCode.RESOURCE_EXHAUSTED, 503, "unavailable"),
    (grpc.StatusCode.UNAVAILABLE, 503, "unavailable"),
    (grpc.StatusCode.CANCELLED, 503, "unavailable"),
    (grpc.StatusCode.DEADLINE_EXCEEDED, 504, "timed-out"),
    (grpc.StatusCode.UNIMPLEMENTED, 501, "not-implemented"),
    (grpc.StatusCode.INTERNAL, 500, "internal"),
    (grpc.StatusCode.UNKNOWN, 500, "internal"),
    (grpc.StatusCode.DATA_LOSS, 500, "internal"),
]


@pytest.mark.anyio
@pytest.mark.parametrize(("status", "http", "code"), BARE, ids=lambda value: str(getattr(value, "name", value)))
async def test_a_bare_grpc_status_is_mapped(client, services, status: grpc.StatusCode, http: int, code: str) -> None:
    services.refuse("Me", status)
    answer = await client.get("/api/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (http, code)
    assert "{" not in answer.json()["detail"]


@pytest.mark.anyio
@pytest.mark.parametrize("status", [grpc.StatusCode.CANCELLED, grpc.StatusCode.UNAVAILABLE])
async def test_what_an_api_drops_as_it_stops_is_asked_again(client, services, status: grpc.StatusCode) -> None:
    async def drop_twice(_: object, context: grpc.aio.ServicerContext) -> registry_pb2.Account:
        if len(services.asked) <= 2:
            await context.abort(status, "stopping")
        return registry_pb2.Account()

    services.answers["Me"] = drop_twice
    assert (await client.get("/api/v1/me")).status_code == 200
    assert len(services.asked) == 3


@pytest.mark.anyio
async def test_a_services_own_error_arrives_with_faults(client, services) -> None:
    fault = {"path": "rows[0].code", "code": "not-nested", "zh": "上级代码不符", "en": "does not nest"}
    detail = {"code": "import-refused", "zh": "导入被拒绝", "en": "Import refused", "faults": [fault], "http": 422}
    services.refuse("Me", grpc.StatusCode.INVALID_ARGUMENT, detail)
    answer = await client.get("/api/v1/me", headers={"Accept-Language": "en;q=0.9, zh;q=0.1"})
    assert answer.status_code == 422
    assert answer.json()["detail"] == "Import refused"
    assert answer.json()["errors"] == [{"pointer": "/rows/0/code", "code": "not-nested", "detail": "does not nest"}]


@pytest.mark.anyio
async def test_a_broken_detail_falls_back_to_the_status(client, services) -> None:
    services.refuse("Me", grpc.StatusCode.NOT_FOUND, {"unexpected": True})
    assert (await client.get("/api/v1/me")).status_code == 404
