"""The Debian package `rabbitmq-server`: is it there, and if not, install it without starting the system's own node."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from infra.local.errors import MissingPackage

PACKAGE = "rabbitmq-server"
_SCRIPT = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
_POLICY = Path("/usr/sbin/policy-rc.d")
_DENY = "#!/bin/sh\n# wangge: no service is to be started while its package is installed\nexit 101\n"

Run = Callable[[Sequence[str]], None]


def server_script() -> Path:
    """The package's start script (not the wrapper in sbin, which changes the user). Raises MissingPackage."""
    if not _SCRIPT.exists():
        raise _missing("")
    return _SCRIPT


def is_installed() -> bool:
    """True if the broker can be started from this machine's packages."""
    return _SCRIPT.exists()


def ensure_installed() -> None:
    """Return with the package installed: at once where it is, by apt where we are root, else MissingPackage.

    An external broker (`WANGGE_AMQP_URI`) needs no package: callers ask for one only without it.
    """
    if is_installed():
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise _missing("")
    print(f"正在安装 {PACKAGE}(apt-get)… / Installing {PACKAGE} with apt-get…", flush=True)
    install(_run)
    if not is_installed():
        raise _missing("apt-get 未能装上 / apt-get did not install it")


def install(run: Run, policy: Path = _POLICY) -> None:
    """Update the package lists and install, its service kept from starting. Raises MissingPackage."""
    with services_kept_down(policy):
        try:
            run(["apt-get", "update", "-q"])
            run(["apt-get", "install", "-y", "-q", "--no-install-recommends", PACKAGE])
        except subprocess.CalledProcessError as error:
            raise _missing(f"{' '.join(error.cmd)}: {(error.stderr or '')[-500:]}") from error


@contextlib.contextmanager
def services_kept_down(policy: Path) -> Iterator[None]:
    """A temporary `policy-rc.d` that forbids starting services; the machine's own policy, if any, is left alone."""
    if policy.exists():
        yield
        return
    policy.write_text(_DENY)
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink(missing_ok=True)


def _run(argv: Sequence[str]) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(argv, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def _missing(detail: str) -> MissingPackage:
    suffix = f"\n{detail}" if detail else ""
    return MissingPackage(
        f"本机没有 RabbitMQ。请安装软件包 {PACKAGE}(sudo apt-get install --no-install-recommends {PACKAGE}),"
        "或设置 WANGGE_AMQP_URI 与 WANGGE_AMQP_MANAGEMENT_URI 指向已有的 RabbitMQ。",
        f"RabbitMQ is not installed. Install the package {PACKAGE}, or set WANGGE_AMQP_URI and "
        f"WANGGE_AMQP_MANAGEMENT_URI to a broker you have.{suffix}",
    )
