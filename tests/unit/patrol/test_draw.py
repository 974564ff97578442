"""Lots that anybody can draw again (PAT-13)."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.patrol.model.draw import digest, drawn

pytestmark = pytest.mark.rule("PAT-13")

IDS = st.lists(st.text("0123456789abcdef", min_size=1, max_size=12), unique=True, max_size=60)
RATIOS = st.floats(0.001, 1)


@given(ids=IDS, seed=st.text(max_size=40), ratio=RATIOS, order=st.randoms())
def test_the_same_population_and_seed_give_the_same_in_whatever_order_it_comes(ids, seed, ratio, order) -> None:
    again = list(ids)
    order.shuffle(again)
    assert drawn(ids, seed, ratio) == drawn(again, seed, ratio)
    assert digest(ids) == digest(again)


@given(ids=IDS, seed=st.text(max_size=40), ratio=RATIOS)
def test_as_many_are_drawn_as_the_ratio_says_rounded_up_and_each_is_of_the_population(ids, seed, ratio) -> None:
    found = drawn(ids, seed, ratio)
    assert set(found) <= set(ids) and len(set(found)) == len(found)
    assert len(found) == (max(1, math.ceil(round(ratio * len(ids), 6))) if ids else 0)


def test_what_was_drawn_in_the_first_year_is_drawn_in_the_tenth() -> None:
    villages = [f"3713211062450{number:02d}" for number in range(1, 21)]
    assert drawn(villages, "2027-01-04", 0.1) == ("371321106245006", "371321106245007")
    assert digest(villages)[:16] == "181fbb5454606927"


def test_every_one_of_a_population_is_drawn_about_as_often_as_any_other() -> None:
    villages = [f"village-{number}" for number in range(20)]
    times = dict.fromkeys(villages, 0)
    for number in range(2_000):
        for village in drawn(villages, f"seed-{number}", 0.1):
            times[village] += 1
    assert min(times.values()) > 140 and max(times.values()) < 260


def test_ten_percent_of_thirty_is_three_whatever_floats_make_of_it() -> None:
    assert len(drawn([str(number) for number in range(30)], "s", 0.1)) == 3
