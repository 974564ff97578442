"""What is let through as a body: one JSON document in UTF-8, not too large, not too deep, nothing twice."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.api.body import DEPTH, JSON_LIMIT, parse, readable
from gateway.api.errors import Malformed

REFUSED = {
    "not UTF-8": b'{"a": "\xff"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"a": 1}',
    "empty": b"",
    "two documents": b"{} {}",
    "trailing comma": b'{"a": 1,}',
    "NaN": b'{"a": NaN}',
    "infinity": b'{"a": -Infinity}',
    "overflow": b'{"a": 1e999}',
    "endless number": b"[" + b"9" * 5000 + b"]",
    "key twice": b'{"a": 1, "a": 2}',
    "key twice, below": b'[{"x": {"a": 1, "a": 2}}]',
    "NUL in text": b'{"a": "x\\u0000y"}',
    "NUL in key": b'{"x\\u0000": 1}',
    "lone surrogate in key, NUL below": b'{"\\ud800": "x\\u0000"}',
    "lone surrogate": b'{"a": "\\ud800"}',
    "depth bomb": b"[" * 200_000,
    "too deep": b"[" * (DEPTH + 1) + b"]" * (DEPTH + 1),
    "deep objects": b'{"a":' * 5000 + b"1" + b"}" * 5000,
}


@pytest.mark.parametrize("raw", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused(raw: bytes) -> None:
    with pytest.raises(Malformed) as refused:
        parse(raw)
    assert "{" not in refused.value.sentence("zh").replace("{'", "")


def test_what_is_at_the_limit_passes() -> None:
    deepest = b"[" * DEPTH + b"]" * DEPTH
    assert parse(deepest) == json.loads(deepest)
    assert parse('{"a": "网格 😀", "b": -1.5e3, "c": [true, null]}'.encode())["a"] == "网格 😀"


def test_a_body_made_to_be_slow_is_refused_fast() -> None:
    many = b"{" + b",".join(b'"%d": 1' % number for number in range(80_000)) + b', "0": 2}'
    began = time.perf_counter()
    with pytest.raises(Malformed):
        parse(many)
    assert time.perf_counter() - began < 3.0


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",))),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",))), inner, max_size=4
            )
        ),
        max_leaves=20,
    )
)
def test_ordinary_json_arrives_as_it_was_sent(value: object) -> None:
    assert parse(json.dumps(value).encode()) == value


def test_limits_are_readable() -> None:
    assert readable(JSON_LIMIT) == "1 MiB"
    assert readable(64 * 1024) == "64 KiB"


@pytest.mark.anyio
async def test_the_limit_holds_while_the_body_arrives(client) -> None:
    sent = 0

    async def endless():
        nonlocal sent
        while True:
            sent += 65536
            yield b" " * 65536

    answer = await client.post("/api/v1/cases", content=endless(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert sent < 2 * JSON_LIMIT


@pytest.mark.anyio
async def test_an_announced_size_is_refused_before_reading(client) -> None:
    headers = {"Content-Type": "application/json", "Content-Length": str(JSON_LIMIT + 1)}
    answer = await client.post("/api/v1/cases", content=b"{}", headers=headers)
    assert answer.status_code == 413


@pytest.mark.anyio
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_another_content_type_is_refused(client, kind: str) -> None:
    answer = await client.post("/api/v1/cases", content=b"{}", headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")


@pytest.mark.anyio
async def test_a_body_that_is_not_json_names_the_place(client) -> None:
    answer = await client.post("/api/v1/cases", content=b'{"a" 1}', headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert "第 1 行第 6 列" in answer.json()["detail"]
