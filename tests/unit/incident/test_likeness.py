"""How like two reports are (INC-16)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.incident.model.likeness import Nearness, likeness, shared_words

NEAR = Nearness(50, timedelta(days=3))
TEXTS = st.text("排污口流出黑水河道abc,。 ", max_size=30)

pytestmark = pytest.mark.rule("INC-16")


def test_the_same_words_in_another_order_are_most_of_the_same() -> None:
    assert shared_words("排污口流出黑水", "排污口流出黑水") == 1
    assert shared_words("排污口流出黑水", "黑水,从排污口流出!") > 0.6
    assert shared_words("排污口流出黑水", "路灯不亮") == 0
    assert shared_words("", "路灯不亮") == 0


@given(TEXTS, TEXTS)
def test_words_are_shared_both_ways_and_never_more_than_all(one: str, other: str) -> None:
    assert 0 <= shared_words(one, other) == shared_words(other, one) <= 1


@given(
    st.one_of(st.none(), st.floats(0, 50)),
    st.integers(-10_000, 10_000).map(lambda hours: timedelta(hours=hours)),
    st.floats(0, 1),
)
def test_a_score_is_a_share_and_nearer_is_never_worse(metres: float | None, gap: timedelta, words: float) -> None:
    found = likeness(NEAR, metres, gap, words)
    assert 0 <= found.score <= 1
    assert likeness(NEAR, metres, gap / 2, words).score >= found.score
    if metres is not None:
        assert likeness(NEAR, metres / 2, gap, words).score >= found.score


def test_the_reasons_are_a_sentence() -> None:
    assert likeness(NEAR, 23.4, timedelta(hours=-5), 0.62).why == "相距 23 米,上报相隔 5.0 小时,文字相似 62%"
    assert likeness(NEAR, None, timedelta(0), 0).why.startswith("同一网格")
