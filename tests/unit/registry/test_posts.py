"""Posts and people: days, steps, separation of roles (REG-06, REG-14)."""

from datetime import UTC, date, datetime
from itertools import combinations

import pytest

from services.registry.errors import PostEnded, PostOverlaps, RolesIncompatible, ValueRefused
from services.registry.model.people import ROLES, SEPARATED, check_separation
from services.registry.model.posts import Post, most_leaders, required_steps

AT = datetime(2026, 11, 23, tzinfo=UTC)
PLAN = {
    "levels": [{"id": "village", "level": 3, "kind": "area"}, {"id": "work", "level": 2, "kind": "work-area"}],
    "posts": [
        {"role": "grid-leader", "levels": ["work"], "per_grid": {"from": 1, "to": 2}, "appointment": []},
        {
            "role": "grid-leader",
            "levels": ["village"],
            "per_grid": {"from": 1, "to": 1},
            "appointment": [{"id": "recommended"}, {"id": "published"}],
        },
        {"role": "instructor", "grid_post": "contact-leader", "levels": [], "appointment": [{"id": "decided"}]},
    ],
}


def post(starts: date = date(2026, 1, 1), ends: date | None = None, **values: object) -> Post:
    given = {"id": "p", "person_id": "wang", "grid_code": "371321106201001", "post": "member"}
    return Post(**{**given, "starts": starts, "ends": ends, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("starts", "ends", "overlaps"),
    [
        (date(2026, 3, 1), None, True),
        (date(2025, 1, 1), date(2026, 1, 1), True),
        (date(2025, 1, 1), date(2025, 12, 31), False),
        (date(2026, 6, 2), None, False),
        (date(2026, 6, 1), None, True),
    ],
)
def test_days_are_inclusive(starts: date, ends: date | None, overlaps: bool) -> None:
    other = post(ends=date(2026, 6, 1))
    new = post(starts, ends)
    if overlaps:
        with pytest.raises(PostOverlaps):
            new.appoint([other], AT)
    else:
        new.appoint([other], AT)
    post(starts, ends, post="leader").appoint([other], AT)


@pytest.mark.rule("REG-06")
def test_post_waits_for_its_steps() -> None:
    waiting = post(required=("recommended", "published"))
    waiting.appoint([], AT)
    assert (waiting.state, waiting.missing) == ("proposed", ("recommended", "published"))
    waiting.record_step("recommended", date(2026, 1, 1), AT)
    waiting.record_step("published", date(2026, 1, 5), AT)
    assert waiting.state == "appointed"
    assert [event.sequence for event in waiting.collect()] == [1, 2, 3]


def test_ended_post_is_not_changed() -> None:
    held = post()
    held.end(date(2026, 5, 1), AT)
    with pytest.raises(PostEnded):
        held.end(date(2026, 6, 1), AT)
    with pytest.raises(ValueRefused):
        post().end(date(2025, 5, 1), AT)


@pytest.mark.rule("REG-06")
def test_plan_speaks_about_posts_by_level_and_kind() -> None:
    assert required_steps(PLAN, "leader", 3, "area") == ("recommended", "published")
    assert required_steps(PLAN, "leader", 2, "work-area") == ()
    assert required_steps(None, "leader", 3, "area") == ()
    assert required_steps(PLAN, "contact-leader", 3, "area") == ("decided",)
    assert required_steps(PLAN, "instructor", 3, "area") == ()
    assert most_leaders(PLAN, 2, "work-area") == 2
    assert most_leaders(PLAN, 3, "area") == 1
    assert most_leaders(PLAN, 3, "enterprise") is None


@pytest.mark.rule("REG-14")
def test_separated_roles_exclude_each_other_only() -> None:
    for pair in combinations(sorted(SEPARATED), 2):
        with pytest.raises(RolesIncompatible):
            check_separation(["grid-member", *pair])
    for role in SEPARATED:
        check_separation([role, *set(ROLES) - SEPARATED])
