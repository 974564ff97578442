"""Enterprises and places in tables, with their safety grades (REG-10, REG-13)."""

from typing import Any

import pytest

from .conftest import VILLAGES, Registry
from .table_files import Desk, xlsx
from .test_table_files import desk, errors, operator_of

__all__ = ["desk"]
pytestmark = [pytest.mark.rule("REG-10"), pytest.mark.rule("REG-13")]

HEADER = [
    "网格编码", "名称", "类型", "经度", "纬度", "污染源", "责任人", "责任人电话", "安全等级", "评估日期", "重点监管",
]  # fmt: skip


def line(county: Registry, name: str, **more: Any) -> list[Any]:
    where = {"网格编码": county.ids["v1"], "经度": "118.02", "纬度": "35.05"}
    given = {**where, "名称": name, "类型": "企业", "污染源": "否"}
    return [{**given, **more}.get(header, "") for header in HEADER]


def test_a_table_enters_places_and_assesses_them_and_the_same_again_changes_nothing(
    desk: Desk, county: Registry
) -> None:
    person = {"责任人": "欧阳建国", "责任人电话": "13812345678"}
    graded = {"安全等级": "D", "评估日期": "2026-11-20", "重点监管": "是"}
    table = xlsx([HEADER, line(county, "东岭化工", **person, **graded), line(county, "东村超市", 类型="场所")])
    first = desk.send("places", table).json()
    assert (first["created"], first["changed"], first["unchanged"]) == (2, 0, 0)
    told = {each.data["name"]: (each.sequence, each.data["grade"]) for each in county.events("place-changed")}
    assert told == {"东岭化工": (2, "D"), "东村超市": (1, "")}
    again = desk.send("places", table).json()
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 2)
    better = line(county, "东岭化工", 安全等级="B", 评估日期="2026-11-23")
    assert desk.send("places", xlsx([HEADER, better])).json()["changed"] == 1
    rows = county.rows("SELECT grade, key, version, responsible FROM place WHERE name = '东岭化工'")
    assert [(each.grade, each.key, each.version) for each in rows] == [("B", False, 3)]
    assert rows[0].responsible and "欧阳" not in rows[0].responsible


@pytest.mark.rule("PRV-02")
def test_an_export_gives_back_what_an_import_takes_but_never_who_is_responsible(desk: Desk, county: Registry) -> None:
    desk.send("places", xlsx([HEADER, line(county, "东岭化工", 责任人="欧阳建国", 责任人电话="13812345678")]))
    exported = desk.get("/exports/places.csv", prefix=county.ids["v1"], purpose="supervision").content.decode(
        "utf-8-sig"
    )
    assert "东岭化工" in exported and "欧阳" not in exported and "138" not in exported
    assert "东岭化工" not in desk.get("/exports/places.csv", prefix=county.ids["v2"]).content.decode("utf-8-sig")


@pytest.mark.rule("ALL-05")
@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"经度": "10.5"}, (2, "D", "outside-grid")),
        ({"经度": "east"}, (2, "D", "not-a-number")),
        ({"网格编码": "371321106201999"}, (2, "A", "not-allowed")),
        ({"类型": "城堡"}, (2, "C", "not-allowed")),
        ({"安全等级": "D"}, (2, "J", "not-a-day")),
        ({"安全等级": "D", "评估日期": "2026-12-31"}, (2, "J", "day-to-come")),
        ({"重点监管": "是"}, (2, "I", "grade-missing")),
    ],
)
def test_what_is_wrong_is_at_its_cell_and_nothing_is_entered(
    desk: Desk, county: Registry, wrong: dict[str, str], fault: tuple[int, str, str]
) -> None:
    answer = desk.send("places", xlsx([HEADER, line(county, "东岭化工", **wrong), line(county, "东村超市")]))
    assert fault in errors(answer)
    assert county.rows("SELECT * FROM place") == []


@pytest.mark.rule("REG-14")
def test_a_centre_operator_enters_places_within_the_own_areas(desk: Desk, county: Registry) -> None:
    table = xlsx([HEADER, line(county, "东岭化工")])
    assert (2, "A", "outside-area") in errors(operator_of(desk, VILLAGES[2]).send("places", table))
    assert operator_of(desk, VILLAGES[0]).send("places", table).json()["created"] == 1


def test_a_place_twice_in_a_file_is_refused(desk: Desk, county: Registry) -> None:
    answer = desk.send("places", xlsx([HEADER, line(county, "东岭化工"), line(county, "东岭化工")]))
    assert (3, "B", "repeated") in errors(answer)
