"""Whole tables in and out through gateway and registry: what a clerk does with Excel (REG-13)."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.registry.importing import Importing
from services.registry.model.sheets.columns import TABLES
from services.registry.repository import imports

from .conftest import COUNTY, NOON, PHONE, TOWN, VILLAGES, Appoint, Registry
from .table_files import Desk, Lines, csv_bytes, gateway, lines_of, xlsx


@pytest.fixture
def desk(county: Registry, keys: Path, tmp_path: Path) -> Iterator[Desk]:
    with gateway(county, keys, tmp_path) as desk:
        yield desk


DEPARTMENT = ["部门编号", "部门名称", "部门级别", "部门类型", "所属区划代码"]
FIRE = ["fire-squad", "消防队", "乡镇级", "执法队", TOWN]
DEPARTMENTS = [DEPARTMENT, FIRE, ["env-office", "生态环境办", "乡镇级", "办公室", TOWN]]
GRID = ["本表编号", "网格名称", "网格类型", "级别", "上级本表编号", "上级网格编码", "所在区划代码", "生效日期"]
PERSON = ["用户名", "姓名", "角色", "部门编号", "个人电话", "值班电话"]
POST = ["用户名", "网格编码", "岗位", "开始日期", "结束日期"]


def errors(answer: Any) -> list[tuple[int, str, str]]:
    assert answer.status_code == 422, answer.text
    return [(each["row"], each["column"], each["code"]) for each in answer.json()["errors"]]


@pytest.mark.rule("REG-13")
def test_a_dry_run_tells_what_would_change_and_writes_nothing(desk: Desk, county: Registry) -> None:
    events = len(county.events())
    answer = desk.send("departments", xlsx(DEPARTMENTS), dry_run=True)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["state"], found["created"], found["changed"], found["unchanged"]) == ("checked", 1, 1, 0)
    assert found["changes"] == [
        {"row": 2, "id": "fire-squad", "outcome": "created", "fields": []},
        {
            "row": 3,
            "id": "env-office",
            "outcome": "changed",
            "fields": [{"header": "部门名称", "before": "环保办", "after": "生态环境办"}],
        },
    ]
    assert list(county.operator("ListDepartments", text="消防").items) == []
    assert len(county.events()) == events
    assert county.rows("SELECT * FROM table_import_part") == []


@pytest.mark.rule("REG-13")
@pytest.mark.parametrize(
    ("content", "form", "encoding"),
    [
        (xlsx(DEPARTMENTS), "xlsx", ""),
        (csv_bytes(DEPARTMENTS), "csv", "utf-8"),
        (csv_bytes(DEPARTMENTS, "utf-8-sig"), "csv", "utf-8-bom"),
        (csv_bytes(DEPARTMENTS, "gb18030"), "csv", "gb18030"),
    ],
)
def test_an_import_is_carried_out_and_tells_everybody(
    desk: Desk, county: Registry, content: bytes, form: str, encoding: str
) -> None:
    answer = desk.upload("departments", content, "looks-like.png")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["state"], found["created"], found["changed"]) == ("done", 1, 1)
    assert (found["format"], found["encoding"]) == (form, encoding)
    assert county.operator("ListDepartments", text="消防").items[0].kind == "squad"
    assert [each.data["name"] for each in county.events("department-changed", "env-office")] == ["环保办", "生态环境办"]
    assert desk.get(f"/imports/{found['id']}").json()["done_rows"] == 3


@pytest.mark.rule("REG-13", "ALL-05")
def test_one_bad_cell_and_no_row_is_imported(desk: Desk, county: Registry) -> None:
    bad = ["no-such", "甲", "省级", "局", "3.71321E+11"]
    answer = desk.send("departments", xlsx([*DEPARTMENTS, bad], "部门"))
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["code"], problem["error_count"]) == ("table-refused", 2)
    assert problem["errors"][1] == {
        "pointer": "/4/E",
        "code": "code-as-number",
        "detail": "代码被存成了数字,末几位可能已经丢失;请把该列设为“文本”格式后重新填写完整代码",
        "sheet": "部门",
        "row": 4,
        "column": "E",
        "header": "所属区划代码",
        "value": "3.71321E+11",
    }
    assert list(county.operator("ListDepartments", text="消防").items) == []
    again = desk.get(f"/imports/{problem['import_id']}").json()
    assert (again["state"], again["fault_count"]) == ("refused", 2)


def test_faults_of_a_dry_run_are_part_of_its_answer(desk: Desk) -> None:
    answer = desk.send("departments", xlsx([DEPARTMENT, ["A B", "", "县级", "局", ""]]), dry_run=True)
    assert answer.status_code == 200
    found = answer.json()
    assert (found["state"], found["fault_count"], found["faults"][0]["code"]) == ("refused", 1, "cell-empty")


def test_at_most_a_hundred_faults_are_told_with_their_total(desk: Desk) -> None:
    lines = [DEPARTMENT, *([f"d-{n}", "甲", "省级", "局", ""] for n in range(150))]
    answer = desk.send("departments", csv_bytes(lines))
    assert len(errors(answer)) == 100
    assert answer.json()["error_count"] == 150


GRIDS: Lines = [
    GRID,
    ["A", "北工作片", "片区网格", 2, "", "TOWN", VILLAGES[0], "2026-11-22"],
    ["B", "北一网格", "区域网格", 3, "A", "", VILLAGES[0], "2026-11-22"],
]


def grids(county: Registry) -> Lines:
    return [[county.ids["town"] if cell == "TOWN" else cell for cell in line] for line in GRIDS]


@pytest.mark.rule("REG-13", "REG-02")
def test_grids_get_codes_and_parents_among_the_rows_and_the_same_file_again_makes_none_twice(
    desk: Desk, county: Registry
) -> None:
    found = desk.send("grids", xlsx(grids(county))).json()
    assert found["created"] == 2
    upper, lower = [each["id"] for each in found["changes"]]
    assert county.operator("GetGrid", code=lower).grid.parent_code == upper
    again = desk.send("grids", xlsx(grids(county)))
    assert errors(again)[0][2] == "grid-named-already"
    assert upper in again.json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (["", "网格", "区域网格", 3, "", "", "371321999201", "2026-11-22"], (2, "G", "division-unknown")),
        (["", "网格", "区域网格", 3, "Z", "", VILLAGES[0], "2026-11-22"], (2, "E", "not-allowed")),
        (["", "网格", "区域网格", 12, "", "", VILLAGES[0], "2026-11-22"], (2, "D", "level")),
        (["", "=1+1", "区域网格", 3, "", "", VILLAGES[0], "2026-11-22"], (2, "B", "cell-formula")),
        (["", "网格", "区域网格", 3, "", 371321106000001, VILLAGES[0], "2026-11-22"], (2, "F", "code-as-number")),
    ],
)
def test_what_is_wrong_with_a_grid_is_at_its_cell(desk: Desk, line: list[Any], fault: tuple[int, str, str]) -> None:
    assert fault in errors(desk.send("grids", xlsx([GRID, line])))


def test_merged_cells_in_the_file_are_refused(desk: Desk) -> None:
    answer = desk.send("departments", xlsx([DEPARTMENT, FIRE, ["", *FIRE[1:]]], merge="A2:A3"))
    assert (3, "A", "merged-cells") in errors(answer)


@pytest.mark.rule("REG-13", "PRV-02")
def test_export_gives_back_what_import_takes(desk: Desk, county: Registry, appoint: Appoint) -> None:
    appoint("wang", "v1", "member", ends="2027-12-31")
    appoint("li", "town", "leader")
    duty = {"key": "river", "name": "=河道", "lead": "env-office", "co": ["water-station"], "grid_part": "assists"}
    county.operator("ImportDuties", rows=[{**duty, "words": "+第一条\n“原文”, 'x'"}])
    county.operator("EnterPlace", kind="enterprise", name="=一厂", lon=118.02, lat=35.05, responsible_phone=PHONE)
    events = len(county.events())
    for kind in TABLES:
        for form in ("xlsx", "csv"):
            exported = desk.get(f"/exports/{kind}.{form}")
            assert exported.status_code == 200, exported.text
            answer = desk.send(kind, exported.content)
            assert answer.status_code == 200, answer.text
            found = answer.json()
            assert (found["created"], found["changed"]) == (0, 0), (kind, form, found["changes"])
            assert found["unchanged"] == found["total_rows"] - 1 > 0
    assert len(county.events()) == events
    for kind in ("people", "places"):
        assert PHONE not in str(lines_of(desk.get(f"/exports/{kind}.xlsx").content))


@pytest.mark.rule("REG-13")
def test_what_a_spreadsheet_would_run_is_neutral_in_the_file(desk: Desk, county: Registry) -> None:
    county.operator(
        "ImportDepartments", rows=[{"id": "x", "name": "=cmd|' /C calc'!A0", "level": "county", "kind": "bureau"}]
    )
    exported = desk.get("/exports/departments.csv").content.decode("utf-8-sig")
    assert ",'=cmd|" in exported
    assert lines_of(desk.get("/exports/departments.xlsx").content)[-1][:2] == ["x", "'=cmd|' /C calc'!A0"]


@pytest.mark.rule("PRV-02", "PRV-03")
def test_telephones_are_whole_only_for_a_purpose_and_each_look_is_recorded(desk: Desk, county: Registry) -> None:
    security = desk.as_("security-administrator")
    exported = lines_of(security.get("/exports/people.xlsx", purpose="account-administration").content)
    assert PHONE in [line[4] for line in exported]
    looks = county.rows("SELECT person_id, purpose FROM look")
    assert sorted(str(row.person_id) for row in looks) == sorted(
        county.ids[name] for name in ("wang", "li", "zhao", "sec")
    )
    assert security.get("/exports/people.xlsx", purpose="curiosity").status_code == 422


def test_a_masked_number_changes_nothing_and_a_wrong_one_is_refused(desk: Desk, county: Registry) -> None:
    header = ["用户名", "姓名", "个人电话"]
    assert desk.send("people", xlsx([header, ["wang", "王东", "138****5678"]])).json()["unchanged"] == 1
    assert errors(desk.send("people", xlsx([header, ["wang", "王东", "139****5678"]]))) == [(2, "C", "phone-masked")]
    changed = desk.send("people", xlsx([header, ["wang", "王东", "13912345678"]]), dry_run=True).json()
    assert changed["changes"][0]["fields"] == [{"header": "个人电话", "before": "138****5678", "after": "139****5678"}]


@pytest.mark.rule("PRV-02")
def test_rows_on_their_way_are_sealed(desk: Desk, county: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Importing, "start", lambda *_: None)
    desk.send("people", xlsx([PERSON, ["new", "新人", "", "", PHONE, ""]]), wait=0)
    (row,) = county.rows("SELECT rows FROM table_import_part")
    assert PHONE not in row.rows
    assert "新人" not in row.rows


def operator_of(desk: Desk, *areas: str) -> Desk:
    return desk.as_("centre-operator", areas=areas)


@pytest.mark.rule("REG-13", "REG-14")
def test_a_centre_operator_imports_within_the_own_areas(desk: Desk, county: Registry, appoint: Appoint) -> None:
    appoint("wang", "v1", "member")
    centre = operator_of(desk, TOWN[:9])
    assert centre.send("grids", xlsx(grids(county))).status_code == 200
    assert centre.send("departments", xlsx(DEPARTMENTS)).status_code == 200
    people = [["用户名", "姓名", "值班电话"], ["wang", "王东", "3219999"], ["new.one", "新人", "3218888"]]
    found = centre.send("people", xlsx(people)).json()
    assert (found["created"], found["changed"]) == (1, 1)
    kept = county.rows("SELECT roles, duty_phone FROM person WHERE username = 'wang'")[0]
    assert (kept.roles, kept.duty_phone) == (["grid-member"], "3219999")
    post = [POST, ["new.one", county.ids["v2"], "网格员", "2026-11-22", ""]]
    assert centre.send("posts", xlsx(post)).json()["created"] == 1


@pytest.mark.rule("REG-13", "REG-14")
@pytest.mark.parametrize(
    ("kind", "lines", "fault"),
    [
        ("grids", GRIDS, (2, "G", "outside-area")),
        ("departments", DEPARTMENTS, (2, "E", "outside-area")),
        ("departments", [DEPARTMENT, ["x", "甲", "县级", "局", ""]], (2, "E", "outside-area")),
        ("people", [PERSON, ["wang", "王东", "", "", "", "1"]], (2, "A", "outside-area")),
        ("people", [PERSON, ["new", "新", "网格长", "", "", ""]], (2, "C", "security-administrator-only")),
        ("posts", [POST, ["wang", "V1", "网格员", "2026-11-22", ""]], (2, "B", "outside-area")),
    ],
)
def test_a_centre_operator_imports_nothing_else(
    desk: Desk, county: Registry, kind: str, lines: Lines, fault: tuple[int, str, str]
) -> None:
    given = [
        [county.ids["town" if cell == "TOWN" else "v1"] if cell in ("TOWN", "V1") else cell for cell in line]
        for line in lines
    ]
    assert fault in errors(operator_of(desk, VILLAGES[2]).send(kind, xlsx(given)))
    assert county.rows("SELECT * FROM post") == []


@pytest.mark.rule("REG-14")
@pytest.mark.parametrize(
    ("role", "kind"),
    [
        ("centre-operator", "divisions"),
        ("centre-operator", "duties"),
        ("system-administrator", "people"),
        ("security-administrator", "grids"),
        ("security-administrator", "departments"),
        ("grid-member", "grids"),
        ("county-leader", "people"),
    ],
)
def test_who_may_not_import_a_kind_is_told_so(desk: Desk, role: str, kind: str) -> None:
    answer = desk.as_(role, areas=[COUNTY[:6]]).send(kind, xlsx(DEPARTMENTS))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.rule("REG-06")
def test_posts_are_given_ended_and_checked_against_names(desk: Desk, county: Registry) -> None:
    header = ["用户名", "姓名", "网格编码", "岗位", "开始日期", "结束日期"]
    v1 = county.ids["v1"]
    lines = [header, ["wang", "王东", v1, "网格员", "2026-11-01", ""], ["li", "", v1, "网格长", "2026-11-01", ""]]
    assert desk.send("posts", xlsx(lines)).json()["created"] == 2
    assert county.operator("ListPosts", grid_code=v1).items[0].state == "appointed"
    ended = [header, ["wang", "王东", v1, "网格员", "2026-11-01", "2026-12-31"], lines[2]]
    found = desk.send("posts", xlsx(ended)).json()
    assert (found["changed"], found["unchanged"]) == (1, 1)
    assert found["changes"][0]["fields"] == [{"header": "结束日期", "before": "", "after": "2026-12-31"}]
    wrong = [
        header,
        ["wang", "王东", v1, "网格员", "2026-11-15", ""],
        ["li", "李短", v1, "网格长", "2026-11-01", ""],
        ["nobody", "", "371321106201777", "网格长", "2026-11-01", ""],
        ["wang", "王东", v1, "网格员", "2026-11-01", ""],
    ]
    assert errors(desk.send("posts", xlsx(wrong))) == [
        (3, "B", "name-differs"), (4, "A", "person-unknown"), (4, "C", "grid-unknown"),
    ]  # fmt: skip
    rest = [wrong[0], wrong[1], wrong[4]]
    assert errors(desk.send("posts", xlsx(rest))) == [(2, "E", "post-overlaps"), (3, "F", "post-reopened")]


@pytest.mark.rule("ALL-04")
def test_the_same_key_and_file_give_the_first_import_another_file_is_refused(desk: Desk, county: Registry) -> None:
    first = desk.send("departments", xlsx(DEPARTMENTS), key="k-1")
    again = desk.send("departments", csv_bytes(DEPARTMENTS), key="k-1")
    assert again.json()["code"] == "idempotency-mismatch"
    content = csv_bytes(DEPARTMENTS)
    first = desk.send("departments", content, key="k-2")
    repeated = desk.send("departments", content, key="k-2")
    assert repeated.json() == first.json()
    assert len(county.rows("SELECT * FROM table_import")) == 2


@pytest.mark.rule("ALL-04", "REG-13")
def test_imports_at_once_wait_for_one_another(desk: Desk, county: Registry) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: desk.send("departments", xlsx(DEPARTMENTS)).json(), range(4)))
    assert [each["state"] for each in answers] == ["done"] * 4
    assert sorted(each["created"] for each in answers) == [0, 0, 0, 1]
    assert len(county.events("department-changed", "fire-squad")) == 1


@pytest.mark.rule("ALL-02")
def test_a_long_import_is_answered_at_once_shows_its_progress_and_can_be_cancelled(
    desk: Desk, county: Registry
) -> None:
    """Another import of the kind holds the lock, so that this one stands where it is until the test lets it go."""
    with county.service.engine.begin() as holding:
        holding.execute(imports._LOCK, {"space": imports.LOCKS, "name": "departments"})
        answer = desk.send("departments", xlsx(DEPARTMENTS), wait=0)
        assert (answer.status_code, answer.headers["location"]) == (202, f"/api/v1/imports/{answer.json()['id']}")
        import_id = answer.json()["id"]
        assert desk.get(f"/imports/{import_id}").json()["state"] == "queued"
        cancelled = desk.post(f"/imports/{import_id}/cancel")
        assert cancelled.json()["state"] == "cancelled"
    assert desk.post(f"/imports/{import_id}/cancel").status_code == 200
    done = desk.send("departments", xlsx(DEPARTMENTS))
    assert done.json()["state"] == "done"
    late = desk.post(f"/imports/{done.json()['id']}/cancel")
    assert (late.status_code, late.json()["code"]) == (409, "import-over")


@pytest.mark.rule("ALL-02")
def test_a_running_import_stops_when_it_is_cancelled_and_leaves_nothing(
    desk: Desk, county: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, go_on = threading.Event(), threading.Event()
    finish = imports.SqlImports.finish

    def held(self: Any, *given: Any) -> None:
        reached.set()
        assert go_on.wait(20)
        finish(self, *given)

    monkeypatch.setattr(imports.SqlImports, "finish", held)
    import_id = desk.send("departments", xlsx(DEPARTMENTS), wait=0).json()["id"]
    assert reached.wait(20)
    assert desk.get(f"/imports/{import_id}").json()["state"] == "running"
    assert desk.post(f"/imports/{import_id}/cancel").json()["state"] == "running"
    go_on.set()
    answer = desk.send("departments", csv_bytes(DEPARTMENTS), dry_run=True)
    assert answer.json()["created"] == 1
    assert desk.get(f"/imports/{import_id}").json()["state"] == "cancelled"
    assert list(county.operator("ListDepartments", text="消防").items) == []


@pytest.mark.rule("ALL-02", "ALL-04")
def test_an_import_whose_process_died_is_interrupted_and_goes_on_with_the_same_key(
    desk: Desk, county: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = xlsx(DEPARTMENTS)
    with monkeypatch.context() as patched:
        patched.setattr(Importing, "start", lambda *_: None)
        import_id = desk.send("departments", content, key="k", wait=0).json()["id"]
    with county.service.engine.begin() as connection:
        connection.execute(sa.text("UPDATE table_import SET state = 'running'"))
    assert desk.get(f"/imports/{import_id}").json()["state"] == "interrupted"
    again = desk.send("departments", content, key="k").json()
    assert (again["id"], again["state"], again["created"]) == (import_id, "done", 1)


def test_an_import_is_seen_by_who_opened_it_only(desk: Desk) -> None:
    import_id = desk.send("departments", xlsx(DEPARTMENTS)).json()["id"]
    other = desk.as_("system-administrator")
    assert other.get(f"/imports/{import_id}").status_code == 404
    assert other.post(f"/imports/{import_id}/cancel").status_code == 404
    assert desk.get("/imports/nonsense").status_code == 404


def test_kinds_that_do_not_exist_are_refused(desk: Desk) -> None:
    assert desk.send("wishes", xlsx(DEPARTMENTS)).status_code == 422
    assert desk.get("/exports/wishes.xlsx").status_code == 422
    assert desk.get("/imports/wishes/template.xlsx").status_code == 422
    assert desk.send("departments", b"").json()["errors"][0]["code"] == "file-empty"


@pytest.mark.rule("REG-13")
@pytest.mark.parametrize("kind", TABLES)
def test_every_template_has_the_header_that_its_import_reads(desk: Desk, kind: str) -> None:
    template = desk.get(f"/imports/{kind}/template.xlsx")
    assert template.headers["content-type"].endswith("spreadsheetml.sheet")
    assert lines_of(template.content)[0] == [column.zh for column in TABLES[kind].columns]
    answer = desk.send(kind, template.content)
    assert errors(answer) == [(0, "", "no-rows")]


@pytest.mark.rule("REG-14")
def test_exports_stay_within_the_callers_scope(desk: Desk, county: Registry, appoint: Appoint) -> None:
    appoint("wang", "v1", "member")
    appoint("li", "v3", "leader")
    member = desk.as_("grid-member", areas=[VILLAGES[0]])
    assert [line[0] for line in lines_of(member.get("/exports/people.xlsx").content)[1:]] == ["wang"]
    assert [line[0] for line in lines_of(member.get("/exports/posts.xlsx").content)[1:]] == ["wang"]
    assert [line[0] for line in lines_of(member.get("/exports/grids.xlsx").content)[1:]] == [county.ids["v1"]]


def test_an_export_takes_what_lies_below_a_prefix_where_rows_have_codes(desk: Desk) -> None:
    found = lines_of(desk.get("/exports/divisions.xlsx", prefix=TOWN[:9]).content)[1:]
    assert [line[0] for line in found] == [TOWN, *VILLAGES]
    refused = desk.get("/exports/people.csv", prefix=TOWN[:9])
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "not-allowed")


def test_pages_of_an_export_join_without_gap_or_repetition(county: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.registry.handlers.sheets.MOST_PAGE_CHARACTERS", 60)
    seen: list[str] = []
    cursor = ""
    for _ in range(10):
        page = county.operator("ExportRows", kind="divisions", limit=2, cursor=cursor)
        seen += [row.cells[0] for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == [COUNTY, TOWN, *VILLAGES]


def test_what_nobody_finished_is_ended_and_forgotten(
    desk: Desk, county: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Importing, "start", lambda *_: None)
    import_id = desk.send("departments", xlsx(DEPARTMENTS), wait=0).json()["id"]
    imports.clean(county.service.engine, NOON + timedelta(hours=23))
    assert desk.get(f"/imports/{import_id}").json()["state"] == "open"
    imports.clean(county.service.engine, NOON + timedelta(hours=25))
    assert desk.get(f"/imports/{import_id}").json()["state"] == "cancelled"
    assert county.rows("SELECT * FROM table_import_part") == []
    assert imports.clean(county.service.engine, NOON + timedelta(days=31)) == 1
