"""Language negotiation: Chinese unless English is asked for."""

import pytest

from gateway.api.language import negotiate


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "zh"),
        ("", "zh"),
        ("zh-CN,zh;q=0.9", "zh"),
        ("en", "en"),
        ("en-GB,en;q=0.9,zh;q=0.1", "en"),
        ("zh;q=0.2, en;q=0.8", "en"),
        ("en, zh", "zh"),
        ("fr, de", "zh"),
        ("*", "zh"),
        ("en;q=0", "zh"),
        ("en;q=nonsense", "zh"),
        ("en;q=7, zh;q=0.9", "en"),
        (";;;,,,=", "zh"),
    ],
)
def test_the_heavier_of_the_two_wins(header: str | None, expected: str) -> None:
    assert negotiate(header) == expected


def test_a_caller_without_a_wish_reads_their_own_language() -> None:
    assert negotiate(None, fallback="en") == "en"
    assert negotiate("zh", fallback="en") == "zh"
    assert negotiate(None, fallback="xx") == "zh"
