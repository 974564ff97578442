"""What the receiver refuses before it looks at spans."""

import gzip
import zlib

import pytest

from infra.tracing import receiver
from infra.tracing.receiver import Refused, address_of, unpacked


@pytest.mark.parametrize("pack", [("gzip", gzip.compress), ("deflate", zlib.compress), ("identity", bytes)])
def test_packed_bodies_come_back(pack: tuple[str, type]) -> None:
    assert unpacked(pack[1](b"spans" * 99), pack[0]) == b"spans" * 99


def test_a_small_body_cannot_grow_without_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiver, "MOST_BYTES_UNPACKED", 1000)
    with pytest.raises(Refused) as refusal:
        unpacked(gzip.compress(b"0" * 10_000), "gzip")
    assert refusal.value.status == 413


@pytest.mark.parametrize(
    ("body", "encoding"),
    [(b"no gzip", "gzip"), (gzip.compress(b"x" * 99)[:-9], "gzip"), (b"", "br")],
    ids=["damaged", "cut", "unknown"],
)
def test_damaged_cut_and_unknown_packing_is_refused(body: bytes, encoding: str) -> None:
    with pytest.raises(Refused):
        unpacked(body, encoding)


def test_the_address_is_that_of_the_endpoint() -> None:
    assert address_of("http://127.0.0.1:4318/v1/traces") == ("127.0.0.1", 4318)
    assert address_of("http://localhost:9") == ("127.0.0.1", 9)


@pytest.mark.parametrize(
    "endpoint", ["", "http://0.0.0.0:4318", "http://10.1.2.3:4318", "http://127.0.0.1", "http://a.b:1"]
)
def test_only_loopback_is_listened_on(endpoint: str) -> None:
    with pytest.raises(ValueError):
        address_of(endpoint)
