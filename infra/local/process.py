"""Start one child process, wait for what it should bring about, stop it for certain."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from infra.local import launch
from infra.local.errors import NotReady, StartFailed

_POLL_SECONDS = 0.1
_GRACE_SECONDS = 5


def spawn(
    argv: Sequence[str],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
    death_signal: str = "TERM",
) -> subprocess.Popen[bytes]:
    """Start `argv` in a session of its own, its output appended to `log`.

    It ends when the calling thread ends (the kernel counts threads, not processes): call from the main thread.
    """
    with log.open("ab") as output:
        return subprocess.Popen(
            launch.command(argv, user=user, death_signal=death_signal),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=env,
            start_new_session=True,
        )


def wait_until(condition: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Return as soon as `condition()` is true. Raises NotReady naming `what` when `seconds` have passed."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise NotReady(f"等待 {seconds:.0f} 秒后仍未就绪:{what}", f"Not ready after {seconds:.0f} s: {what}")
        time.sleep(_POLL_SECONDS)


def wait_ready(
    process: subprocess.Popen[bytes], ready: Callable[[], bool], *, seconds: float, what: str, log: Path
) -> None:
    """Wait for `ready()`, giving up at once (StartFailed with the end of `log`) when `process` has ended."""

    def ready_or_dead() -> bool:
        if process.poll() is not None:
            raise StartFailed(
                f"{what} 启动失败,日志末尾:\n{tail(log)}", f"{what} ended with status {process.returncode}"
            )
        return ready()

    wait_until(ready_or_dead, seconds=seconds, what=what)


def stop(process: subprocess.Popen[bytes], *, first: int = signal.SIGTERM, seconds: float = 30) -> None:
    """Ask `process` to end with the signal `first`; after `seconds` kill it. What it started is gone as well
    when this returns. Safe to repeat.
    """
    descendants = _descendants(process.pid) if process.poll() is None else []
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(first)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    _bury(descendants)


def kill_tree(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL for `process` and everything it started, at once."""
    descendants = _descendants(process.pid) if process.poll() is None else []
    process.kill()
    process.wait()
    for descendant in descendants:
        with contextlib.suppress(psutil.NoSuchProcess):
            descendant.kill()
    psutil.wait_procs(descendants, timeout=_GRACE_SECONDS)


def _descendants(pid: int) -> list[psutil.Process]:
    try:
        family: list[psutil.Process] = psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
    return family


def _bury(orphans: list[psutil.Process]) -> None:
    """Give processes whose parent has ended a moment to follow it, then end them."""
    for orphan in psutil.wait_procs(orphans, timeout=_GRACE_SECONDS)[1]:
        with contextlib.suppress(psutil.NoSuchProcess):
            orphan.kill()


def tail(log: Path, lines: int = 15) -> str:
    """The last `lines` lines of a log file; empty when there is none."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 65_536))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
