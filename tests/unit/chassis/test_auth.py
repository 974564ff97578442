"""A token that was not issued here, for us, now, and whole, opens nothing (REG-14)."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc.jwk import KeySet, OKPKey, RSAKey

from services.chassis.auth import ClocksDiffer, Issuer, Principal, TokenRefused, Verifier

NOW = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
KEY = OKPKey.generate_key("Ed25519", {"kid": "k1"}, auto_kid=False)
STRANGER = OKPKey.generate_key("Ed25519", {"kid": "k1"}, auto_kid=False)
PERSON = Principal("p1", "张三", frozenset({"grid-member"}), "env-office", ("371321106",), "en")
CLAIMS: dict[str, Any] = {
    "iss": "wangge",
    "aud": "wangge",
    "sub": "p1",
    "name": "张三",
    "roles": ["grid-member"],
    "department": None,
    "areas": ["371321106"],
    "iat": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 600,
}


class At:
    """A clock that stands still."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


def verifier(at: datetime = NOW) -> Verifier:
    return Verifier(KeySet.import_key_set({"keys": [KEY.as_dict(private=False)]}), At(at))


def encoded(part: Any) -> bytes:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def signed(claims: dict[str, Any], header: dict[str, Any] | None = None, key: OKPKey = KEY) -> str:
    """A token as an attacker may write it: any header, any claims, signed by `key`."""
    head = encoded({"alg": "Ed25519", "kid": "k1"} if header is None else header)
    content = head + b"." + encoded(claims)
    return (content + b"." + encoded(key.get_op_key("sign").sign(content))).decode()


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in CLAIMS.items() if key != name}


@pytest.mark.rule("REG-14")
def test_what_was_issued_comes_back() -> None:
    token, expires = Issuer(KEY, At(NOW)).issue(PERSON, timedelta(minutes=15))
    assert expires == NOW + timedelta(minutes=15)
    assert verifier().verify(token) == PERSON
    assert verifier().verify(signed(CLAIMS)).person_id == "p1"


def test_a_token_ends_and_clocks_may_differ_by_half_a_minute() -> None:
    token, expires = Issuer(KEY, At(NOW)).issue(PERSON, timedelta(minutes=15))
    assert verifier(expires + timedelta(seconds=29)).verify(token)
    with pytest.raises(TokenRefused):
        verifier(expires + timedelta(seconds=31)).verify(token)


def test_a_changed_token_is_refused() -> None:
    head, _, signature = signed(CLAIMS).split(".")
    forged = encoded({**CLAIMS, "roles": ["system-administrator"]}).decode()
    for token in (f"{head}.{forged}.{signature}", f"{head}.{forged}.", f"{head}.{forged}", "", "x", "a.b.c", "…"):
        with pytest.raises(TokenRefused):
            verifier().verify(token)


@pytest.mark.parametrize("algorithm", ["none", "None", ""])
def test_a_token_without_a_signature_is_refused(algorithm: str) -> None:
    head = encoded({"alg": algorithm, "kid": "k1"}) + b"." + encoded(CLAIMS)
    for signature in (b"", b"AAAA"):
        with pytest.raises(TokenRefused):
            verifier().verify((head + b"." + signature).decode())


@pytest.mark.parametrize(
    "secret",
    [KEY.as_bytes(encoding="PEM", private=False), encoded(KEY.public_key.public_bytes_raw())],
    ids=["pem", "raw"],
)
def test_the_public_key_is_no_shared_secret(secret: bytes) -> None:
    content = encoded({"alg": "HS256", "kid": "k1"}) + b"." + encoded(CLAIMS)
    mac = hmac.new(secret, content, hashlib.sha256).digest()
    with pytest.raises(TokenRefused):
        verifier().verify((content + b"." + encoded(mac)).decode())


def test_another_kind_of_key_is_refused_even_if_the_token_brings_it() -> None:
    rsa = RSAKey.generate_key(2048, {"kid": "k1"}, auto_kid=False)
    header = {"alg": "RS256", "kid": "k1", "jwk": rsa.as_dict(private=False)}
    with pytest.raises(TokenRefused):
        verifier().verify(signed(CLAIMS, header))


@pytest.mark.parametrize(
    "header", [{"alg": "Ed25519", "kid": "k1"}, {"alg": "Ed25519"}, {"alg": "Ed25519", "kid": "k2"}]
)
def test_a_strangers_key_is_refused_under_any_name(header: dict[str, str]) -> None:
    brought = {**header, "jwk": STRANGER.as_dict(private=False)}
    for each in (header, brought):
        with pytest.raises(TokenRefused):
            verifier().verify(signed(CLAIMS, each, STRANGER))


def test_a_key_id_that_is_not_published_is_refused() -> None:
    with pytest.raises(TokenRefused):
        verifier().verify(signed(CLAIMS, {"alg": "Ed25519", "kid": "k2"}))


@pytest.mark.parametrize("name", ["iss", "aud", "sub", "exp", "iat", "name", "roles", "areas"])
def test_a_missing_claim_is_refused(name: str) -> None:
    with pytest.raises(TokenRefused):
        verifier().verify(signed(without(name)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "another"},
        {"iss": "another"},
        {"sub": 5},
        {"sub": ""},
        {"name": None},
        {"roles": "centre-operator"},
        {"roles": [1]},
        {"roles": None},
        {"areas": "371321"},
        {"areas": [371321]},
        {"areas": {"371321": True}},
        {"department": 5},
        {"language": ["zh"]},
        {"exp": "tomorrow"},
        {"exp": None},
        {"iat": int(NOW.timestamp()) + 3600},
    ],
)
def test_a_claim_of_another_kind_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(TokenRefused):
        verifier().verify(signed({**CLAIMS, **wrong}))


@pytest.mark.parametrize("claims", [[], "text", 5])
def test_claims_that_are_no_object_are_refused(claims: Any) -> None:
    with pytest.raises(TokenRefused):
        verifier().verify(signed(claims))


@pytest.mark.rule("REG-14")
def test_an_empty_area_would_cover_everything_and_is_dropped() -> None:
    person = verifier().verify(signed({**CLAIMS, "areas": ["", "371321106"]}))
    assert person.areas == ("371321106",)
    assert person.covers("371321106201003") and not person.covers("371321107") and not person.covers(None)


@pytest.mark.parametrize("off", [-30, 0, 30])
def test_clocks_may_differ_by_the_leeway(off: int) -> None:
    issued, _ = Issuer(KEY, At(NOW + timedelta(seconds=off))).issue(PERSON, timedelta(minutes=15))
    assert verifier().verify(issued).person_id == "p1"


def test_an_issuer_ten_minutes_fast_is_refused_with_the_reason() -> None:
    issued, _ = Issuer(KEY, At(NOW + timedelta(minutes=10))).issue(PERSON, timedelta(minutes=15))
    with pytest.raises(ClocksDiffer) as refused:
        verifier().verify(issued)
    assert "30 秒" in refused.value.sentence("zh")
    assert verifier(NOW + timedelta(minutes=10)).verify(issued).person_id == "p1", "once the clock is right"


def test_an_issuer_ten_minutes_slow_gives_tokens_that_end_earlier_and_never_later() -> None:
    issued, _ = Issuer(KEY, At(NOW - timedelta(minutes=10))).issue(PERSON, timedelta(minutes=15))
    assert verifier().verify(issued).person_id == "p1"
    with pytest.raises(TokenRefused):
        verifier(NOW + timedelta(minutes=5, seconds=31)).verify(issued)
