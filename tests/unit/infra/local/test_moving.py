"""`wangge clock`: forward only, in a demo only."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from infra.cli.group import wangge
from infra.local import moving
from infra.local.settings import Settings
from services.chassis.clock import platform_clock


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WANGGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WANGGE_PORT", "9000")
    return tmp_path / "home"


def test_a_demo_is_moved_by_the_operators_command(home: Path) -> None:
    Settings.from_environment().prepare_demo()
    for amount, days in (("1d", 1), ("36h", 2.5), ("1d12h", 4)):
        done = CliRunner().invoke(wangge, ["clock", "forward", amount])
        assert done.exit_code == 0, done.output
        assert moving.show(Settings.from_environment()).ahead == timedelta(days=days)
    assert "4 days" in CliRunner().invoke(wangge, ["clock", "show"]).output
    settings = Settings.from_environment()
    seen = platform_clock(settings.home, settings.environment()["WANGGE_PROFILE"]).now()
    assert abs(seen - moving.show(settings).now) < timedelta(seconds=5)


@pytest.mark.parametrize("amount", ["", "0d", "0d0h", "2", "d", "2w", "2d ", "367d", "-2d", "2d-1h", "٢d", "99999d"])
def test_an_amount_that_is_none_is_refused_with_what_would_be_right(home: Path, amount: str) -> None:
    Settings.from_environment().prepare_demo()
    done = CliRunner().invoke(wangge, ["clock", "forward", "--", amount])
    assert done.exit_code == 1 and "2d" in done.output
    assert moving.show(Settings.from_environment()).ahead == timedelta()


def test_production_cannot_be_moved_by_accident(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the environment nor `wangge demo` on a home that is there already makes a demo of it."""
    monkeypatch.setenv("WANGGE_PROFILE", "demo")
    settings = Settings.from_environment()
    settings.prepare()
    settings.prepare_demo()
    assert settings.environment()["WANGGE_PROFILE"] == "production"
    for arguments in (["clock", "show"], ["clock", "forward", "2d"]):
        done = CliRunner().invoke(wangge, arguments)
        assert done.exit_code == 1 and "wangge demo" in done.output
    assert not settings.demo_clock.exists()


def test_no_home_is_no_demo(home: Path) -> None:
    assert CliRunner().invoke(wangge, ["clock", "forward", "2d"]).exit_code == 1
    assert not home.exists()


def test_a_demo_stays_one_when_it_is_started_again(home: Path) -> None:
    Settings.from_environment().prepare_demo()
    moving.forward(Settings.from_environment(), timedelta(days=3))
    Settings.from_environment().prepare_demo()
    assert moving.show(Settings.from_environment()).ahead == timedelta(days=3)
    with pytest.raises(moving.BadAmount):
        moving.forward(Settings.from_environment(), timedelta(days=-1))
