"""Whole tables in and out through gateway and registry: what a clerk does with Excel (REG-13)."""

from pathlib import Path

import pytest

from .conftest import TOWN, Registry
from .table_files import Desk, gateway, xlsx


@pytest.fixture
def desk(county: Registry, keys: Path, tmp_path: Path):
    with gateway(county, keys, tmp_path) as desk:
        yield desk


DEPARTMENT = ["部门编号", "部门名称", "部门级别", "部门类型", "所属区划代码"]
NEW_DEPARTMENT = ["fire-squad", "消防队", "乡镇级", "执法队", TOWN]


def test_a_dry_run_tells_what_would_change_and_writes_nothing(desk: Desk, county: Registry) -> None:
    lines = [DEPARTMENT, NEW_DEPARTMENT, ["env-office", "生态环境办", "乡镇级", "办公室", TOWN]]
    answer = desk.send("departments", xlsx(lines), dry_run=True)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["state"], found["created"], found["changed"], found["unchanged"]) == ("checked", 1, 1, 0)
    print(found)
    assert county.operator("ListDepartments", text="消防").items == []
