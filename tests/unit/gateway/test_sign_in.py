"""Signing in: tokens as the interface names them, and limits on trying (REG-14)."""

from datetime import UTC, datetime, timedelta

import grpc
import pytest

from gateway.api.signin import SignInLimits
from services.chassis.errors import TooMany
from wangge.registry.v1 import registry_pb2

pytestmark = pytest.mark.rule("REG-14")
WRONG = {"code": "sign-in-refused", "zh": "用户名或密码不对", "en": "Wrong name or password", "faults": [], "http": 401}


def test_the_eleventh_attempt_under_one_name_waits() -> None:
    limits = SignInLimits.of("10/5 minutes", "1000/minute")
    for _ in range(10):
        limits.attempt("Zhang", "10.0.0.1")
    with pytest.raises(TooMany) as refused:
        limits.attempt("zhang", "10.0.0.2")
    assert 1 <= refused.value.params["seconds"] <= 300
    limits.attempt("li", "10.0.0.2")


def test_one_address_cannot_try_many_names() -> None:
    limits = SignInLimits.of("10/minute", "5/minute")
    for number in range(5):
        limits.attempt(f"name{number}", "10.0.0.1")
    with pytest.raises(TooMany):
        limits.attempt("another", "10.0.0.1")
    limits.attempt("another", "10.0.0.2")


def test_a_success_forgets_the_name() -> None:
    limits = SignInLimits.of("2/minute", "100/minute")
    for _ in range(20):
        limits.attempt("zhang", "10.0.0.1")
        limits.succeeded("zhang")


def _tokens(*_: object) -> registry_pb2.Tokens:
    tokens = registry_pb2.Tokens(access_token="a", refresh_token="r")
    tokens.access_expires_at.FromDatetime(datetime.now(UTC) + timedelta(minutes=15))
    tokens.refresh_expires_at.FromDatetime(datetime.now(UTC) + timedelta(hours=12))
    tokens.account.name = "张三"
    return tokens


@pytest.mark.anyio
async def test_a_sign_in_answers_tokens_and_person(client, services) -> None:
    services.answers["SignIn"] = _tokens
    del client.headers["Authorization"]
    answer = await client.post("/api/v1/sign-in", json={"username": "zhang", "password": "geheim-geheim"})
    body = answer.json()
    assert answer.status_code == 200
    assert (body["access_token"], body["token_type"], body["person"]["name"]) == ("a", "Bearer", "张三")
    assert 890 <= body["expires_in"] <= 900
    assert services.last("SignIn")[0].password == "geheim-geheim"
    assert "authorization" not in services.last("SignIn")[1]


@pytest.mark.anyio
async def test_trying_passwords_ends_with_429(client, services) -> None:
    services.refuse("SignIn", grpc.StatusCode.UNAUTHENTICATED, WRONG)
    statuses = []
    for _ in range(11):
        answer = await client.post("/api/v1/sign-in", json={"username": "zhang", "password": "x"})
        statuses.append(answer.status_code)
    assert statuses == [401] * 10 + [429]
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.json()["code"] == "too-many"
    assert len(services.asked) == 10


@pytest.mark.anyio
async def test_refreshing_and_signing_out(client, services) -> None:
    services.answers["Refresh"] = _tokens
    assert (await client.post("/api/v1/refresh", json={"refresh_token": "r"})).json()["refresh_token"] == "r"
    out = await client.post("/api/v1/sign-out", json={"refresh_token": "r"})
    assert (out.status_code, out.content) == (204, b"")
