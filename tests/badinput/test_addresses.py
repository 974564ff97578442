"""Addresses and methods that nobody declared (ALL-05): a clear refusal, never a page, never a stack."""

import contextlib
import socket

import pytest

from tests.badinput.answers import expect
from tests.badinput.town import Town

pytestmark = pytest.mark.rule("ALL-05")
UNKNOWN = {
    "/api/v1/nothing": "/api/v1/nothing",
    "/api/v2/cases": "/api/v2/cases",
    "/api/v1/cases/": "/api/v1/cases/",
    "/API/V1/CASES": "/API/V1/CASES",
    "/api/v1/cases%00": "/api/v1/cases\0",
    "/api/v1/cases/a%2fb/c": "/api/v1/cases/a/b/c",
    "/.env": "/.env",
    "/etc/passwd": "/etc/passwd",
    "/docs/ui/%2e%2e/%2e%2e/etc/passwd": "/docs/ui/../../etc/passwd",
    "/%E7%BD%91%E6%A0%BC": "/网格",
    "/%3Cscript%3E": "/<script>",
    f"/{'a' * 8000}": f"/{'a' * 199}",
}


@pytest.mark.parametrize("address", UNKNOWN, ids=[address[:30] for address in UNKNOWN])
def test_an_unknown_address_is_a_problem_that_names_it(town: Town, address: str) -> None:
    answer = town.http.get(address)
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["title"]) == (404, "no-route", "没有找到")
    assert problem["detail"] == f"没有此地址:{UNKNOWN[address]}"
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "PATCH", "PUT", "DELETE", "PROPFIND", "LOCK", "REPORT"])
def test_an_undeclared_method_is_405_and_names_the_possible_ones(town: Town, method: str) -> None:
    answer = town.http.request(method, "/api/v1/cases")
    expect(answer, 405, "method-not-allowed", f"此地址不支持 {method};可用:GET, POST")
    assert answer.headers["allow"] == "GET, POST"


RAW = {
    "method-of-no-standard": b"FOO /api/v1/cases HTTP/1.1\r\nHost: a\r\n\r\n",
    "no-http": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "header-injection": b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n",
    "two-lengths": b"POST /api/v1/cases HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    "negative-length": b"POST /api/v1/cases HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    "smuggled": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
    "bad-chunk": b"POST /api/v1/cases HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
}


@pytest.mark.parametrize("name", RAW)
def test_bytes_that_are_no_request_are_refused_by_the_server_and_it_lives_on(town: Town, name: str) -> None:
    """These never reach the application: uvicorn's parser answers 400 in plain text, or closes."""
    with socket.create_connection(("127.0.0.1", town.settings.port), timeout=30) as line:
        line.sendall(RAW[name])
        line.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    assert answer == b"" or answer.split(b" ")[1] in (b"400", b"401", b"413", b"431"), answer[:300]
    assert b"Traceback" not in answer
    assert town.http.get("/healthz").status_code == 200


ENDLESS = {
    "header": b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: ",
    "address": b"GET /",
    "trailer": b"POST /api/v1/cases HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ",
}


@pytest.mark.parametrize("name", ENDLESS)
def test_a_head_without_an_end_is_cut_off_and_the_memory_stays_bounded(town: Town, name: str) -> None:
    before, sent = town.megabytes("gateway"), 0
    with socket.create_connection(("127.0.0.1", town.settings.port), timeout=30) as line:
        with contextlib.suppress(ConnectionError):
            line.sendall(ENDLESS[name])
            for _ in range(100):
                line.sendall(b"a" * 1024 * 1024)
                sent += 1
    assert sent < 100, "nobody cut it off"
    assert town.megabytes("gateway") - before < 20
    assert town.http.get("/healthz").status_code == 200
