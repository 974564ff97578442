"""The platform's clock is the machine's, and only a demo's can be put forward (INC-08)."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.chassis.clock import DEMO_CLOCK, DemoClock, SystemClock, platform_clock
from services.chassis.config import read

SOON = timedelta(seconds=5)


def ahead(clock: DemoClock | SystemClock) -> timedelta:
    return clock.now() - datetime.now(UTC)


def put(home: Path, text: str) -> None:
    draft = home / "draft"
    draft.write_text(text)
    os.utime(draft, ns=(0, draft.stat().st_mtime_ns + 1_000_000))
    draft.replace(home / DEMO_CLOCK)


def test_every_process_of_a_demo_sees_a_move_with_its_next_look(tmp_path: Path) -> None:
    clocks = [platform_clock(tmp_path, "demo") for _ in range(2)]
    assert all(abs(ahead(each)) < SOON for each in clocks)
    put(tmp_path, json.dumps({"ahead_seconds": 172_800}))
    assert all(abs(ahead(each) - timedelta(days=2)) < SOON for each in clocks)


def test_it_never_goes_backwards(tmp_path: Path) -> None:
    clock = DemoClock(tmp_path / DEMO_CLOCK)
    put(tmp_path, json.dumps({"ahead_seconds": 172_800}))
    first = clock.now()
    for text in ('{"ahead_seconds": 0}', '{"ahead_seconds": -9}', "{}", "nonsense", '{"ahead_seconds": "1e999"}'):
        put(tmp_path, text)
        assert clock.now() >= first
    (tmp_path / DEMO_CLOCK).unlink()
    assert clock.now() >= first


@pytest.mark.parametrize("profile", ["production", "", "DEMO", "demo ", "test"])
def test_no_other_profile_looks_at_the_file(tmp_path: Path, profile: str) -> None:
    put(tmp_path, json.dumps({"ahead_seconds": 172_800}))
    assert isinstance(platform_clock(tmp_path, profile), SystemClock)


def test_a_service_is_in_production_unless_its_environment_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANGGE_INCIDENT_DATABASE_URI", "postgresql+psycopg2://x")
    monkeypatch.delenv("WANGGE_PROFILE", raising=False)
    assert read("incident").profile == "production"
