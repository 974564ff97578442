"""A report with something wrong in it: the exact answer, and nothing of it is kept (INC-01, REG-03, ALL-05)."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import shapely

from infra.demo.people import STORY_GRID
from infra.demo.tessellation import inner_point
from services.chassis import geography
from tests.badinput.answers import AS_MARKED, expect
from tests.badinput.town import Town

pytestmark = pytest.mark.rule("ALL-05")
JSON = {"Content-Type": "application/json"}
NO_MATTER = "现行方案中没有事项 99999;请从事项目录中选择"
NO_GRID = "没有网格 371321106999999;请从网格列表中选择"
OUTSIDE = "该位置(经度 0.0,纬度 0.0)不在本县任何网格内;请检查定位或选择网格"
FIELDS: list[tuple[dict[str, Any], str, str]] = [
    ({"matter_code": 6010}, "matter_code", "应为文字"),
    ({"matter_code": ""}, "matter_code", "应为编号:字母、数字、. _ - @"),
    ({"matter_code": ["06010"]}, "matter_code", "应为文字"),
    ({"description": {"text": "x"}}, "description", "应为文字"),
    ({"description": "x" * 2001}, "description", "长度应为 1 至 2000 个字"),
    ({"description": " \u200b\ufeff\u202e"}, "description", "不能只有空格或不可见字符"),
    ({"grid_code": 371321106245001}, "grid_code", "应为文字"),
    ({"grid_code": "三七一三二一一〇六二四五〇〇一"}, "grid_code", "应为 15 位网格代码"),
    ({"grid_code": "３７１３２１１０６２４５００１"}, "grid_code", "应为 15 位网格代码"),
    ({"point": "118.4,35.5"}, "point", "应为对象"),
    ({"point": {"lon": "118.4", "lat": 35.5}}, "point/lon", "应为数字"),
    ({"point": {"lon": 118.4}}, "point/lat", "必填"),
    ({"point": {"lon": 181, "lat": 35.5}}, "point/lon", "应在 -180…180 之内"),
    ({"settled": 1}, "settled", "应为 true 或 false"),
    ({"attachments": "a"}, "attachments", "应为数组 […]"),
    ({"attachments": ["a"] * 21}, "attachments", "应有 0 至 20 项"),
    ({"replies": [{"question": "q", "value": 5}]}, "replies/0/value", "应为文字"),
    ({"occurred_at": "昨天"}, "occurred_at", "应为带时区的时间,如 2026-11-22T09:00:00+08:00"),
    ({"occurred_at": "2026-11-22T09:00:00"}, "occurred_at", "时间应带时区,如 +08:00"),
    ({"priority": 1}, "priority", "没有此字段"),
]


@pytest.mark.parametrize(("changed", "pointer", "said"), FIELDS, ids=[f"{n}-{row[1]}" for n, row in enumerate(FIELDS)])
def test_a_wrong_type_or_form_is_named_at_its_field(
    town: Town, changed: dict[str, Any], pointer: str, said: str
) -> None:
    before = town.rows("incident")
    expect(town.report(**changed), 422, "invalid", AS_MARKED, **{pointer: said})
    assert town.rows("incident") == before


MEANINGS: list[tuple[dict[str, Any], str, str, str]] = [
    ({"matter_code": "99999"}, "matter-unknown", "matter_code", NO_MATTER),
    ({"grid_code": "371321106999999"}, "grid-unknown", "grid_code", NO_GRID),
    ({"grid_code": None, "point": {"lon": 0, "lat": 0}}, "outside-county", "point", OUTSIDE),
    ({"grid_code": None}, "place-missing", "point", "请提供位置或网格"),
    ({"settled": True}, "result-missing", "result", "现场处置的事项请写明处置结果"),
]


@pytest.mark.rule("INC-01", "INC-04")
@pytest.mark.parametrize(("changed", "code", "pointer", "said"), MEANINGS, ids=[row[1] for row in MEANINGS])
def test_what_does_not_exist_in_the_county_is_named_and_leaves_nothing(
    town: Town, changed: dict[str, Any], code: str, pointer: str, said: str
) -> None:
    before = town.rows("incident")
    expect(town.report(**changed), 422, code, said, **{pointer: said})
    assert town.rows("incident") == before


def test_a_channel_is_one_of_the_list(town: Town) -> None:
    answer = town.report(channel="pigeon")
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["pointer"], error["code"]) == (422, "/channel", "choice")
    assert error["detail"].startswith("应为下列之一:grid-worker、") and "hotline-12345" in error["detail"]


def test_a_time_to_come_is_refused_and_this_moment_is_not(town: Town) -> None:
    tomorrow = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    said = f"发生时间 {tomorrow.isoformat()} 晚于当前时间;请检查"
    expect(town.report(occurred_at=tomorrow.isoformat()), 422, "in-the-future", said, occurred_at=said)
    assert town.report(occurred_at=datetime.now(UTC).isoformat()).status_code == 201


# ---- borders


def _shape(town: Town, code: str) -> shapely.MultiPolygon:
    return geography.parse_boundary(town.county.grid(code).boundary)


def _leaves(town: Town) -> dict[str, shapely.MultiPolygon]:
    return {grid.code: _shape(town, grid.code) for grid in town.county.grids if grid.leaf and grid.kind == "area"}


@pytest.mark.rule("REG-03")
def test_a_point_on_the_border_of_two_grids_belongs_to_the_lower_code_every_time(town: Town) -> None:
    lon, lat = _corner_of(town, STORY_GRID)
    sharing = sorted(code for code, shape in _leaves(town).items() if geography.contains(shape, lon, lat))
    assert len(sharing) > 1
    found = {_grid_of_report(town, lon, lat) for _ in range(3)}
    located = town.caller("member").get("/grids/locate", lon=lon, lat=lat)["grid_code"]
    assert found == {located} == {sharing[0]}


def _corner_of(town: Town, code: str) -> tuple[float, float]:
    """A corner of the grid's border that it shares with a neighbour."""
    for lon, lat in _shape(town, code).geoms[0].exterior.coords:
        if sum(geography.contains(shape, lon, lat) for shape in _leaves(town).values()) > 1:
            return lon, lat
    raise AssertionError("no corner is shared")


def _grid_of_report(town: Town, lon: float, lat: float) -> str:
    answer = town.report(grid_code=None, point={"lon": lon, "lat": lat})
    assert answer.status_code == 201, answer.text
    return str(town.caller("county-leader").get(f"/cases/{answer.json()['id']}")["grid_code"])


@pytest.mark.rule("REG-03")
def test_the_countys_border_is_inside_and_a_hair_beyond_it_is_outside(town: Town) -> None:
    county = shapely.union_all(list(_leaves(town).values()))
    west, _, _, _ = county.bounds
    lon, lat = next((lon, lat) for lon, lat in _outline(county) if lon == west)
    assert _grid_of_report(town, lon, lat).startswith("371321")
    beyond = round(lon - 0.00001, 6)  # one metre
    said = f"该位置(经度 {beyond},纬度 {lat})不在本县任何网格内;请检查定位或选择网格"
    expect(town.report(grid_code=None, point={"lon": beyond, "lat": lat}), 422, "outside-county", said, point=said)


def _outline(shape: Any) -> list[tuple[float, float]]:
    return list(itertools.chain.from_iterable(part.exterior.coords for part in geography.polygon_parts(shape)))


# ---- bytes


BYTES: list[tuple[str, bytes, int, str, str, dict[str, str]]] = [
    (
        "not-utf-8", b'{"matter_code": "06010", "description": "\xb5\xda"}', 400, "malformed",
        "请求无法读取:第 41 字节不是 UTF-8", {},
    ),
    ("half-json", b'{"matter_code":', 400, "malformed", "请求无法读取:不是有效的 JSON(第 1 行第 16 列)", {}),
    (
        "nul", b'{"matter_code": "06010", "description": "a\\u0000b"}', 400, "malformed",
        "请求无法读取:文字中含有 NUL 字符", {"description": "文字中含有 NUL 字符;请删去"},
    ),
    (
        "half-character", b'{"replies": [{"question": "q", "value": "\\ud83d"}]}', 400, "malformed",
        "请求无法读取:文字中含有不完整的字符", {"replies/0/value": "文字中含有不完整的字符;请删去"},
    ),
    ("twice", b'{"way": "urgent", "way": "settled"}', 400, "malformed", "请求无法读取:键 'way' 重复", {}),
    ("nan", b'{"point": {"lon": NaN, "lat": 35}}', 400, "malformed", "请求无法读取:NaN 不是 JSON 数字", {}),
    ("deep", b"[" * 100_000, 400, "malformed", "请求无法读取:嵌套超过 32 层", {}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "status", "code", "detail", "places"), [r[1:] for r in BYTES], ids=[r[0] for r in BYTES]
)
def test_bytes_that_are_no_report_are_refused_with_their_place(
    town: Town, content: bytes, status: int, code: str, detail: str, places: dict[str, str]
) -> None:
    before = town.rows("incident")
    expect(town.ask("member", "POST", "/cases", content=content, headers=JSON), status, code, detail, **places)
    assert town.rows("incident") == before


def test_ten_megabytes_of_text_are_refused_announced_or_not(town: Town) -> None:
    before = town.rows("incident")
    text = b'{"matter_code": "06010", "description": "' + b"x" * 10_000_000 + b'"}'
    expect(town.ask("member", "POST", "/cases", content=text, headers=JSON), 413, "too-large", "内容过大:最多 1 MiB")
    parts = (text[start : start + 65536] for start in range(0, len(text), 65536))
    expect(town.ask("member", "POST", "/cases", content=parts, headers=JSON), 413, "too-large", "内容过大:最多 1 MiB")
    assert town.rows("incident") == before


def test_another_content_type_is_named_with_the_right_one(town: Town) -> None:
    answer = town.ask("member", "POST", "/cases", content=b"<case/>", headers={"Content-Type": "text/xml"})
    expect(answer, 415, "unsupported-media-type", "不支持的内容类型 text/xml;请使用 application/json")


def test_a_point_well_inside_is_where_it_should_be(town: Town) -> None:
    lon, lat = inner_point(_shape(town, STORY_GRID).geoms[0])
    assert _grid_of_report(town, lon, lat) == STORY_GRID
