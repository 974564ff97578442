"""Leading groups and command bodies of the plan in force: their seats, and who has them (REG-16)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from services.registry import plan

from .conftest import Appoint, Registry

pytestmark = pytest.mark.rule("REG-16")

P02 = (Path(plan.__file__).parents[1] / "plans" / "p02.yaml").read_text("utf-8")
WITH_LEADERS = P02.replace(
    "    members: [分管领导, 工作组组长]\n", "    members: [分管领导, 工作组组长, 村“书记”]\n", 1
)


def in_force(county: Registry, text: str) -> None:
    county.operator("StorePlan", text=text)
    loaded = plan.load(text).document["plan"]
    county.operator("ActivatePlan", plan_id=loaded["id"], version=loaded["version"], effective="2026-11-23")


@pytest.fixture
def town(county: Registry, appoint: Appoint) -> Registry:
    in_force(county, WITH_LEADERS)
    appoint("li", "v1", "leader")
    return county


def body(registry: Registry, id: str, roles: Sequence[str] = ("platform",), **wanted: Any) -> Any:
    client = registry.operator if tuple(roles) == ("platform",) else registry.with_roles(*roles, areas=("371321106",))
    return next(each for each in client("ListBodies", **wanted).items if each.id == id)


def test_no_plan_has_no_bodies(county: Registry) -> None:
    found = county.operator("ListBodies")
    assert (list(found.items), found.plan_id) == ([], "")


def test_a_body_has_the_plans_seats_and_the_people_of_its_departments(town: Registry) -> None:
    group = body(town, "leading-group")
    assert (group.name, group.kind, list(group.meetings)) == ("网格化综合管理服务领导小组", "leading-group", ["会商"])
    seats = {(each.part, each.title): [one.name for one in each.people] for each in group.seats}
    assert seats["chair", "主要领导"] == seats["deputy", "分管领导"] == []
    assert seats["department", "镇环保办"] == ["赵环"]
    assert ("office", "镇网格化服务中心") in seats
    assert "设立网格化综合管理服务领导小组" in group.words


def test_a_word_that_means_a_post_brings_who_holds_it_in_its_grids_today(town: Registry) -> None:
    (seat,) = [each for each in body(town, "joint-office-meeting").seats if each.title == "村“书记”"]
    assert (seat.part, seat.post) == ("member", "grid-leader")
    assert [(one.name, one.grid) for one in seat.people] == [("李长", town.ids["v1"])]


def test_who_takes_the_post_up_later_is_not_in_the_body_yet(county: Registry, appoint: Appoint) -> None:
    in_force(county, WITH_LEADERS)
    appoint("li", "v1", "leader", starts="2026-12-01")
    for days, names in ((0, []), (10, ["李长"])):
        county.clock.advance(days=days)
        (seat,) = [each for each in body(county, "joint-office-meeting").seats if each.post]
        assert [one.name for one in seat.people] == names


def test_only_people_whom_the_caller_may_see_are_named_and_an_area_narrows_them(town: Registry) -> None:
    group = body(town, "leading-group", ("grid-member",))
    assert [one.name for each in group.seats for one in each.people] == []
    (seat,) = [each for each in body(town, "joint-office-meeting", ("grid-member",)).seats if each.post]
    assert [one.name for one in seat.people] == ["李长"]
    for area, names in ((town.ids["v1"], ["李长"]), (town.ids["v2"], [])):
        (seat,) = [each for each in body(town, "joint-office-meeting", area=area).seats if each.post]
        assert [one.name for one in seat.people] == names
    assert [each.id for each in town.operator("ListBodies", kind="team").items] == ["enforcement-groups"]
