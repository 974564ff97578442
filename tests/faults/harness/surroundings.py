"""What a platform stands on gives way: its network, its disks, its clock. Each is whole again when its block ends."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
import pytest

from infra.local import process
from infra.local.programs import postgres_server, rabbitmq_server
from infra.local.rabbitmq_package import server_script
from infra.local.settings import SERVICES
from services.chassis.clock import DEMO_CLOCK
from tests.faults.harness.proxy import Proxy
from tests.faults.harness.site import Site

TABLESPACE = "small"
_CHUNK = b"\0" * 65_536


@contextmanager
def instead(site: Site, name: str, **environment: str) -> Iterator[None]:
    """A process of the role `name` with other variables in place of the supervised one."""
    site.take_away(name)
    beside = site.run(name, "all", **environment)
    try:
        program = site.supervisor.programs[name]
        process.wait_until(lambda: program.ready(_role_pid(beside.pid)), seconds=90, what=f"{name} in its place")
        yield
    finally:
        process.stop(beside)
        site.bring_back(name)


def _role_pid(launched: int) -> int:
    """The pid that the role itself has: the launcher becomes it, or is its parent."""
    children = psutil.Process(launched).children()
    return children[0].pid if children else launched


@contextmanager
def through_proxy(site: Site) -> Iterator[tuple[Proxy, dict[str, str]]]:
    """A proxy before the platform's PostgreSQL, and the variables that lead every service through it."""
    proxy = Proxy(site.settings.port_of("postgres"))
    try:
        yield proxy, {f"WANGGE_{name.upper()}_DATABASE_URI": _by(proxy, site.database_uri(name)) for name in SERVICES}
    finally:
        proxy.close()


def _by(proxy: Proxy, uri: str) -> str:
    parts = urlsplit(uri)
    return urlunsplit(parts._replace(netloc=parts.netloc.replace(f":{parts.port}", f":{proxy.port}")))


@dataclass
class SmallDisk:
    """A disk of memory; `fill` leaves nothing free, `free` makes room again."""

    place: Path

    def fill(self) -> None:
        with self._junk.open("ab", buffering=0) as junk:
            try:
                while True:
                    junk.write(_CHUNK)
            except OSError:
                pass
            try:
                while True:
                    junk.write(b"\0" * 512)
            except OSError:
                pass

    def free(self) -> None:
        self._junk.unlink(missing_ok=True)

    @property
    def _junk(self) -> Path:
        return self.place / "junk"


@contextmanager
def on_small_disk(site: Site, service: str, folder: Path, megabytes: int = 256) -> Iterator[SmallDisk]:
    """The tables of `service` on a disk of their own, mounted at `folder`; skips the test where nobody may mount."""
    server = postgres_server(site.settings)
    folder.mkdir(mode=0o711)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0711", "wangge-small", str(folder)]
    mounted = subprocess.run(mount, check=False, capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"nobody may mount here: {mounted.stderr.strip()}")
    disk, data = SmallDisk(folder), folder / "data"
    try:
        data.mkdir(mode=0o700)
        owner = server.data.stat()
        os.chown(data, owner.st_uid, owner.st_gid)
        with closing(server.connect(service)) as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLESPACE {TABLESPACE} LOCATION '{data}'")
            _move(cursor, "pg_default", TABLESPACE)
            try:
                yield disk
            finally:
                disk.free()
                _move(cursor, TABLESPACE, "pg_default")
                cursor.execute("CHECKPOINT")
                cursor.execute(f"DROP TABLESPACE {TABLESPACE}")
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def _move(cursor: object, source: str, target: str) -> None:
    for kind in ("TABLE", "INDEX"):
        cursor.execute(f"ALTER {kind} ALL IN TABLESPACE {source} SET TABLESPACE {target}")  # type: ignore[attr-defined]


@contextmanager
def broker_disk_alarm(site: Site) -> Iterator[None]:
    """The broker believes that its disk is full: it takes nothing from publishers."""
    _limit(site, "100000GB")
    try:
        yield
    finally:
        _limit(site, "50MB")


def _limit(site: Site, free: str) -> None:
    server = rabbitmq_server(site.settings)
    assert server is not None
    control = server_script().with_name("rabbitmqctl")
    argv = [str(control), "-n", server.nodename, "set_disk_free_limit", free]
    subprocess.run(argv, env=server.environment(), check=True, capture_output=True, timeout=60)


@contextmanager
def home_ahead(site: Site, folder: Path, seconds: int) -> Iterator[str]:
    """A home like the platform's, but with a clock so many seconds further; for a process of its own."""
    folder.mkdir()
    for each in site.settings.home.iterdir():
        if each.name != DEMO_CLOCK:
            (folder / each.name).symlink_to(each)
    (folder / DEMO_CLOCK).write_text(f'{{"ahead_seconds": {seconds}}}')
    yield str(folder)
