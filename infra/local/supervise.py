"""Keeps processes alive: a supervisord of our own, configured in the data folder and asked over a Unix socket.

Guaranteed: a program that dies is started again; nothing listens on a port; when supervisord itself is killed its
programs end (each is started by `infra.local.launch`); logs are rotated.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

import psutil
from supervisor.xmlrpc import SupervisorTransport

from infra.local import launch, process
from infra.local.errors import NotReady, StartFailed
from infra.local.programs import Program
from infra.local.secrets import write_private

_LONGEST_SOCKET_PATH = 90  # the kernel allows 107 and supervisord appends its pid while it binds
_START_SECONDS = 20
_STOP_SECONDS = 90
_READY_SECONDS = 90
_LOG_BYTES = 10 * 2**20
_RPC_FACTORY = "supervisor.rpcinterface:make_main_rpcinterface"
_STOPPED = ("STOPPED", "EXITED", "FATAL", "UNKNOWN")
_DEAD = ("FATAL", "BACKOFF", "EXITED", "UNKNOWN")


@dataclass(frozen=True)
class ProcessState:
    """One supervised process: `state` is supervisord's word (RUNNING, BACKOFF, …), `since` a Unix time."""

    name: str
    state: str
    pid: int
    since: int


class Supervisor:
    """The supervisord of the platform in `home`, whether it runs or not."""

    def __init__(self, home: Path, instance: str, programs: Iterable[Program]) -> None:
        self._home = home
        self._instance = instance
        self.programs = {program.name: program for program in programs}

    @cached_property
    def _socket(self) -> Path:
        inside = self._home / "run" / "supervisor.sock"
        if len(os.fsencode(inside)) <= _LONGEST_SOCKET_PATH:
            return inside
        folder = Path(tempfile.gettempdir()) / f"wangge-{self._instance}"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder / "supervisor.sock"

    @property
    def _pid_file(self) -> Path:
        return self._home / "run" / "supervisord.pid"

    @property
    def log(self) -> Path:
        return self._home / "logs" / "supervisord.log"

    def log_of(self, name: str) -> Path:
        return self._home / "logs" / f"{name}.log"

    def start(self, environment: Mapping[str, str], *, detached: bool) -> "subprocess.Popen[bytes]":
        """Start supervisord with no program yet and wait until it answers.

        Unless `detached` it ends (and ends everything) when this process ends. Raises StartFailed or NotReady.
        """
        configuration = self._home / "run" / "supervisord.conf"
        write_private(configuration, "\n".join(self._configuration()))
        self._set_logs_aside()
        argv = [sys.executable, "-m", "supervisor.supervisord", "--nodaemon", "--configuration", str(configuration)]
        with self.log.open("ab") as output:
            started = subprocess.Popen(
                argv if detached else launch.command(argv),
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        process.wait_ready(started, self.is_running, seconds=_START_SECONDS, what="supervisord", log=self.log)
        return started

    def _set_logs_aside(self) -> None:
        """Begin new logs, keeping those of one run before: an error shown by `wangge status` is of this run."""
        for log in self.log.parent.glob("*.log"):
            log.replace(log.with_suffix(".log.before"))

    def _configuration(self) -> Iterator[str]:
        yield f"[unix_http_server]\nfile={_escaped(self._socket)}\nchmod=0600"
        yield f"[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory={_RPC_FACTORY}"
        yield f"[supervisord]\nidentifier=wangge-{self._instance}\nsilent=true\npidfile={_escaped(self._pid_file)}"
        yield f"logfile={_escaped(self.log)}\nlogfile_maxbytes={_LOG_BYTES}\nlogfile_backups=2"
        yield "user=root" if os.geteuid() == 0 else ""
        for program in self.programs.values():
            yield from self._section(program)

    def _section(self, program: Program) -> Iterator[str]:
        yield f"[program:{program.name}]\ncommand={_escaped(program.command())}"
        yield f"priority={program.priority}\nautostart=false\nautorestart=true\nstartsecs=1\nstartretries=1000"
        yield f"stopsignal={program.stop_signal}\nstopwaitsecs=30\nkillasgroup=true"
        yield f"stopasgroup={str(program.in_group).lower()}\nredirect_stderr=true"
        yield f"stdout_logfile={_escaped(self.log_of(program.name))}"
        yield f"stdout_logfile_maxbytes={_LOG_BYTES}\nstdout_logfile_backups=3"

    @contextlib.contextmanager
    def _calls(self) -> Iterator[Any]:
        transport = SupervisorTransport(serverurl=f"unix://{self._socket}")
        with contextlib.closing(transport):
            yield ServerProxy("http://supervisor", transport=transport).supervisor

    def is_running(self) -> bool:
        """True if supervisord answers; one that is shutting down refuses to."""
        try:
            with self._calls() as calls:
                return bool(calls.getState()["statename"] == "RUNNING")
        except (OSError, Fault):
            return False

    def processes(self) -> dict[str, ProcessState]:
        """Every program by name; empty when supervisord does not run or is shutting down."""
        try:
            with self._calls() as calls:
                found = calls.getAllProcessInfo()
        except (OSError, Fault):
            return {}
        return {each["name"]: _state(each) for each in found}

    def start_program(self, name: str) -> None:
        """Have `name` started and kept alive from now on. Raises StartFailed when its command cannot be run."""
        try:
            with self._calls() as calls:
                calls.startProcess(name, False)
        except Fault as fault:
            raise StartFailed(f"无法启动 {name}:{fault.faultString}", f"Cannot start {name}") from fault

    def stop_program(self, name: str) -> None:
        """Have `name` asked to stop and not started again; returns before it has ended. Fine when it does not run."""
        with contextlib.suppress(Fault), self._calls() as calls:
            calls.stopProcess(name, False)

    def wait_ready(self, name: str, seconds: float = _READY_SECONDS) -> None:
        """Wait until `name` is ready. Raises StartFailed with the end of its log if it dies, else NotReady."""
        process.wait_until(lambda: self._is_ready(name), seconds=seconds, what=name)

    def _is_ready(self, name: str) -> bool:
        current = self.processes().get(name)
        if current is None or current.state in _DEAD:
            end = process.tail(self.log_of(name))
            raise StartFailed(f"{name} 启动失败,日志末尾:\n{end}", f"{name} died while starting")
        return current.state == "RUNNING" and self.programs[name].ready(current.pid)

    def shutdown(self) -> None:
        """Stop every program, those of the highest priority first, then supervisord; returns when all are gone.

        What does not stop in time is killed. Safe to repeat.
        """
        ours = self._family()
        with contextlib.suppress(OSError, Fault, NotReady):
            for priority in sorted({program.priority for program in self.programs.values()}, reverse=True):
                self._stop_together([name for name, each in self.programs.items() if each.priority == priority])
            with self._calls() as calls:
                calls.shutdown()
        for survivor in psutil.wait_procs(ours, timeout=_STOP_SECONDS)[1]:
            with contextlib.suppress(psutil.NoSuchProcess):
                survivor.kill()

    def _stop_together(self, names: Sequence[str]) -> None:
        """Stop these programs at the same time and wait until supervisord has buried them. Raises NotReady."""
        alive = [name for name, each in self.processes().items() if name in names and each.state not in _STOPPED]
        with self._calls() as calls:
            for name in alive:
                calls.stopProcess(name, False)
        process.wait_until(lambda: self._are_stopped(alive), seconds=_STOP_SECONDS, what=", ".join(alive))

    def _are_stopped(self, names: Sequence[str]) -> bool:
        current = self.processes()
        return all(name not in current or current[name].state in _STOPPED for name in names)

    def ended_badly(self) -> bool:
        """True if the last supervisord left without cleaning up: its programs may still be ending."""
        return self._pid_file.exists() and not self._family()

    def _family(self) -> list[psutil.Process]:
        """supervisord and everything under it; psutil tells them from later processes with the same pid."""
        with contextlib.suppress(OSError, ValueError, psutil.NoSuchProcess):
            supervisord = psutil.Process(int(self._pid_file.read_text()))
            if "supervisord" in " ".join(supervisord.cmdline()):
                return [supervisord, *supervisord.children(recursive=True)]
        return []


def _state(info: Mapping[str, Any]) -> ProcessState:
    return ProcessState(info["name"], info["statename"], info["pid"], info["start"])


def _escaped(value: object) -> str:
    """A value of supervisord's configuration: `%` begins an expansion there."""
    return str(value).replace("%", "%%")
