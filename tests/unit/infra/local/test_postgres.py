"""Where data and binaries of PostgreSQL lie, so that an unprivileged user reaches them."""

import os
import pwd
import stat
from pathlib import Path

import pytest

from infra.local import postgres

ROOT = os.geteuid() == 0


@pytest.fixture
def closed_home(tmp_path: Path) -> Path:
    """A home folder that only its owner may enter, as root's is."""
    home = tmp_path / "root"
    home.mkdir()
    home.chmod(0o700)
    return home


def test_a_closed_home_keeps_others_out_and_lets_ourselves_in(closed_home: Path) -> None:
    assert not postgres.reachable(closed_home / "clone" / ".wangge", "nobody")
    assert postgres.reachable(closed_home / "clone" / ".wangge", None)


def test_data_lie_in_the_home_where_they_can_be_reached_and_else_in_the_systems_folder(closed_home: Path) -> None:
    assert postgres.place_for(Path("/tmp-not-there"), "abc", "nobody") == Path("/tmp-not-there/postgres")
    assert postgres.place_for(closed_home, "abc", "nobody") == Path("/var/lib/wangge/postgres-abc")
    assert postgres.place_for(closed_home, "abc", None) == closed_home / "postgres"


@pytest.mark.skipif(not ROOT, reason="only root runs PostgreSQL as another user")
def test_the_wheel_is_copied_once_to_where_the_user_can_run_it(tmp_path_factory, monkeypatch) -> None:
    folder = Path("/var/tmp") / f"wangge-test-{os.getpid()}"
    monkeypatch.setattr(postgres, "SYSTEM_FOLDER", folder)
    monkeypatch.setattr(postgres, "reachable", lambda path, user: False)
    try:
        first = postgres.binaries("nobody")
        assert _version(first / "initdb").startswith("initdb (PostgreSQL)")
        assert _version(first / "postgres").startswith("postgres (PostgreSQL)")
        made = (first / "postgres").stat().st_mtime_ns, first.stat().st_ctime_ns
        assert postgres.binaries("nobody") == first
        assert ((first / "postgres").stat().st_mtime_ns, first.stat().st_ctime_ns) == made
    finally:
        postgres.remove([folder])


def test_a_new_folder_is_passable_and_an_old_one_keeps_its_mode(closed_home: Path) -> None:
    before = os.umask(0o077)
    try:
        postgres.open_folder(closed_home / "a" / "b")
    finally:
        os.umask(before)
    assert stat.S_IMODE((closed_home / "a" / "b").stat().st_mode) == 0o711
    assert stat.S_IMODE(closed_home.stat().st_mode) == 0o700


def _version(program: Path) -> str:
    import subprocess

    user = pwd.getpwnam("nobody").pw_uid
    return subprocess.run([program, "--version"], user=user, cwd="/", capture_output=True, text=True, check=True).stdout
