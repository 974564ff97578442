"""Area prefixes of a token: exactly the person's grids, in few prefixes (REG-14)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.model.areas import merged, prefixes

TOWN, WORK = "371321106000001", "371321106000002"
V1, V1B, V2 = "371321106201001", "371321106201002", "371321106202001"
OTHER = "371321107201001"
ALL = [TOWN, WORK, V1, V1B, V2, OTHER]

codes = st.builds(
    lambda town, village, number: f"371321{town:03d}{village:03d}{number:03d}",
    st.integers(100, 102),
    st.integers(0, 3),
    st.integers(1, 3),
)


@pytest.mark.rule("REG-14")
@pytest.mark.parametrize(
    ("own", "whole", "expected"),
    [
        ([V2], [], (V2,)),
        ([V1, V1B], [], ("371321106201",)),
        ([V1], [], (V1,)),
        ([WORK, V1, V1B, V2], [], (WORK, "371321106201", V2)),
        ([TOWN, WORK, V1, V1B, V2], [], (TOWN, WORK, "371321106201", V2)),
        ([TOWN, WORK, V1, V1B, V2], ["371321106"], ("371321106",)),
        ([TOWN, WORK, V1, V2], ["371321106"], (TOWN, WORK, V1, V2)),
        (ALL, ["371321", "371321106"], ("371321",)),
        ([], [], ()),
    ],
)
def test_prefixes(own: list[str], whole: list[str], expected: tuple[str, ...]) -> None:
    assert prefixes(own, ALL, whole) == tuple(sorted(expected))


@pytest.mark.rule("REG-14")
@given(st.sets(codes, min_size=1), st.data())
def test_prefixes_cover_exactly_what_is_owned(existing: set[str], data: st.DataObject) -> None:
    own = data.draw(st.sets(st.sampled_from(sorted(existing))))
    whole = data.draw(st.sets(st.sampled_from(["371321", "371321100", "371321101"])))
    chosen = prefixes(own, existing, whole)
    assert {code for code in existing if code.startswith(chosen)} == own if chosen else not own
    assert len(chosen) <= len(own)


def test_merged_drops_what_a_shorter_prefix_covers() -> None:
    assert merged(["371321106", V1], ["371321107", V2]) == ("371321106", "371321107")
    assert merged() == ()
