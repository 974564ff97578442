"""Tokens that are none: forged, ended, unsigned, signed by somebody else or for something else (REG-14).

The verifier's own tests, claim by claim: tests/unit/chassis/test_auth.py. Here the running gateway and a service's gRPC
side are asked, each of which checks by itself.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import grpc
import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey, RSAKey

from services.chassis.rpc.interceptor import ERROR_KEY
from tests.badinput.answers import expect
from tests.badinput.town import Town
from wangge.incident.v1 import incident_pb2, incident_pb2_grpc

pytestmark = pytest.mark.rule("REG-14")
Forge = Callable[[Town], str]


def _part(value: Any) -> bytes:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def _claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    claims = {
        "iss": "wangge", "aud": "wangge", "sub": "p1", "name": "某人", "roles": ["system-administrator"],
        "department": None, "areas": ["371321"], "language": "zh", "iat": now, "exp": now + 600,
    }  # fmt: skip
    return {name: value for name, value in {**claims, **changed}.items() if value != "absent"}


def _kid(town: Town) -> str:
    return str(town.issuer.key.kid)


def _signed(town: Town, key: Any = None, header: dict[str, Any] | None = None, **claims: Any) -> str:
    key = key or town.issuer.key
    header = header or {"alg": "Ed25519", "kid": _kid(town)}
    return jwt.encode(header, _claims(**claims), key, algorithms=[header["alg"]])


def _altered(town: Town) -> str:
    head, _, signature = town.token("grid-member").split(".")
    return f"{head}.{_part(_claims()).decode()}.{signature}"


def _unsigned(town: Town) -> str:
    return (_part({"alg": "none", "kid": _kid(town)}) + b"." + _part(_claims()) + b".").decode()


def _public_key_as_secret(town: Town) -> str:
    content = _part({"alg": "HS256", "kid": _kid(town)}) + b"." + _part(_claims())
    secret = town.issuer.key.as_bytes(encoding="PEM", private=False)
    return (content + b"." + _part(hmac.new(secret, content, hashlib.sha256).digest())).decode()


def _another_kind(town: Town) -> str:
    key = RSAKey.generate_key(2048, {"kid": _kid(town)}, auto_kid=False)
    return _signed(town, key, {"alg": "RS256", "kid": _kid(town), "jwk": key.as_dict(private=False)})


def _foreign_id(town: Town) -> str:
    return _signed(town, OKPKey.generate_key("Ed25519", {"kid": "theirs"}), {"alg": "Ed25519", "kid": "theirs"})


def _strangers_key(town: Town) -> str:
    return _signed(town, OKPKey.generate_key("Ed25519", {"kid": _kid(town)}))


def _kid_as_path(town: Town) -> str:
    return _signed(town, header={"alg": "Ed25519", "kid": "../../../../dev/null"})


FORGED: dict[str, Forge] = {
    "altered": _altered,
    "alg-none": _unsigned,
    "hs-with-the-public-key": _public_key_as_secret,
    "rs-instead": _another_kind,
    "foreign-key-id": _foreign_id,
    "strangers-key": _strangers_key,
    "key-id-is-a-path": _kid_as_path,
    "expired": lambda town: town.token("grid-member", lifetime=timedelta(minutes=-2)),
    "wrong-audience": lambda town: _signed(town, aud="elsewhere"),
    "two-audiences-not-ours": lambda town: _signed(town, aud=["a", "b"]),
    "wrong-issuer": lambda town: _signed(town, iss="elsewhere"),
    "no-end": lambda town: _signed(town, exp="absent"),
    "nobody": lambda town: _signed(town, sub="absent"),
    "areas-as-text": lambda town: _signed(town, areas="371321"),
    "huge": lambda town: "a" * 20_000 + ".b.c",
    "not-a-token": lambda town: "x",
}
EVERY = pytest.mark.parametrize("name", FORGED)


@EVERY
def test_the_gateway_refuses_it_with_one_and_the_same_answer(town: Town, name: str) -> None:
    headers = {"Authorization": f"Bearer {FORGED[name](town)}"}
    before = town.rows("incident")
    for method, path in (("GET", "/api/v1/cases"), ("POST", "/api/v1/cases")):
        answer = town.http.request(method, path, headers=headers)
        expect(answer, 401, "token-refused", "登录凭证无效或已过期,请重新登录")
        assert answer.headers["www-authenticate"] == 'Bearer realm="wangge"'
    assert town.rows("incident") == before


@EVERY
def test_a_service_refuses_it_by_itself(town: Town, name: str) -> None:
    """Whoever reaches the gRPC port past the gateway gets no further."""
    assert _refused_by_the_service(town, FORGED[name](town)[:7000]) == "token-refused"


def _refused_by_the_service(town: Town, token: str) -> str:
    """The code with which the incident service refuses `token` when it comes past the gateway."""
    with grpc.insecure_channel(f"127.0.0.1:{town.settings.grpc_port('incident')}") as channel:
        stub = incident_pb2_grpc.IncidentStub(channel)
        with pytest.raises(grpc.RpcError) as refused:
            stub.ListCases(incident_pb2.ListCasesRequest(), timeout=20, metadata=[("authorization", f"Bearer {token}")])
    assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED
    return str(json.loads(dict(refused.value.trailing_metadata())[ERROR_KEY])["code"])


def test_a_token_of_ours_from_the_future_is_refused_with_what_is_wrong_by_both(town: Town) -> None:
    """Only the platform itself can have signed it: its clocks differ, and signing in again would not help."""
    token = _signed(town, iat=int(time.time()) + 3600)
    answer = town.http.get("/api/v1/cases", headers={"Authorization": f"Bearer {token}"})
    expect(
        answer, 401, "clocks-differ",
        "登录凭证的签发时间在未来:平台各机器的时钟相差超过 30 秒,请联系运维校时",
    )  # fmt: skip
    assert _refused_by_the_service(town, token) == "clocks-differ"


def test_a_token_of_ours_passes_both(town: Town) -> None:
    headers = {"Authorization": f"Bearer {_signed(town)}"}
    assert town.http.get("/api/v1/cases", headers=headers).status_code == 200


@pytest.mark.parametrize("sent", ["Basic YTpi", "Bearer", "bearer", "Token x", "Bearer \u00fc"])
def test_another_scheme_is_no_sign_in(town: Town, sent: str) -> None:
    answer = town.http.get("/api/v1/me", headers={"Authorization": sent.encode("latin-1")})  # type: ignore[dict-item]
    expect(answer, 401, "unauthenticated", "请先登录")


def test_a_refresh_token_is_no_access_token_and_the_other_way_round(town: Town) -> None:
    sent = {"username": "member", "password": town.accounts.password("member")}
    tokens = town.ask(None, "POST", "/sign-in", json=sent).json()
    crossed = town.http.get("/api/v1/me", headers={"Authorization": f"Bearer {tokens['refresh_token']}"})
    expect(crossed, 401, "token-refused", "登录凭证无效或已过期,请重新登录")
    answer = town.ask(None, "POST", "/refresh", json={"refresh_token": tokens["access_token"][:500]})
    expect(answer, 401, "refresh-refused", "登录已过期,请重新登录")
