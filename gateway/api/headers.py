"""Request headers that every operation understands: Authorization, Idempotency-Key, If-Match."""

import re

from starlette.datastructures import Headers

from services.chassis.errors import Fault, Invalid, Unauthenticated
from services.chassis.ids import new_id

KEY = re.compile(r"[\x21-\x7e]{1,200}")
VERSION = re.compile(r'(?:W/)?"(\d{1,18})"')


def bearer_token(headers: Headers) -> str | None:
    """The bearer token, None where there is none. Raises Unauthenticated for another scheme."""
    sent = headers.get("authorization")
    if sent is None:
        return None
    scheme, _, token = sent.partition(" ")
    if scheme.lower() != "bearer" or not token.strip().isascii() or not token.strip():
        raise Unauthenticated
    return token.strip()


def idempotency_key(headers: Headers) -> str:
    """The caller's Idempotency-Key, or a new one where none was sent (ALL-04). Raises Invalid for an unfit one."""
    sent = headers.get("idempotency-key")
    if sent is None:
        return new_id()
    if not KEY.fullmatch(sent):
        zh, en = "应为 1 至 200 个可见 ASCII 字符", "must be 1 to 200 visible ASCII characters"
        raise Invalid(faults=[Fault("header.Idempotency-Key", "format", zh, en)])
    return sent


def expected_version(headers: Headers) -> int | None:
    """The version that If-Match names; None where it is absent or "*". Raises Invalid for anything else."""
    sent = headers.get("if-match", "*").strip()
    if sent == "*":
        return None
    found = VERSION.fullmatch(sent)
    if not found:
        zh, en = '应为 ETag 给出的版本,如 "3"', 'must be the version that ETag gave, such as "3"'
        raise Invalid(faults=[Fault("header.If-Match", "format", zh, en)])
    return int(found[1])
